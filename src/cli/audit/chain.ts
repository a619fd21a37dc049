import { chainHash, type ChainLink, noHash } from '../../core/hash-chain.ts';

// Whether events are a chain as they were written: what was altered, taken out, put in or moved shows at the first event after
// it. A trail that was cut at its end, or written anew as a whole, shows only to whoever has kept a hash of it.

/** What is known of a chain so far. */
export interface ChainReport {
  readonly events: number;
  /** The numbers of the first event and of the last one; null without any. */
  readonly first: number | null;
  readonly last: number | null;
  /** The hash of the last one; null without any. */
  readonly hash: string | null;
  /** What is wrong, each with the number of the event at which it shows. */
  readonly problems: readonly ChainProblem[];
  /** How many more problems there are. */
  readonly furtherProblems: number;
}

/** Something that is wrong with a chain. */
export interface ChainProblem {
  readonly sequence: number;
  readonly problem: string;
}

/** Follows a chain. */
export interface ChainCheck {
  /** The next event. */
  add(event: ChainLink): void;
  readonly report: ChainReport;
}

/** Enough to see where it begins. */
const mostProblems = 20;

/** @param onHash Told of the hash of each event that is as it was written. */
export function createChainCheck(onHash: (hash: string) => void = () => undefined): ChainCheck {
  let previous: ChainLink | null = null;
  let first: number | null = null;
  let events = 0;
  let furtherProblems = 0;
  const problems: ChainProblem[] = [];
  return {
    add(event) {
      const found = [...problemsOf(event, previous)];
      for (const problem of found) {
        if (problems.length < mostProblems) {
          problems.push({ sequence: event.sequence, problem });
        } else {
          furtherProblems += 1;
        }
      }
      if (found.length === 0) {
        onHash(event.hash);
      }
      events += 1;
      first ??= event.sequence;
      previous = event;
    },
    get report() {
      return {
        ...{ events, first, problems, furtherProblems },
        last: previous?.sequence ?? null,
        hash: previous?.hash ?? null,
      };
    },
  };
}

function* problemsOf(event: ChainLink, previous: ChainLink | null): Iterable<string> {
  if (event.hash !== chainHash(event)) {
    yield 'it was altered: its hash is not that of its content';
  }
  if (previous === null) {
    if (event.sequence === 1 && event.previousHash !== noHash) {
      yield 'something was before it once';
    }
    return;
  }
  if (event.sequence !== previous.sequence + 1) {
    yield `it follows event ${previous.sequence}: what was between them is gone, or they were moved`;
  } else if (event.previousHash !== previous.hash) {
    yield 'the event before it is not the one that was there when it was written';
  }
  if (event.at <= previous.at) {
    yield 'it is not later than the event before it';
  }
}
