import type { SubscriptionResolvers } from '../../schema/generated/resolvers.ts';
import type { Clock } from '../core/clock.ts';
import { endable } from '../core/endable.ts';
import type { SiteView } from '../model/site.ts';
import type { Source } from './coverage.ts';

// The live stream of the site as this broker sees it.

/** A change is seen about as fast as a person would notice it. */
const lookMs = 1_000;

/** `Subscription.siteChanged`. */
export function createSiteSubscriptions(source: Source): Required<Pick<SubscriptionResolvers, 'siteChanged'>> {
  return {
    siteChanged: {
      subscribe: (_, args, context) =>
        endable(context.deadline.signal, async function* (signal) {
          for await (const site of views(source, signal)) {
            yield { siteChanged: site };
          }
        }),
    },
  };
}

async function* views(
  { siteView, clock }: { readonly siteView: () => SiteView; readonly clock: Clock },
  signal: AbortSignal,
): AsyncGenerator<SiteView, void, undefined> {
  for (let told: string | null = null; ;) {
    const view = siteView();
    const now = lastingPart(view);
    if (now !== told) {
      told = now;
      yield view;
    }
    await clock.sleep(lookMs, signal);
  }
}

/** Latencies and what is in flight are different with every look, which is nothing that happened. */
const drifting: ReadonlySet<string> = new Set(['latencyMs', 'p95Ms', 'inFlight']);

function lastingPart(view: SiteView): string {
  return JSON.stringify(view, (name, value: unknown) => (drifting.has(name) ? undefined : value));
}
