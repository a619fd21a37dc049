import type { IncomingHttpHeaders } from 'node:http';

import type { PeerIdentity } from '../model/peer.ts';
import { anonymous, type Principal } from '../model/principal.ts';

// In whose name brokers ask one another. Whoever let a user in says who that is, and is believed as far as it may be.

/** What a broker sends to another one on behalf of somebody. */
export interface Errand {
  readonly principal: Principal;
  /** The source that has to answer, for example `installation:lyon-a` or `site:lyon`. */
  readonly source: string;
  readonly requestId: string;
}

/** A request of another broker as far as its headers. */
export interface PeerRequest {
  /** Null where brokers have no certificates. */
  readonly peer: PeerIdentity | null;
  readonly headers: IncomingHttpHeaders;
}

/** Says in whose name a request goes out, and finds out in whose name one comes in. */
export interface Vouching {
  /** The headers that say it. */
  headersFor(errand: Errand): Promise<Readonly<Record<string, string>>> | Readonly<Record<string, string>>;
  /** @throws SitewideError with a code of its own for each reason, or the signal's reason. */
  principalOf(request: PeerRequest, signal: AbortSignal): Promise<Principal> | Principal;
}

/** Says nothing, and takes everybody for anonymous. */
export const silentVouching: Vouching = { headersFor: () => ({}), principalOf: () => anonymous };
