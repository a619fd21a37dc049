import { Agent, fetch } from 'undici';

import { parseAnswer } from '../client/answer.ts';
import { SitewideError } from '../core/errors.ts';
import type { DemoPlan, PlannedBroker } from './demo-plan.ts';
import type { DemoWan } from './demo-wan.ts';
import { countsSince, sumOfCounts, type WanCounts } from './wan/counts.ts';

// The same question about all other sites, asked from the first site in three ways: each installation over the wide area
// network one by one, the same at once, and through sitewide. Each is really done, and the relays count what it takes.

/** One way, done once over what is new, or again over what is there. */
export interface ComparedWay {
  readonly way: string;
  readonly run: 'first' | 'again';
  readonly milliseconds: number;
  /** Over the wide area network, as everything that follows. */
  readonly requests: number;
  readonly bytesSent: number;
  readonly bytesReceived: number;
  readonly rows: number;
}

interface CompareOptions {
  readonly plan: DemoPlan;
  readonly wan: DemoWan;
  /** How many rows are asked for. */
  readonly first: number;
  readonly signal: AbortSignal;
}

/** How often each way is done again; the one in the middle by time is shown. */
const repetitions = 5;

/** How often everybody is asked before, over the local network, as a process that has just started is slow. */
const warmUps = 5;

const question = `query Compare($first: Int!, $sites: [ID!]!) {
  virtualMachines(first: $first, filter: { site: { in: $sites } }, orderBy: { field: NAME, direction: ASC }) {
    nodes { id name powerState cpuCount memoryMiB guestOs ipAddresses host { name } installation { localId } }
    totalCount
  }
}`;

/**
 * Asks in all ways.
 * @throws SitewideError `ENDPOINT_UNREACHABLE` if somebody gives no whole answer, or the signal's reason.
 */
export async function compareWays({ plan, wan, first, signal }: CompareOptions): Promise<readonly ComparedWay[]> {
  const [own, ...others] = plan.sites;
  const ask = createAsk({ first, sites: others }, signal);
  await warmUp(plan, others, ask);
  const installations = firstBrokers(plan).filter(({ site }) => site !== own);
  const relays = await Promise.all(installations.map(({ site, url }) => wan.relay({ from: own!, to: site }, url)));
  const direct = relays.map(({ url }) => `${url}/installation/graphql`);
  const federation = `${plan.brokers[0]!.url}/federation/graphql`;
  const byRelays = (): WanCounts => sumOfCounts(relays.map((relay) => relay.counts()));
  return [
    ...(await measure('each installation, one by one', {
      counts: byRelays,
      ask: (agent) => inTurn(direct, ask(agent)),
    })),
    ...(await measure('each installation, at once', { counts: byRelays, ask: (agent) => atOnce(direct, ask(agent)) })),
    ...(await measure('through sitewide', { counts: () => wan.sentBy(own!), ask: (agent) => ask(agent)(federation) })),
  ];
}

/** Gives the number of rows that an endpoint answers with. */
type Ask = (url: string) => Promise<number>;

function createAsk(variables: object, signal: AbortSignal): (agent: Agent) => Ask {
  const body = JSON.stringify({ query: question, variables });
  const headers = { 'content-type': 'application/json', accept: 'application/graphql-response+json' };
  return (dispatcher) => async (url) => {
    const response = await fetch(url, { method: 'POST', headers, body, signal, dispatcher });
    const answer = parseAnswer(await response.text());
    const list = answer?.data?.['virtualMachines'] as { readonly nodes: readonly unknown[] } | null | undefined;
    if (!list || answer!.errors.length > 0) {
      const problem = answer?.errors[0]?.message ?? `HTTP ${response.status}`;
      throw new SitewideError('ENDPOINT_UNREACHABLE', { problem: `${url}: ${problem}` });
    }
    return list.nodes.length;
  };
}

/** Over the local network: the first answers of a process take long, and that is not what is compared. */
async function warmUp(
  { sites, brokers }: DemoPlan,
  others: readonly string[],
  ask: (agent: Agent) => Ask,
): Promise<void> {
  await using agent = disposable();
  const far = brokers.filter(({ site }) => others.includes(site));
  const urls = far.flatMap(({ url }) => [`${url}/installation/graphql`, `${url}/graphql`]);
  // The own site is asked by another path, so that it has not asked this question of the others.
  const near = brokers.find(({ site }) => site === sites[0])!;
  for (let round = 0; round < warmUps; round += 1) {
    await Promise.all([...urls, `${near.url}/graphql`].map(ask(agent)));
  }
}

interface Measured {
  readonly counts: () => WanCounts;
  readonly ask: (agent: Agent) => Promise<number>;
}

async function measure(way: string, measured: Measured): Promise<readonly ComparedWay[]> {
  await using agent = disposable();
  const first = await once(agent, measured);
  const again: Omit<ComparedWay, 'way' | 'run'>[] = [];
  for (let at = 0; at < repetitions; at += 1) {
    again.push(await once(agent, measured));
  }
  again.sort((a, b) => a.milliseconds - b.milliseconds);
  return [
    { way, run: 'first', ...first },
    { way, run: 'again', ...again[Math.floor(repetitions / 2)]! },
  ];
}

async function once(agent: Agent, { counts, ask }: Measured): Promise<Omit<ComparedWay, 'way' | 'run'>> {
  const before = counts();
  const startedAt = performance.now();
  const rows = await ask(agent);
  const milliseconds = Math.round(performance.now() - startedAt);
  const { requests, up, down } = countsSince(before, counts());
  return { milliseconds, requests, bytesSent: up.bytes, bytesReceived: down.bytes, rows };
}

async function inTurn(urls: readonly string[], ask: Ask): Promise<number> {
  let rows = 0;
  for (const url of urls) {
    rows += await ask(url);
  }
  return rows;
}

async function atOnce(urls: readonly string[], ask: Ask): Promise<number> {
  return (await Promise.all(urls.map(ask))).reduce((sum, rows) => sum + rows, 0);
}

/** One broker of each installation. */
function firstBrokers({ brokers }: DemoPlan): readonly PlannedBroker[] {
  return brokers.filter(
    ({ installation }, at) => brokers.findIndex((other) => other.installation === installation) === at,
  );
}

/** Connections of its own, as each way begins without any. */
function disposable(): Agent & AsyncDisposable {
  const agent = new Agent();
  return Object.assign(agent, { [Symbol.asyncDispose]: () => agent.destroy() });
}
