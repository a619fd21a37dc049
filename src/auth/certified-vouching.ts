import type { Clock } from '../core/clock.ts';
import { SitewideError } from '../core/errors.ts';
import { type PeerIdentity, peerUri } from '../model/peer.ts';
import { anonymous, type Principal } from '../model/principal.ts';
import { readSourceName } from '../model/source-name.ts';
import { refuseAssertion, signAssertion, verifyAssertion } from './assertion.ts';
import type { KnownBrokers } from './peer-gate.ts';
import { createReplayMemory, type ReplayMemory } from './replay-memory.ts';
import {
  type ConnectedPeer,
  type Errand,
  type PeerRequest,
  plainHeaders,
  plainPrincipal,
  type Vouching,
} from './vouching.ts';

// In whose name brokers with certificates ask. Those of one site are one another's equals, and believe one another. What one
// of another site says has to be signed by it for this one request, and is never believed to be of a user of the own site.

interface CertifiedOptions {
  /** This broker. */
  readonly identity: PeerIdentity;
  readonly known: () => KnownBrokers;
  readonly clock: Clock;
  readonly newId: () => string;
}

interface State extends CertifiedOptions {
  readonly replays: ReplayMemory;
}

/** Vouches with the key that a connection was opened with, and takes what others sign with theirs. */
export function createCertifiedVouching(options: CertifiedOptions): Vouching {
  const state: State = { ...options, replays: createReplayMemory(options.clock) };
  return {
    headersFor: (errand) =>
      readSourceName(errand.source).kind === 'site' ? assertedHeaders(state, errand) : plainHeaders(errand.principal),
    principalOf: (request) =>
      request.peer?.site === options.identity.site
        ? plainPrincipal(request.headers)
        : assertedPrincipal(state, request),
  };
}

async function assertedHeaders(state: State, errand: Errand): Promise<Readonly<Record<string, string>>> {
  const { identity, clock, newId } = state;
  const { principal, requestId, key } = errand;
  if (principal.site !== null || key === null) {
    // Nobody vouches for whom another site vouches for: no request goes on from site to site. Nor can anybody without a key.
    throw new SitewideError('INTERNAL', {});
  }
  const to = brokerAt(state.known(), errand);
  const statement = { principal, from: identity, to, requestId, id: newId() };
  return { 'sitewide-assertion': await signAssertion(statement, key, clock.now()) };
}

/** The broker that is asked, as it is configured: only that one is to take what is signed for it. */
function brokerAt({ federation }: KnownBrokers, { source, url }: Errand): PeerIdentity {
  const { origin } = new URL(url);
  const site = federation.sites.find(({ id }) => id === readSourceName(source).id);
  for (const { id: installation, brokers } of site?.installations ?? []) {
    const broker = brokers.find((one) => one.url === origin);
    if (site && broker) {
      return { site: site.id, installation, broker: broker.id };
    }
  }
  throw new SitewideError('ENDPOINT_UNREACHABLE', { problem: 'it has left its site' });
}

async function assertedPrincipal(state: State, { peer, headers }: PeerRequest): Promise<Principal> {
  const { identity, clock, replays } = state;
  const token = headers['sitewide-assertion'];
  if (peer === null || token === undefined) {
    throw refuseAssertion('ASSERTION_REQUIRED', 'there is none');
  }
  const requestId = String(headers['sitewide-request-id']);
  const expected = { peer, to: identity, requestId, clock };
  const { principal, id, takenUntil } = await verifyAssertion(String(token), expected);
  requireRight(state, peer, principal);
  if (!replays.take(`${peerUri(peer)} ${id}`, takenUntil)) {
    throw refuseAssertion('ASSERTION_REPLAYED', 'it was taken before');
  }
  return principal;
}

/** Who may not say who its users are can only ask for whoever does not say so either. */
function requireRight({ known }: State, peer: ConnectedPeer, { subject }: Principal): void {
  const site = known().federation.sites.find(({ id }) => id === peer.site);
  if (site?.assertions === 'refuse' && subject !== anonymous.subject) {
    throw refuseAssertion('ASSERTION_NOT_ALLOWED', 'federation.sites[].assertions says so');
  }
}
