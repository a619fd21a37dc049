import { SitewideError } from '../core/errors.ts';
import { decodeId, type GlobalId } from '../core/ids.ts';
import type { Snapshot } from '../inventory/snapshot.ts';
import type { RequestContext } from '../model/request.ts';
import { recordKinds, type RecordKind, type ResourceKind, type Row } from '../model/resource.ts';
import type { InstallationView } from '../model/site.ts';
import type { QueryResolvers } from '../../schema/generated/resolvers.ts';
import type { Source } from './coverage.ts';
import type { Asked } from './source-report.ts';
import { findInstallation } from './installation.ts';
import { findOperations, type FoundOperations } from './operation-look-up.ts';
import { readId } from './read-id.ts';

// Look-ups by global id: one resource of a known kind, any resource, and the entities of the federation protocol. Ids
// that name nothing give null.

/** How many ids one request may look up: as many as the largest page has rows. */
const maximumIds = 1000;

const nodeTypes: readonly string[] = [...recordKinds, 'Installation'];

/** The things with a global id, by the name of their type. */
export type Nodes = { readonly [Kind in RecordKind]: Row<Kind> } & { readonly Installation: InstallationView };

/** Any thing with a global id. */
export type AnyNode = Nodes[keyof Nodes];

/**
 * Answers a root field that looks up one resource of a kind.
 * @throws SitewideError `INVALID_ID`, `UNKNOWN_INSTALLATION` or what `Source.answer` throws.
 */
export function answerResource<Kind extends ResourceKind>(
  source: Source,
  kind: Kind,
  { id, ...asked }: Asked & { readonly id: string },
): Row<Kind> | null {
  const { localId } = readId(source, id, [kind]);
  return source.answer(asked, (snapshot) => snapshot.get(kind, localId), rowsOfOne).result;
}

/** Answers the root field that looks up one installation, which needs no inventory. Throws the same. */
export function answerInstallation(
  source: Source,
  { id, ...asked }: Asked & { readonly id: string },
): InstallationView | null {
  const { localId } = readId(source, id, ['Installation']);
  return source.answerConfigured(asked, ownInstallation(source, localId));
}

/** Answers the root field that looks up one operation, which is in the database. Throws the same. */
export async function answerOperation(
  source: Source,
  { id, ...asked }: Asked & { readonly id: string },
): Promise<Row<'Operation'> | null> {
  const wanted = readId(source, id, ['Operation']);
  return (await answerNodes(source, [wanted], asked))[0] as Row<'Operation'> | null;
}

/** `Query.node` and `Query.nodes`. */
export function createNodeQueries(source: Source): Pick<QueryResolvers, 'node' | 'nodes'> {
  return {
    async node(_, { id }, context, info) {
      return (await answerNodes(source, [readId(source, id, nodeTypes)], { context, info }))[0]!;
    },
    nodes(_, { ids }, context, info) {
      if (ids.length > maximumIds) {
        const problem = `at most ${maximumIds} ids are allowed`;
        throw new SitewideError('INVALID_ARGUMENT', { argument: 'ids', problem, found: ids.length });
      }
      const wanted = ids.map((id) => readId(source, id, nodeTypes));
      return answerNodes(source, wanted, { context, info });
    },
  };
}

/** The type of a thing with a global id, for the interface `Node`. */
export function typeOfNode(node: AnyNode): RecordKind | 'Installation' {
  return 'brokers' in node ? 'Installation' : (decodeId(node.id).type as RecordKind);
}

/**
 * `__resolveReference` of an entity. It is asynchronous so that a bad reference fails its own place in `_entities` alone:
 * what is thrown synchronously fails them all.
 */
export function createReferenceResolver<Type extends keyof Nodes>(source: Source, type: Type) {
  return async (
    reference: { readonly id: string },
    context: RequestContext,
    info: Asked['info'],
  ): Promise<Nodes[Type] | null> => {
    const wanted = readId(source, reference.id, [type]);
    await source.reachWanted(context);
    const [node] = await answerNodes(source, [wanted], { context, info });
    // A copy, because the federation library writes the type's name into what it is given, and rows are shared.
    return node === null ? null : ({ ...node } as Nodes[Type]);
  };
}

/** An inventory is needed only where a resource is among what is wanted. */
async function answerNodes(source: Source, wanted: readonly GlobalId[], asked: Asked): Promise<(AnyNode | null)[]> {
  source.requireRole(asked);
  const operations = await findOperations(source, wanted, asked.context);
  const now = { ...asked, staleBecause: operations.staleBecause };
  const findAll = (snapshot: Snapshot | null): (AnyNode | null)[] =>
    wanted.map((one) => find(source, { snapshot, operations }, one));
  return wanted.every(({ type }) => type === 'Installation' || type === 'Operation')
    ? source.answerConfigured(now, findAll(null), countFound)
    : source.answer(now, findAll, countFound).result;
}

interface Finds {
  readonly snapshot: Snapshot | null;
  readonly operations: FoundOperations;
}

function find(source: Source, { snapshot, operations }: Finds, { type, localId }: GlobalId): AnyNode | null {
  switch (type) {
    case 'Installation':
      return ownInstallation(source, localId);
    case 'Operation':
      return operations.rows.get(localId) ?? null;
    default:
      return snapshot?.get(type as ResourceKind, localId) ?? null;
  }
}

function ownInstallation(source: Source, localId: string): InstallationView | null {
  return localId === source.installation.id ? findInstallation(source, localId) : null;
}

function countFound(rows: readonly unknown[]): number {
  return rows.filter((row) => row !== null).length;
}

function rowsOfOne(row: unknown): number {
  return row === null ? 0 : 1;
}
