import type { SubscriptionResolvers } from '../../schema/generated/resolvers.ts';
import { endable } from '../core/endable.ts';
import type { RequestContext } from '../model/request.ts';
import type { SiteView } from '../model/site.ts';
import type { Source } from './coverage.ts';
import { known } from './site.ts';

// The live stream of the site as this broker sees it.

/** A change is seen about as fast as a person would notice it. */
const lookMs = 1_000;

/** `Subscription.siteChanged`. */
export function createSiteSubscriptions(source: Source): Required<Pick<SubscriptionResolvers, 'siteChanged'>> {
  return {
    siteChanged: {
      subscribe: (_, args, context) =>
        endable(context.deadline.signal, async function* (signal) {
          for await (const site of views(source, context, signal)) {
            yield { siteChanged: site };
          }
        }),
    },
  };
}

async function* views(
  source: Source,
  context: RequestContext,
  signal: AbortSignal,
): AsyncGenerator<SiteView, void, undefined> {
  for (let told: string | null = null; ;) {
    const view = known(source, context).siteView();
    const now = lastingPart(view);
    if (now !== told) {
      told = now;
      yield view;
    }
    await source.clock.sleep(lookMs, signal);
  }
}

/** Latencies and what is in flight are different with every look, which is nothing that happened. */
const drifting: ReadonlySet<string> = new Set(['latencyMs', 'p95Ms', 'inFlight']);

function lastingPart(view: SiteView): string {
  return JSON.stringify(view, (name, value: unknown) => (drifting.has(name) ? undefined : value));
}
