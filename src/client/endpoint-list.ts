import type { Clock } from '../core/clock.ts';

// The endpoints of a client and which of them failed lately, so that the next request does not begin with one that just
// did. It forgets soon: a broker that is back should be used again.

/** One of the addresses. */
export interface ClientEndpoint {
  readonly url: string;
  succeed(): void;
  /** It failed, or took too long. */
  fail(): void;
}

/** The addresses of equivalent brokers. */
export interface EndpointList {
  readonly size: number;
  /** Where each request begins: with the first that is well, or with another one each time. */
  begin(): EndpointOrder;
}

/** The order in which one request takes the endpoints; each comes once. */
export interface EndpointOrder {
  /** How many have not been taken. */
  readonly left: number;
  /** The next one; those that failed lately come last. Null when all have been taken. */
  take(): ClientEndpoint | null;
}

/** How requests are divided. IN_ORDER: the first one gets all as long as it is well. SPREAD: each gets its share. */
export type Spreading = 'IN_ORDER' | 'SPREAD';

/** How long an endpoint that failed is avoided, in milliseconds; doubled with each further failure. */
const firstPauseMs = 500;
/** The longest it is avoided, in milliseconds: what is back should be used again within 5 s. */
const longestPauseMs = 4_000;

interface Member extends ClientEndpoint {
  /** Until when it is avoided, in milliseconds since 1970. */
  readonly avoidedUntil: number;
  /** It is about to be asked. One that failed is tried by one request at a time. */
  choose(): void;
}

interface EndpointListOptions {
  readonly urls: readonly string[];
  readonly spreading: Spreading;
  readonly clock: Clock;
}

/** A list of endpoints that are all believed to be well. */
export function createEndpointList({ urls, spreading, clock }: EndpointListOptions): EndpointList {
  const members = urls.map((url) => createMember(url, clock));
  let turn = 0;
  return {
    size: members.length,
    begin() {
      const first = spreading === 'SPREAD' ? turn++ % Math.max(1, members.length) : 0;
      const left = [...members.slice(first), ...members.slice(0, first)];
      return {
        get left() {
          return left.length;
        },
        take() {
          const now = clock.now();
          const well = left.findIndex(({ avoidedUntil }) => avoidedUntil <= now);
          const [taken] = left.splice(well === -1 ? soonest(left) : well, 1);
          taken?.choose();
          return taken ?? null;
        },
      };
    },
  };
}

function createMember(url: string, clock: Clock): Member {
  let failures = 0;
  let avoidedUntil = 0;
  const avoid = (): void => {
    avoidedUntil = clock.now() + Math.min(longestPauseMs, firstPauseMs * 2 ** (failures - 1));
  };
  return {
    url,
    get avoidedUntil() {
      return avoidedUntil;
    },
    choose() {
      if (failures > 0) {
        avoid();
      }
    },
    succeed() {
      failures = 0;
      avoidedUntil = 0;
    },
    fail() {
      // Requests that were under way together fail together; that is one failure.
      if (failures === 0 || clock.now() >= avoidedUntil) {
        failures += 1;
      }
      avoid();
    },
  };
}

/** The place of the one whose pause ends first. */
function soonest(members: readonly Member[]): number {
  const until = Math.min(...members.map(({ avoidedUntil }) => avoidedUntil));
  return Math.max(
    0,
    members.findIndex(({ avoidedUntil }) => avoidedUntil === until),
  );
}
