import { SitewideError } from '../core/errors.ts';
import { decodeId, type GlobalId } from '../core/ids.ts';
import type { Snapshot } from '../inventory/snapshot.ts';
import type { RequestContext } from '../model/request.ts';
import { recordKinds, type RecordKind, type Row } from '../model/resource.ts';
import type { InstallationView } from '../model/site.ts';
import type { QueryResolvers } from '../../schema/generated/resolvers.ts';
import type { Asked, Source } from './coverage.ts';
import { findInstallation } from './installation.ts';

// Look-ups by global id: one resource of a known kind, any resource, and the entities of the federation protocol. Only
// ids of this installation are answered; others are refused by name, and those that name nothing give null.

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
export function answerResource<Kind extends RecordKind>(
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

/** `Query.node` and `Query.nodes`. */
export function createNodeQueries(source: Source): Pick<QueryResolvers, 'node' | 'nodes'> {
  return {
    node(_, { id }, context, info) {
      const wanted = readId(source, id, nodeTypes);
      return wanted.type === 'Installation'
        ? answerInstallation(source, { id, context, info })
        : source.answer({ context, info }, (snapshot) => find(source, snapshot, wanted), rowsOfOne).result;
    },
    nodes(_, { ids }, context, info) {
      if (ids.length > maximumIds) {
        const problem = `at most ${maximumIds} ids are allowed`;
        throw new SitewideError('INVALID_ARGUMENT', { argument: 'ids', problem, found: ids.length });
      }
      const wanted = ids.map((id) => readId(source, id, nodeTypes));
      const findAll = (snapshot: Snapshot): (AnyNode | null)[] => wanted.map((one) => find(source, snapshot, one));
      return source.answer({ context, info }, findAll, (rows) => rows.filter((row) => row !== null).length).result;
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
    const asked = { context, info };
    const node =
      type === 'Installation'
        ? source.answerConfigured(asked, ownInstallation(source, wanted.localId))
        : source.answer(asked, (snapshot) => find(source, snapshot, wanted), rowsOfOne).result;
    // A copy, because the federation library writes the type's name into what it is given, and rows are shared.
    return node === null ? null : ({ ...node } as Nodes[Type]);
  };
}

function readId(source: Source, id: string, types: readonly string[]): GlobalId {
  const wanted = decodeId(id);
  if (!types.includes(wanted.type)) {
    throw new SitewideError('INVALID_ID', { id, problem: `it names a ${wanted.type}, not a ${types.join(' or ')}` });
  }
  if (wanted.installation !== source.installation.id) {
    const { installation } = wanted;
    throw new SitewideError('UNKNOWN_INSTALLATION', { id, installation, where: 'this broker' });
  }
  return wanted;
}

function find(source: Source, snapshot: Snapshot, { type, localId }: GlobalId): AnyNode | null {
  return type === 'Installation' ? ownInstallation(source, localId) : snapshot.get(type as RecordKind, localId);
}

function ownInstallation(source: Source, localId: string): InstallationView | null {
  return localId === source.installation.id ? findInstallation(source, localId) : null;
}

function rowsOfOne(row: unknown): number {
  return row === null ? 0 : 1;
}
