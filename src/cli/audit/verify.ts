import { AuditChainDocument, AuditedInstallationsDocument } from '../../../schema/generated/client.ts';
import { ask, conclude, dataOf, note, type Asker } from '../ask.ts';
import { exitCodes, type ExitCode } from '../exit-code.ts';
import { visibleText } from '../output/text.ts';
import { type ChainReport, createChainCheck } from './chain.ts';

// `sitewide audit verify`: reads the trail of each installation by itself, so that one that is away does not look broken.

/** What is to be verified. */
export interface VerifyOptions {
  /** The only installations; absent: all that there are. */
  readonly installation?: readonly string[];
  /** Hashes that were kept: each has to be in one of the trails. */
  readonly sinceHash?: readonly string[];
  readonly output: 'table' | 'jsonl';
}

interface Verified extends ChainReport {
  readonly installation: string;
  readonly sound: boolean;
}

/** Verifies trails; prints what was found, and gives the exit code. */
export async function verify(asker: Asker, options: VerifyOptions): Promise<ExitCode> {
  const missing = new Set(options.sinceHash);
  const { installations, code } = await installationsOf(asker, options);
  let gravest: ExitCode = code;
  for (const installation of installations) {
    const check = createChainCheck((hash) => missing.delete(hash));
    const end = await readChain(asker, installation, check.add);
    const { report } = check;
    const verified: Verified = { installation, sound: report.problems.length === 0, ...report };
    process.stdout.write(`${options.output === 'jsonl' ? JSON.stringify(verified) : lineOf(verified)}\n`);
    gravest = graver(gravest, verified.sound ? end : exitCodes.error);
  }
  for (const hash of missing) {
    note(
      visibleText(
        `error: no trail that was read has an event with the hash ${hash}: it was altered or cut since, or is too old`,
      ),
    );
  }
  return missing.size > 0 ? exitCodes.error : gravest;
}

interface Installations {
  readonly installations: readonly string[];
  readonly code: ExitCode;
}

async function installationsOf(asker: Asker, { installation }: VerifyOptions): Promise<Installations> {
  if (installation !== undefined) {
    return { installations: installation, code: exitCodes.ok };
  }
  const answer = await ask(asker, AuditedInstallationsDocument, {});
  const code = conclude(answer);
  const sources = answer.data?.auditEvents?.coverage?.sources ?? [];
  const installations = sources.flatMap(({ id, tier, status }) =>
    tier === 'INSTALLATION' && status === 'OK' && id !== null ? [id.replace('installation:', '')] : [],
  );
  return { installations: installations.sort(), code };
}

/** Reads a trail from its beginning; the exit code says whether it was read whole. */
async function readChain(
  asker: Asker,
  installation: string,
  add: ReturnType<typeof createChainCheck>['add'],
): Promise<ExitCode> {
  let after: string | null = null;
  for (;;) {
    const answer: Awaited<ReturnType<typeof askPage>> = await askPage(asker, installation, after);
    const page = dataOf(answer).auditEvents;
    for (const { sequence, at, previousHash, hash, record } of page?.nodes?.flatMap((node) => node ?? []) ?? []) {
      add({
        sequence: sequence ?? 0,
        at: Date.parse(at ?? ''),
        previousHash: previousHash ?? '',
        hash: hash ?? '',
        record: record ?? '',
      });
    }
    const { hasNextPage = false, endCursor = null } = page?.pageInfo ?? {};
    const code = hasNextPage ? exitCodes.ok : conclude(answer);
    if (!hasNextPage || endCursor === null) {
      return code;
    }
    after = endCursor;
  }
}

function askPage(asker: Asker, installation: string, after: string | null) {
  return ask(asker, AuditChainDocument, { installation, after });
}

/** What is broken counts more than what is missing. */
function graver(one: ExitCode, other: ExitCode): ExitCode {
  if (one === exitCodes.error || other === exitCodes.error) {
    return exitCodes.error;
  }
  return one === exitCodes.ok ? other : one;
}

function lineOf({ installation, sound, events, first, last, hash, problems, furtherProblems }: Verified): string {
  if (hash === null) {
    return `${visibleText(installation)}: no events`;
  }
  const head = `${visibleText(installation)}: ${sound ? 'sound' : 'BROKEN'}, ${events} events, ${first} to ${last}, head ${visibleText(hash)}`;
  const lines = problems.map(({ sequence, problem }) => `  event ${sequence}: ${problem}`);
  return [head, ...lines, ...(furtherProblems > 0 ? [`  and ${furtherProblems} more`] : [])].join('\n');
}
