import { encodeRevisions } from '../../src/core/revision-vector.ts';
import { bulkLocalIdOf } from '../../src/model/bulk-id.ts';
import { bulkIdOf } from '../../src/model/operation-list.ts';
import { type ChangeBroker, type Root, startChangeBroker } from './change-broker.ts';
import { type ChangeSite, createChangeSite, type SiteAnswer } from './change-site.ts';

// A site for changes of many machines: the real engine over brokers of installations a, b and c, each with machines that the
// filter meets, and with its part of what it has accepted.

/** What an installation is to do. */
interface Answering {
  readonly id: string;
  machines: number;
  /** What it says to everything, if not null. */
  refusal: { readonly code: string; readonly field: string; readonly message: string } | null;
  part: { readonly key: string; readonly id: string; readonly count: number; cancelled: boolean } | null;
}

/** An installation, and what it is to do. */
export interface Installation extends Answering {
  readonly broker: ChangeBroker;
}

/** What an installation is asked. */
export interface BulkInput {
  readonly action: string;
  readonly maxTargets: number;
  readonly idempotencyKey: string;
  readonly dryRun: boolean;
  readonly operationId: string;
}

/** The site. Disposing it ends it. */
export interface BulkSite extends AsyncDisposable {
  readonly installations: readonly Installation[];
  readonly site: ChangeSite;
  /** Asks for the bulk. */
  ask(variables?: object): Promise<SiteAnswer>;
}

/** Starts it; a, b and c have one, two and three machines. */
export async function startBulkSite(): Promise<BulkSite> {
  const installations = await Promise.all(
    ['a', 'b', 'c'].map(async (id, at) => {
      const answering: Answering = { id, machines: at + 1, refusal: null, part: null };
      const broker = await startChangeBroker(id, rootOf(answering));
      // The very same object: what a test says of it, its subgraph does.
      return Object.assign(answering, { broker });
    }),
  );
  const site = createChangeSite(Object.fromEntries(installations.map(({ id, broker }) => [id, [broker.url]])));
  return {
    installations,
    site,
    ask: (variables = {}) => site.ask(bulk, { variables: { filter: everything, ...variables } }),
    async [Symbol.asyncDispose]() {
      await site[Symbol.asyncDispose]();
      await Promise.all(installations.map(({ broker }) => broker[Symbol.asyncDispose]()));
    },
  };
}

/** An installation as its subgraph answers. */
function rootOf(own: Answering): Root {
  const payloadOf = ({ input }: { input: BulkInput }): unknown => {
    const refused = (code: string, message: string): unknown => ({
      userErrors: [{ code, message }],
      targetCount: own.machines,
    });
    if (own.refusal) {
      return { operation: null, userErrors: [own.refusal] };
    }
    if (own.part?.key === input.idempotencyKey) {
      return { operation: operationOf(own), userErrors: [], targetCount: own.part.count };
    }
    if (own.machines === 0) {
      return refused('NOTHING_MATCHED', 'none');
    }
    if (own.machines > input.maxTargets) {
      return refused('TOO_MANY_TARGETS', 'many');
    }
    const preview = Array.from({ length: own.machines }, (_, at) => `${input.action} ${own.id}${at}`);
    if (input.dryRun) {
      return { operation: null, userErrors: [], preview, targetCount: own.machines };
    }
    own.part = { key: input.idempotencyKey, id: input.operationId, count: own.machines, cancelled: false };
    return { operation: operationOf(own), userErrors: [], targetCount: own.machines };
  };
  const find = ({ id }: { id: string }): unknown => (own.part?.id === id ? operationOf(own) : null);
  return {
    setPowerStateBulk: payloadOf,
    operation: find,
    node: find,
    nodes: ({ ids }: { ids: string[] }) => ids.map((id) => find({ id })),
    _entities: ({ representations }: { representations: { id: string }[] }) => representations.map(find),
    cancelOperation: ({ input: { id } }: { input: { id: string } }) => {
      if (own.part?.id !== id) {
        return null;
      }
      own.part.cancelled = true;
      return { operation: operationOf(own), userErrors: [] };
    },
  };
}

/** The part of an installation: the first machine of each is done, and the last installation's is all done. */
function operationOf({ id, part }: Answering): unknown {
  const { count, cancelled, id: operationId } = part!;
  const done = id === 'c' ? count : 1;
  return {
    __typename: 'Operation',
    id: operationId,
    kind: 'SET_POWER_STATE_BULK',
    state: cancelled ? 'CANCELLED' : done === count ? 'SUCCEEDED' : 'RUNNING',
    itemCount: count,
    itemProgress: done * 100,
    progress: (done * 100) / count,
    succeededCount: done,
    cancelRequested: cancelled,
    revision: encodeRevisions({ [id]: { feed: `feed-${id}`, revision: count, part: 0 } }),
  };
}

/** A filter that all machines meet. */
export const everything = { name: { startsWith: 'x' } };
/** The operation. */
export const bulk = `mutation ($filter: VirtualMachineFilter!, $max: Int, $key: String = "k", $try: Boolean) {
  setPowerStateBulk(input: {
    filter: $filter, action: FORCE_STOP, maxTargets: $max, idempotencyKey: $key, dryRun: $try
  }) {
    operation { id ...Progress }
    userErrors { code field message }
    preview
    targetCount
    coverage { complete sources { id status } }
  }
}
fragment Progress on Operation { state progress succeededCount revision }`;

/** What it answers. */
export interface Payload {
  readonly operation: { id: string; state: string; progress: number; revision: string } | null;
  readonly userErrors: readonly { code: string; field: string | null; message: string }[];
  readonly preview: readonly string[] | null;
  readonly targetCount: number | null;
  readonly coverage: { complete: boolean; sources: readonly { id: string; status: string }[] };
}

/** What an answer says. */
export function payload({ data }: SiteAnswer): Payload {
  return data!['setPowerStateBulk'] as Payload;
}

/** The id of the bulk that is asked for. */
export const id = bulkIdOf(bulkLocalIdOf('anonymous', 'k'));
