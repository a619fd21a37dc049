import type { KeyObject } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';

import type { PeerIdentity } from '../model/peer.ts';
import { anonymous, type Principal } from '../model/principal.ts';
import { readSourceName } from '../model/source-name.ts';
import { decodePrincipal, encodePrincipal, isUnknown } from './carried-principal.ts';

// In whose name brokers ask one another. Whoever let a user in says who that is, and is believed as far as it may be.

/** What a broker sends to another one on behalf of somebody. */
export interface Errand {
  readonly principal: Principal;
  /** The source that has to answer, for example `installation:lyon-a` or `site:lyon`. */
  readonly source: string;
  /** The address of the broker that is asked. */
  readonly url: string;
  readonly requestId: string;
  /** With what the connection that it goes out on was opened; null where brokers have no certificates. */
  readonly key: KeyObject | null;
}

/** A broker at the other end of a connection, as its certificate says. */
export interface ConnectedPeer extends PeerIdentity {
  /** What it has proved to have the private key of. */
  readonly publicKey: KeyObject;
}

/** A request of another broker as far as its headers. */
export interface PeerRequest {
  /** Null where brokers have no certificates. */
  readonly peer: ConnectedPeer | null;
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

/**
 * Says it in a header that is believed as it comes: between brokers of one site, and where there are no certificates and
 * nobody but this machine can come in.
 * @param site The own one, which vouches for its users at other sites.
 */
export function createPlainVouching(site: string): Vouching {
  return {
    headersFor: ({ principal, source }) =>
      plainHeaders(
        readSourceName(source).kind === 'site' && !isUnknown(principal) ? { ...principal, site } : principal,
      ),
    principalOf: ({ headers }) => plainPrincipal(headers),
  };
}

/** The header by which a broker is told who asks; none for whoever is not known. */
export function plainHeaders(principal: Principal): Readonly<Record<string, string>> {
  return isUnknown(principal) ? {} : { 'sitewide-principal': encodePrincipal(principal) };
}

/**
 * Who asks by that header.
 * @throws SitewideError `PRINCIPAL_MALFORMED`.
 */
export function plainPrincipal(headers: IncomingHttpHeaders): Principal {
  const text = headers['sitewide-principal'];
  return text === undefined ? anonymous : decodePrincipal(String(text));
}
