import type { Members, Membership } from './membership.ts';

// Whom the streams of a tier follow: the sources of the tier, and the brokers behind them.

/** The sources of a tier at one moment. */
export type StreamMembers = Pick<Members, 'sources' | 'targets'>;

/** The sources of a tier, which may change at any time. */
export interface StreamMembership extends Pick<Membership, 'onChange'> {
  /** The same object as long as nothing has changed. */
  readonly current: StreamMembers;
}

/** The sources of the federation: those of the own site, and each other site as one. */
export function federationMembers(membership: Pick<Membership, 'onChange' | 'current'>): StreamMembership {
  let known: Members | null = null;
  let whole: StreamMembers = { sources: [], targets: [] };
  return {
    onChange: (listener) => membership.onChange(listener),
    get current() {
      const { current } = membership;
      if (current !== known) {
        const { sources, siteSources, targets, siteTargets } = current;
        known = current;
        whole = { sources: [...sources, ...siteSources], targets: [...targets, ...siteTargets] };
      }
      return whole;
    },
  };
}
