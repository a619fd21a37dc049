import { encodeId } from '../../src/core/ids.ts';
import type { Subscriber } from './chaos-subscribers.ts';
import { ask } from './postgres.ts';

// What installations really wrote into their feeds, and whether a subscriber saw all of it once and in order.

/** `sequence id` of each change, by source. */
type Feeds = ReadonlyMap<string, readonly string[]>;

/**
 * The changes of machines in the feed of each source, as subscribers note them.
 * @param databases By installation.
 */
export async function feedsOf(databases: ReadonlyMap<string, string>): Promise<Feeds> {
  const all = await Promise.all(
    [...databases].map(async ([installation, url]) => {
      const rows = await ask<{ revision: string; local_id: string }>(
        url,
        `select revision, change ->> 'localId' as local_id
         from feed_change, json_array_elements(changes) with ordinality as list (change, at)
         where change ->> 'kind' = 'VirtualMachine' order by revision, part, at`,
      );
      const events = rows.map(
        ({ revision, local_id: localId }) =>
          `${revision} ${encodeId({ type: 'VirtualMachine', installation, localId })}`,
      );
      return [`installation:${installation}`, events] as const;
    }),
  );
  return new Map(all);
}

/** What a subscriber missed, saw twice, or saw out of order since the first thing it saw. */
export function streamProblems({ seen, remarks }: Subscriber, truth: Feeds): readonly string[] {
  const problems = remarks.filter((remark) => remark.startsWith('GAP'));
  for (const [source, events] of truth) {
    const saw = seen.get(source) ?? [];
    const wanted = events.slice(events.indexOf(saw[0]!));
    const at = wanted.findIndex((event, index) => saw[index] !== event);
    if (at !== -1 || saw.length !== wanted.length) {
      problems.push(
        `${source}: ${saw.length} events for ${wanted.length}; at ${at} ${saw[at]} for ${wanted[at]}, ${remarks.join()}`,
      );
    }
  }
  return problems;
}
