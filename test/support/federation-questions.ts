import type { Random } from '../../src/drivers/simulator/random.ts';
import type { KnownVm } from './chaos-inventory.ts';
import { chooseFilter, filteredQuestion, pageQuestion, summaryQuestion } from './chaos-questions.ts';

// Questions to a federation of which sites may be away: each with the one right answer of whatever part of it is there.

/** A question whose right answer depends on which machines can be seen. */
export interface PartialQuestion {
  readonly name: string;
  readonly text: string;
  readonly variables: Readonly<Record<string, unknown>>;
  /** What `data` has to be if these machines can be seen; what is not foretold is taken from `found`. */
  readonly expected: (seen: readonly KnownVm[], found: Data) => Data;
  /** The places in the answer that must be errors if only these machines can be seen. */
  readonly missing: (seen: readonly KnownVm[]) => readonly (readonly (string | number)[])[];
}

type Data = Readonly<Record<string, unknown>>;

/** Any question about these machines. */
export function createFederationQuestions(vms: readonly KnownVm[], random: Random): () => PartialQuestion {
  const kinds: readonly (() => PartialQuestion)[] = [
    () => {
      const first = random.between(1, 60);
      return partial((seen) => pageQuestion('page', seen, { first }), vms);
    },
    () => {
      const filter = chooseFilter(random);
      return partial((seen) => filteredQuestion(seen, filter), vms);
    },
    () => partial(summaryQuestion, vms),
    () => nodesQuestion(vms, random),
  ];
  return () => random.pick(kinds)();
}

type Asked = Pick<PartialQuestion, 'name' | 'text' | 'variables'> & { readonly expected: (found: Data) => Data };

function partial(ask: (seen: readonly KnownVm[]) => Asked, vms: readonly KnownVm[]): PartialQuestion {
  const { name, text, variables } = ask(vms);
  return { name, text, variables, expected: (seen, found) => ask(seen).expected(found), missing: () => [] };
}

function nodesQuestion(vms: readonly KnownVm[], random: Random): PartialQuestion {
  const wanted = Array.from({ length: 12 }, () => random.pick(vms));
  return {
    name: 'nodes',
    text: 'query Nodes($ids: [ID!]!) { nodes(ids: $ids) { id ... on VirtualMachine { name memoryMiB } } }',
    variables: { ids: wanted.map(({ id }) => id) },
    expected: (seen) => ({
      nodes: wanted.map((vm) => (seen.includes(vm) ? { id: vm.id, name: vm.name, memoryMiB: vm.memoryMiB } : null)),
    }),
    missing: (seen) => wanted.flatMap((vm, at) => (seen.includes(vm) ? [] : [['nodes', at]])),
  };
}
