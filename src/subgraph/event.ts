import type { InventoryFilter, ResourceType, SubscriptionResolvers } from '../../schema/generated/resolvers.ts';
import { endable, type EndableStream } from '../core/endable.ts';
import { encodeRevisions } from '../core/revision-vector.ts';
import { compileFilter } from '../model/filter.ts';
import { lists, type Filters } from '../model/lists.ts';
import type { ToRow, Wanted } from '../model/event.ts';
import type { Predicate } from '../model/filter.ts';
import type { Operation } from '../model/operation.ts';
import { rowOf, type RecordKind, type Records, type ResourceKind, type Row } from '../model/resource.ts';
import { settleSite } from '../model/site-filter.ts';
import type { Source } from './coverage.ts';
import type { Asked } from './source-report.ts';
import { followFeed, startOf, type FeedEvent, type FollowOptions } from './follow-feed.ts';

// Live streams of the inventory and of operations. Nothing is kept from event to event but the reader's place: what an
// event's row refers to is looked up in the inventory as it is when the event is sent.

/** What is there of every event, whatever it is of. */
export interface EventFields {
  readonly type: FeedEvent['type'];
  readonly source: string;
  readonly fromSequence: number;
  readonly sequence: number;
  readonly resumeToken: string;
}

/** `Subscription.inventoryChanged` and `Subscription.operationsChanged`. */
export function createEventSubscriptions(
  source: Source,
  toRow: ToRow,
): Required<Pick<SubscriptionResolvers, 'inventoryChanged' | 'operationsChanged'>> {
  return {
    inventoryChanged: {
      subscribe: (_, { types, filter, after }, context, info) => {
        const wanted = wantedResources(types ?? null, filter ?? {}, source.installation.site);
        return stream(source, { context, info, after, wanted, toRow }, (event) => ({
          inventoryChanged: { ...fieldsOf(source, event), node: rowOfEvent(event) },
        }));
      },
    },
    operationsChanged: {
      subscribe: (_, { filter, after }, context, info) => {
        const wanted = { Operation: predicateOf('Operation', filter, source.installation.site) };
        return stream(source, { context, info, after, wanted, toRow }, (event) => ({
          operationsChanged: { ...fieldsOf(source, event), operation: rowOfEvent(event) as Row<'Operation'> | null },
        }));
      },
    },
  };
}

interface StreamOptions extends Asked, Pick<FollowOptions, 'wanted' | 'toRow'> {
  readonly after: string | null | undefined;
}

async function stream<Payload>(
  source: Source,
  { after, wanted, toRow, ...asked }: StreamOptions,
  payloadOf: (event: FeedEvent) => Payload,
): Promise<EndableStream<Payload>> {
  await source.reachWanted(asked.context);
  source.admit(asked);
  const { clock, installation } = source;
  const log = source.log(asked.context);
  const ended = asked.context.deadline.signal;
  const start = await startOf({ log, clock, installation: installation.id, after }, ended);
  return endable(ended, async function* (signal) {
    for await (const event of followFeed(start, { log, clock, wanted, toRow }, signal)) {
      yield payloadOf(event);
    }
  });
}

/** The fields of an event beside what it is of. */
export function fieldsOf({ installation }: Source, event: FeedEvent): EventFields {
  const { type, place } = event;
  const [from, to] = 'row' in event ? [event.fromSequence, event.sequence] : [place.revision, place.revision];
  return {
    type,
    source: `installation:${installation.id}`,
    fromSequence: from,
    sequence: to,
    resumeToken: encodeRevisions({ [installation.id]: place }),
  };
}

/** Null for an event of no record. */
export function rowOfEvent(event: FeedEvent): Row | null {
  return 'row' in event ? event.row : null;
}

/**
 * Makes rows of the records in the feed. Many readers meet the same record, which becomes a row once.
 * @param installation The configured id.
 */
export function createToRow(installation: string): ToRow {
  const rows = new WeakMap<Records[RecordKind], Row>();
  return (kind, record, revision) => {
    const known = rows.get(record);
    if (known !== undefined) {
      return known;
    }
    // Whoever wrote an operation into the feed did not know the number of that append.
    const numbered = kind === 'Operation' && revision !== null ? ({ ...record, revision } as Operation) : record;
    const row: Row = rowOf(kind, numbered, installation);
    rows.set(record, row);
    return row;
  };
}

const kindOf: Readonly<Record<ResourceType, ResourceKind>> = {
  VIRTUAL_MACHINE: 'VirtualMachine',
  HOST: 'Host',
  DATASTORE: 'Datastore',
  NETWORK: 'Network',
};

function wantedResources(types: readonly ResourceType[] | null, filter: InventoryFilter, site: string): Wanted {
  const whole: Wanted = {
    VirtualMachine: predicateOf('VirtualMachine', filter.virtualMachine, site),
    Host: predicateOf('Host', filter.host, site),
    Datastore: predicateOf('Datastore', filter.datastore, site),
    Network: predicateOf('Network', filter.network, site),
  };
  const kinds = new Set<string>((types ?? (Object.keys(kindOf) as ResourceType[])).map((type) => kindOf[type]));
  return Object.fromEntries(Object.entries(whole).filter(([kind]) => kinds.has(kind)));
}

function predicateOf<Kind extends RecordKind>(
  kind: Kind,
  filter: Filters[Kind] | null | undefined,
  site: string,
): Predicate<Row<Kind>> | null {
  return compileFilter<Row<Kind>, never>(lists[kind].filter, settleSite(filter, site) as never);
}
