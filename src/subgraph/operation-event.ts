import type { SubscriptionResolvers } from '../../schema/generated/resolvers.ts';
import { endable } from '../core/endable.ts';
import type { GlobalId } from '../core/ids.ts';
import type { Place } from '../core/revision-vector.ts';
import type { RecordEvent, ToRow } from '../model/event.ts';
import { hasEnded } from '../model/operation.ts';
import type { RequestContext } from '../model/request.ts';
import type { Row } from '../model/resource.ts';
import type { Source } from './coverage.ts';
import { fieldsOf, rowOfEvent } from './event.ts';
import { followFeed, startOf, type FeedEvent, type FollowOptions, type Start } from './follow-feed.ts';
import { seenOperation } from './operation-look-up.ts';
import { isOfEvery, readId } from './read-id.ts';

// The live stream of one operation. It begins with the operation as the database has it, and ends with its last change.

/** `Subscription.operationUpdated`. */
export function createOperationSubscriptions(
  source: Source,
  toRow: ToRow,
): Required<Pick<SubscriptionResolvers, 'operationUpdated'>> {
  return {
    operationUpdated: {
      async subscribe(_, { id, after }, context, info) {
        const wanted = readId(source, id, ['Operation']);
        await source.reachWanted(context);
        source.admit({ context, info });
        const ended = context.deadline.signal;
        const log = source.log(context);
        const options = { log, clock: source.clock, installation: source.installation.id, after };
        const start = await startOf(options, ended);
        const look: Look = (limit) => find(source, wanted, { context, signal: limit });
        const found = await look(ended);
        return endable(ended, async function* (signal) {
          for await (const event of updates({ log, clock: source.clock, look, toRow, wanted, start, found }, signal)) {
            const operation = rowOfEvent(event) as Row<'Operation'> | null;
            yield { operationUpdated: { ...fieldsOf(source, event), operation } };
          }
        });
      },
    },
  };
}

/** Looks the operation up again. */
interface Look {
  (signal: AbortSignal): Promise<Row<'Operation'> | null>;
}

interface UpdatesOptions extends Pick<FollowOptions, 'log' | 'clock' | 'toRow'> {
  readonly look: Look;
  readonly wanted: GlobalId;
  readonly start: Start;
  /** The operation as it was after the start was settled; null if there was none. */
  readonly found: Row<'Operation'> | null;
}

async function* updates(options: UpdatesOptions, signal: AbortSignal): AsyncGenerator<FeedEvent, void, undefined> {
  const { start, found } = options;
  const isResumed = start.mark === null;
  if (start.mark === 'GAP') {
    yield { type: 'GAP', place: start.place };
  }
  if (found === null) {
    if (isResumed || !isOfEvery(options.wanted)) {
      return;
    }
    // Of a bulk over every installation a part may still come.
    yield { type: 'BOOKMARK', place: start.place };
  } else if (!isResumed) {
    yield asItIs(found, start.place);
  }
  if (found !== null && hasEnded(found) && (!isResumed || found.revision <= start.place.revision)) {
    return;
  }
  yield* laterUpdates(options, isResumed ? 0 : (found?.revision ?? 0), signal);
}

/** @param seen The number of the change that the reader has; what is not later is nothing new. */
async function* laterUpdates(
  { log, clock, look, toRow, wanted, start, found }: UpdatesOptions,
  seen: number,
  signal: AbortSignal,
): AsyncGenerator<FeedEvent, void, undefined> {
  const isWanted = (row: Row<'Operation'>): boolean => row.localId === wanted.localId;
  const options = { log, clock, wanted: { Operation: isWanted }, toRow };
  let latest = found;
  for await (const event of followFeed({ place: start.place, mark: null }, options, signal)) {
    if ('row' in event) {
      if (event.sequence <= seen) continue;
      latest = event.row as Row<'Operation'>;
    }
    yield event;
    if (event.type === 'GAP') {
      latest = await look(signal);
      if (latest !== null) {
        seen = latest.revision;
        yield asItIs(latest, event.place);
      } else if (!isOfEvery(wanted)) {
        return;
      }
    }
    if (event.type === 'REMOVED' || isOver(latest, event)) {
      return;
    }
  }
}

/** True once the reader has the end of the operation, be it from before it was cut off. */
function isOver(latest: Row<'Operation'> | null, event: FeedEvent): boolean {
  if (latest === null || !hasEnded(latest)) {
    return false;
  }
  return event.type !== 'BOOKMARK' || latest.revision <= event.place.revision;
}

/** Later changes of the feed are none of this operation, unless they are numbered after it. */
function asItIs(row: Row<'Operation'>, place: Place): RecordEvent {
  const { revision } = row;
  const known = revision > place.revision ? { feed: place.feed, revision, part: 0 } : place;
  return { type: 'ADDED', kind: 'Operation', row, fromSequence: revision, sequence: revision, place: known };
}

async function find(
  source: Source,
  { localId }: GlobalId,
  { context, signal }: { readonly context: RequestContext; readonly signal: AbortSignal },
): Promise<Row<'Operation'> | null> {
  return seenOperation(source, await source.operations().find(localId, signal), context);
}
