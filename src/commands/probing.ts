import type { Clock } from '../core/clock.ts';
import type { Membership } from '../gateway/membership.ts';
import type { PeerTransport } from '../gateway/peer-transport.ts';
import { createKeeper } from '../scatter/keeper.ts';
import type { Probe } from '../scatter/probe.ts';
import { createProber } from '../scatter/prober.ts';

// Who looks after the other brokers while nobody asks them: all of those of the own site, a few of every other one.

interface ProbingOptions {
  readonly membership: Pick<Membership, 'current'>;
  readonly transport: Pick<PeerTransport, 'probe'>;
  readonly clock: Clock;
  readonly random: () => number;
}

/** Starts probing; disposing ends it. */
export function startProbing({ membership, transport, ...options }: ProbingOptions): AsyncDisposable {
  const probe: Probe = ({ url }, { source }, signal) => transport.probe({ url: `${url}/health/ready`, source, signal });
  const probing = new AsyncDisposableStack();
  probing.use(createProber({ ...options, probe, targets: () => membership.current.targets }));
  probing.use(createKeeper({ ...options, probe, targets: () => membership.current.siteTargets }));
  return probing;
}
