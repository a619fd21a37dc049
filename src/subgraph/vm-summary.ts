import type { QueryResolvers } from '../../schema/generated/resolvers.ts';
import { compileFilter } from '../model/filter.ts';
import type { Snapshot } from '../inventory/snapshot.ts';
import type { Row } from '../model/resource.ts';
import { settleSite } from '../model/site-filter.ts';
import { vmList } from '../model/vm-list.ts';
import { summarize, validateGroupBy, type VmSummary } from '../model/vm-summary.ts';
import type { Source } from './coverage.ts';

// Counts, sums, averages and facets over the machines that meet a filter.

/** `Query.virtualMachineSummary`. */
export function createVmSummaryQueries(source: Source): Pick<QueryResolvers, 'virtualMachineSummary'> {
  return {
    virtualMachineSummary(_, args, context, info) {
      const groupBy = args.groupBy ?? [];
      validateGroupBy(groupBy);
      const { site } = source.installation;
      const predicate = compileFilter(vmList.filter, settleSite(args.filter, site));
      const work = (snapshot: Snapshot): VmSummary => summarize(matching(snapshot, predicate), groupBy, site);
      const { result, coverage } = source.answer({ context, info }, work, () => null);
      const countRelation = source.state(context).status === 'OK' ? 'EQUAL' : 'AT_LEAST';
      return { ...result, countRelation, coverage };
    },
  };
}

function* matching(
  snapshot: Snapshot,
  predicate: ((vm: Row<'VirtualMachine'>) => boolean) | null,
): Iterable<Row<'VirtualMachine'>> {
  for (const vm of snapshot.rows('VirtualMachine')) {
    if (predicate === null || predicate(vm)) yield vm;
  }
}
