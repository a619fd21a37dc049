import { eventually } from '../contract/eventually.ts';
import { type FaultProxy, startFaultProxy } from './fault-proxy.ts';
import { ask } from './graphql.ts';
import { startSites, type TestSites } from './sites.ts';

// A site of two installations whose asked broker reaches the other one through a proxy, which can spoil what passes.

/** The site. Disposing it ends everything. */
export interface ProxiedSite extends AsyncDisposable {
  readonly sites: TestSites;
  readonly proxy: FaultProxy;
  /** Where the site is asked. */
  readonly url: string;
}

/** Starts it, with ten machines in each installation. */
export async function startProxiedSite(): Promise<ProxiedSite> {
  await using started = new AsyncDisposableStack();
  const sites = started.use(
    await startSites({
      sites: { lyon: ['lyon-a', 'lyon-b'] },
      vms: 10,
      usageIntervalMs: 0,
      // The proxy counts requests, which it sees over HTTP only.
      settings: () => ({ conduits: false }),
    }),
  );
  const asked = sites.at('lyon');
  const url = `${asked.url}/graphql`;
  const [site] = sites.sites;
  const [own, other] = site!.installations;
  const proxy = started.use(await startFaultProxy(other!.brokers[0]!.url));
  const behind = { ...other!, brokers: [{ ...other!.brokers[0]!, url: proxy.url }] };
  asked.membership.adopt({
    site: { ...site!, installations: [own!, behind] },
    federation: { sites: [], hedging: false },
  });
  await eventually(() => ask(url, '{ virtualMachines { totalCount } }'));
  const everything = started.move();
  return { sites, proxy, url, [Symbol.asyncDispose]: () => everything.disposeAsync() };
}
