import type { Effect } from '../../src/drivers/simulator/effects.ts';
import { eventually } from '../contract/eventually.ts';
import { type FaultProxy, startFaultProxy } from './fault-proxy.ts';
import { ask } from './graphql.ts';
import { startPostgres } from './postgres.ts';
import { startSites } from './sites.ts';

// Two sites whose installations have a database each, so that they can be changed, and a link between them that can be cut.

/** The installations: two at lyon, one at oslo. */
export const installations = ['lyon-a', 'lyon-b', 'oslo-a'];

/** What is known of an operation that has ended. */
export interface EndedOperation {
  readonly state: string;
  readonly itemCount: number;
  readonly succeededCount: number;
}

/** Sites that run. Disposing them ends everything. */
export interface ChangeableSites extends AsyncDisposable {
  /** Where a broker of a site answers for all. */
  at(site: 'lyon' | 'oslo'): string;
  /** Lets no request of lyon reach oslo. */
  cut(): void;
  /** Undoes `cut`, and waits until lyon reaches oslo. */
  mend(): Promise<void>;
  /** What was done to the machines of an installation so far. */
  effects(installation: string): Promise<readonly Effect[]>;
  /** Waits until an operation has ended, as a site sees it. */
  ended(site: 'lyon' | 'oslo', id: string): Promise<EndedOperation>;
}

/** @param vms Machines of each installation. */
export async function startChangeableSites(vms: number): Promise<ChangeableSites> {
  await using started = new AsyncDisposableStack();
  const postgres = started.use(await startPostgres());
  const databases = new Map<string, string>();
  for (const installation of installations) databases.set(installation, await postgres.newDatabase());
  const proxies: FaultProxy[] = [];
  const sites = started.use(
    await startSites({
      sites: { lyon: ['lyon-a', 'lyon-b'], oslo: ['oslo-a'] },
      vms,
      settings: ({ installation }) => ({ database: { url: databases.get(installation) } }),
      async between(from, { url }) {
        if (from === 'oslo') return url;
        const proxy = started.use(await startFaultProxy(url));
        proxies.push(proxy);
        return proxy.url;
      },
    }),
  );
  const at = (site: string): string => `${sites.at(site).url}/federation/graphql`;
  const everything = started.move();
  return {
    at,
    cut: () => proxies.forEach((proxy) => proxy.setFault({ kind: 'reset' })),
    async mend() {
      proxies.forEach((proxy) => proxy.setFault({ kind: 'none' }));
      await eventually(() => expectWhole(at('lyon')), 15_000);
    },
    async effects(installation) {
      const response = await fetch(`${sites.simulators[installation]!}/v1/effects`);
      return (await response.json()) as readonly Effect[];
    },
    ended: (site, id) => eventually(() => endedAt(at(site), id), 15_000),
    [Symbol.asyncDispose]: () => everything.disposeAsync(),
  };
}

async function expectWhole(url: string): Promise<void> {
  const { operations } = await ask<{ operations: { coverage: { complete: boolean } } }>(
    url,
    '{ operations(first: 1) { coverage { complete } } }',
  );
  if (!operations.coverage.complete) throw new Error('A site is still away.');
}

async function endedAt(url: string, id: string): Promise<EndedOperation> {
  const { operation } = await ask<{ operation: EndedOperation | null }>(
    url,
    'query O($id: ID!) { operation(id: $id) { state itemCount succeededCount } }',
    { id },
  );
  if (!/SUCCEEDED|FAILED|CANCELLED/.test(operation?.state ?? ''))
    throw new Error(`It is ${operation?.state ?? 'lost'}.`);
  return operation!;
}
