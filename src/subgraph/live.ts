import type { GraphQLResolveInfo } from 'graphql';

import type { SubscriptionResolvers, SubscriptionVirtualMachinesLiveArgs } from '../../schema/generated/resolvers.ts';
import { endable } from '../core/endable.ts';
import { checkLiveSize, listOfLive, livePauseMs } from '../model/live.ts';
import { createNews, type News } from '../model/news.ts';
import type { Pace } from '../model/pace.ts';
import type { RequestContext } from '../model/request.ts';
import { answerList, readList } from './connection.ts';
import type { Source } from './coverage.ts';
import type { InventoryView } from './freshness.ts';
import { createReminder } from './reminder.ts';

// Live pages of one installation: the page that the query gives, looked at again when anything changed on which it depends.

/** That the inventory gets old is a matter of time, which nobody tells. */
const lookMs = 1_000;

/** `Subscription.virtualMachinesLive`. */
export function createLiveSubscriptions(source: Source): Required<Pick<SubscriptionResolvers, 'virtualMachinesLive'>> {
  const { site } = source.installation;
  return {
    virtualMachinesLive: {
      async subscribe(_, args, context, info) {
        checkLiveSize(args);
        const { paces } = readList('VirtualMachine', args, { info, field: listOfLive(info.fieldName), site });
        await source.reachWanted(context);
        source.admit({ context, info });
        const news = createNews();
        return endable(context.deadline.signal, (signal) => looks({ source, context, paces, news }, signal));
      },
      async resolve(
        _: unknown,
        args: SubscriptionVirtualMachinesLiveArgs,
        context: RequestContext,
        info: GraphQLResolveInfo,
      ) {
        await source.reachWanted(context);
        return answerList(source, 'VirtualMachine', { args, context, info, field: listOfLive(info.fieldName) });
      },
    },
  };
}

interface Looking {
  readonly source: Source;
  readonly context: RequestContext;
  readonly paces: readonly Pace[];
  readonly news: News;
}

/** One at once, then one for each change, but never two within the pause: what changes meanwhile is seen after it. */
async function* looks(
  { source, context, paces, news }: Looking,
  signal: AbortSignal,
): AsyncGenerator<News, void, undefined> {
  const { inventory, clock } = source;
  using reminder = createReminder(clock);
  let change = nextChange(inventory, signal);
  for (let seen: string | null = null; ;) {
    const { snapshot, status, message } = inventory.current();
    const numbers = paces.map((pace) => snapshot?.lastChanges[pace] ?? null);
    const found = JSON.stringify([numbers, status, message, source.access(context).name]);
    if (found !== seen) {
      seen = found;
      yield news;
      await clock.sleep(livePauseMs, signal);
    }
    reminder.remind(lookMs);
    if ((await reminder.orReminded(change)) !== 'reminded') {
      change = nextChange(inventory, signal);
    }
  }
}

/** Nothing ever changes where nobody can tell. */
function nextChange({ changed, current }: InventoryView, signal: AbortSignal): Promise<unknown> {
  const change = changed ? changed(current().revision, signal) : new Promise(() => undefined);
  // It may be over while nobody waits for it.
  change.catch(() => undefined);
  return change;
}
