import type { Random } from '../../src/drivers/simulator/random.ts';
import type { KnownVm } from './chaos-inventory.ts';

// The questions of a chaos run, each with the one right answer.

/** A question and how to tell the right answer. */
export interface Question {
  readonly name: string;
  readonly text: string;
  readonly variables: Readonly<Record<string, unknown>>;
  /** What `data` has to be; where the right value is not foretold it is taken from `found`. */
  readonly expected: (found: Data) => Data;
  /** Told of the right answer. */
  readonly answered?: (found: Data) => void;
}

type Data = Readonly<Record<string, unknown>>;

const pageText = `query Page($first: Int, $after: String, $filter: VirtualMachineFilter, $orderBy: VirtualMachineOrder) {
  virtualMachines(first: $first, after: $after, filter: $filter, orderBy: $orderBy) {
    nodes { id name powerState installation { localId } }
    totalCount totalCountRelation pageInfo { hasNextPage endCursor }
  }
}`;

const summaryText = `{
  virtualMachineSummary(groupBy: [{ field: POWER_STATE }, { field: INSTALLATION }]) {
    count countRelation cpuCount memoryMiB facets { buckets { key count memoryMiB } }
  }
}`;

/** Any question. */
export function createQuestions(vms: readonly KnownVm[], random: Random): () => Question {
  const summary = summaryQuestion(vms);
  const walks = Array.from({ length: 4 }, () => createWalk(vms, random));
  const kinds: readonly (() => Question)[] = [
    () => pageQuestion('page', vms, { first: random.between(1, 100) }),
    () => filteredQuestion(vms, chooseFilter(random)),
    () => summary,
    () => nodesQuestion(vms, random),
    () => walks.find(({ isFree }) => isFree())?.next() ?? summary,
  ];
  return () => random.pick(kinds)();
}

interface PageOptions {
  readonly first: number;
  /** How many rows come before this page. */
  readonly skip?: number;
  readonly variables?: Readonly<Record<string, unknown>>;
}

/** A page of a list that has these rows. */
export function pageQuestion(name: string, rows: readonly KnownVm[], options: PageOptions): Question {
  const { first, skip = 0, variables = {} } = options;
  return {
    name,
    text: pageText,
    variables: { first, ...variables },
    expected: (found) => ({
      virtualMachines: {
        nodes: rows.slice(skip, skip + first).map(({ id, name: vmName, powerState, installation }) => ({
          id,
          name: vmName,
          powerState,
          installation: { localId: installation },
        })),
        totalCount: rows.length,
        totalCountRelation: 'EQUAL',
        pageInfo: { hasNextPage: skip + first < rows.length, endCursor: cursorOf(found) },
      },
    }),
  };
}

/** What a filtered list asks for. */
export interface Filtered {
  readonly powerState: string;
  /** In MiB. */
  readonly leastMemory: number;
}

/** Any. */
export function chooseFilter(random: Random): Filtered {
  return {
    powerState: random.pick(['RUNNING', 'STOPPED', 'PAUSED']),
    leastMemory: random.pick([0, 2_048, 8_192]),
  };
}

/** A filtered list in descending order. */
export function filteredQuestion(
  vms: readonly KnownVm[],
  { powerState: wanted, leastMemory: least }: Filtered,
): Question {
  const rows = vms.filter(({ powerState, memoryMiB }) => powerState === wanted && memoryMiB >= least);
  // Rows with the same name stay in the order of their ids whichever way the names go.
  const descending = [...rows].sort(
    (a, b) => Buffer.compare(Buffer.from(b.name), Buffer.from(a.name)) || (a.id < b.id ? -1 : 1),
  );
  const variables = {
    filter: { powerState: [wanted], memoryMiB: { gte: least } },
    orderBy: { field: 'NAME', direction: 'DESC' },
  };
  return pageQuestion('filtered', descending, { first: 40, variables });
}

/** A summary. */
export function summaryQuestion(vms: readonly KnownVm[]): Question {
  const sum = (rows: readonly KnownVm[], field: 'cpuCount' | 'memoryMiB'): number =>
    rows.reduce((total, row) => total + row[field], 0);
  const buckets = (field: 'powerState' | 'installation') =>
    [...new Set(vms.map((vm) => vm[field]))].sort().map((key) => {
      const rows = vms.filter((vm) => vm[field] === key);
      return { key, count: rows.length, memoryMiB: sum(rows, 'memoryMiB') };
    });
  const virtualMachineSummary = {
    count: vms.length,
    countRelation: 'EQUAL',
    cpuCount: sum(vms, 'cpuCount'),
    memoryMiB: sum(vms, 'memoryMiB'),
    facets: [{ buckets: buckets('powerState') }, { buckets: buckets('installation') }],
  };
  return { name: 'summary', text: summaryText, variables: {}, expected: () => ({ virtualMachineSummary }) };
}

function nodesQuestion(vms: readonly KnownVm[], random: Random): Question {
  const wanted = Array.from({ length: 12 }, () => random.pick(vms));
  return {
    name: 'nodes',
    text: 'query Nodes($ids: [ID!]!) { nodes(ids: $ids) { id ... on VirtualMachine { name memoryMiB } } }',
    variables: { ids: wanted.map(({ id }) => id) },
    expected: () => ({ nodes: wanted.map(({ id, name, memoryMiB }) => ({ id, name, memoryMiB })) }),
  };
}

interface Walk {
  /** True if the answer to its last page is there, so that the next one can be asked for. */
  isFree(): boolean;
  next(): Question;
}

/** Someone who pages through the whole list, again and again. */
function createWalk(vms: readonly KnownVm[], random: Random): Walk {
  let place = { skip: 0, after: null as string | null, first: random.between(10, 60) };
  let free = true;
  return {
    isFree: () => free,
    next() {
      free = false;
      const { skip, after, first } = place;
      return {
        ...pageQuestion('paging', vms, { first, skip, variables: { after } }),
        answered(found) {
          const isLast = skip + first >= vms.length;
          place = isLast
            ? { skip: 0, after: null, first: random.between(10, 60) }
            : { skip: skip + first, after: cursorOf(found), first };
          free = true;
        },
      };
    },
  };
}

/** The cursor as it came: what is in it is the answering tier's business, where it leads is seen on the next page. */
function cursorOf(found: Data): string | null {
  const page = found['virtualMachines'] as { readonly pageInfo?: { readonly endCursor?: string } } | null | undefined;
  return page?.pageInfo?.endCursor ?? null;
}
