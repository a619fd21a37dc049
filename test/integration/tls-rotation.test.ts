import { readFile, writeFile } from 'node:fs/promises';

import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { Agent, request } from 'undici';

import { eventually } from '../contract/eventually.ts';
import { createTestAuthority, type TestAuthority } from '../support/certificates.ts';
import { intrudeByHttp } from '../support/intruder.ts';
import { openRaw, type RawSocket } from '../support/raw-socket.ts';
import { type SitesBroker, startSites, type TestSites } from '../support/sites.ts';

// Certificates are renewed and authorities replaced while brokers are asked: whoever asks notices nothing of it.

let before: TestAuthority;
let after: TestAuthority;
let sites: TestSites;
let clients: Agent;

beforeAll(async () => {
  [before, after] = await Promise.all([createTestAuthority('the old one'), createTestAuthority('the new one')]);
  sites = await startSites({
    sites: { lyon: ['lyon-a', 'lyon-b'], oslo: ['oslo-a'] },
    vms: 10,
    usageIntervalMs: 500,
    authority: before,
  });
  clients = new Agent({ connect: { ca: [before.certificate, after.certificate] } });
}, 60_000);

afterAll(async () => {
  await clients?.destroy();
  await sites?.[Symbol.asyncDispose]();
  await Promise.all([before?.[Symbol.asyncDispose](), after?.[Symbol.asyncDispose]()]);
});

test('a certificate that cannot be used is refused and logged, and the old one stays', async () => {
  const broker = sites.at('lyon');
  const { certificateFile, certificate } = broker.certificate!;
  await using load = startLoad();
  for (const bad of ['no certificate', (await after.issue({ ...broker, broker: 'lyon-b-1' })).certificate]) {
    const from = broker.log.length;
    await writeFile(certificateFile, bad);
    await eventually(() => expect(messagesOf(broker, from)).toContain(refused));
    await load.goesOn();
  }
  await writeFile(certificateFile, certificate);
  await load.goesOn();
  expect(messagesOf(broker, 0)).not.toContain(renewed);
  expect(load.failures).toEqual([]);
});

test('every certificate and the authority are replaced under load, and no request fails', async () => {
  const from = new Map(sites.brokers.map((broker) => [broker, broker.log.length]));
  const everybodyFollows = async (change: () => Promise<unknown>): Promise<void> => {
    sites.brokers.forEach((broker) => from.set(broker, broker.log.length));
    await change();
    await eventually(() =>
      sites.brokers.forEach((broker) => expect(messagesOf(broker, from.get(broker)!)).toContain(renewed)),
    );
  };
  await using load = startLoad();
  await load.goesOn();
  using stream = await follow();
  await goesOn(stream);
  const { length: firstPages } = pagesOf(stream);
  await everybodyFollows(() => writeFile(before.certificateFile, before.certificate + after.certificate));
  await load.goesOn();
  await everybodyFollows(async () => Promise.all(sites.brokers.map(reissue)));
  await load.goesOn();
  await everybodyFollows(async () => writeFile(before.revokedFile, await readFile(after.revokedFile)));
  await everybodyFollows(() => writeFile(before.certificateFile, after.certificate));
  await load.goesOn();
  expect(load.failures).toEqual([]);
  expect(load.answers).toBeGreaterThan(20);
  await goesOn(stream);
  expect(stream.messages.filter(({ type }) => type !== 'next')).toEqual([
    { type: 'connection_ack', payload: expect.anything() },
  ]);
  // A source whose stream was opened with the old certificate has to be followed anew, of which the coverage tells meanwhile.
  for (const { nodes } of pagesOf(stream).slice(firstPages)) {
    expect(nodes).toHaveLength(30);
  }
  await eventually(() => expect(pagesOf(stream).at(-1)!.coverage).toEqual({ complete: true }));

  const { peersUrl } = sites.at('lyon');
  const identity = { site: 'lyon', installation: 'lyon-b', broker: 'lyon-b-1' };
  const shown = { trusted: after.certificate, certificate: await before.issue(identity) };
  expect((await intrudeByHttp(`${peersUrl}/installation/graphql`, shown)).code).toBe('CERTIFICATE_UNTRUSTED');
}, 60_000);

const renewed = 'Other certificates are in force.';
const refused = 'The new certificates are refused; the old ones stay in force.';

function messagesOf({ log }: SitesBroker, from: number): readonly string[] {
  return log.slice(from).map(({ message }) => message);
}

/** Puts a certificate of the new authority, with a new key, where the old one is. */
async function reissue({ site, installation, broker, certificate }: SitesBroker): Promise<void> {
  const issued = await after.issue({ site, installation, broker });
  await writeFile(certificate!.keyFile, issued.key);
  await writeFile(certificate!.certificateFile, issued.certificate);
}

interface LivePage {
  readonly nodes: readonly { readonly installation: { readonly localId: string }; readonly cpuUsage: number | null }[];
  readonly coverage: { readonly complete: boolean };
}

/** Follows all machines of both sites, whose usage moves all the time. */
async function follow(): Promise<RawSocket> {
  const ca = [before.certificate, after.certificate];
  const stream = await openRaw(`${sites.at('lyon').url}/federation/graphql`, undefined, { ca });
  stream.send({ type: 'connection_init' });
  await stream.take();
  const query = `subscription {
    virtualMachinesLive(first: 100) { nodes { installation { localId } cpuUsage } coverage { complete } }
  }`;
  stream.send({ id: 's', type: 'subscribe', payload: { query } });
  return stream;
}

function pagesOf({ messages }: RawSocket): readonly LivePage[] {
  return messages.flatMap(({ payload }) => {
    const { data } = (payload ?? {}) as { readonly data?: { readonly virtualMachinesLive: LivePage } };
    return data ? [data.virtualMachinesLive] : [];
  });
}

/** Waits until the machines of each installation have moved since. */
async function goesOn(stream: RawSocket): Promise<void> {
  const { length } = pagesOf(stream);
  await eventually(() => {
    const pages = pagesOf(stream).slice(length);
    for (const id of ['lyon-a', 'lyon-b', 'oslo-a']) {
      const seen = pages.map(({ nodes }) =>
        JSON.stringify(nodes.filter(({ installation }) => installation.localId === id)),
      );
      expect(new Set(seen).size).toBeGreaterThan(1);
    }
  }, 15_000);
}

interface Load extends AsyncDisposable {
  /** What came instead of complete answers. */
  readonly failures: readonly string[];
  readonly answers: number;
  /** Settles when each client has been answered again. */
  goesOn(): Promise<void>;
}

/** As many clients at a broker of each installation, each with one question after the other. */
function startLoad(): Load {
  const stop = new AbortController();
  const failures: string[] = [];
  const counts = sites.brokers.map(() => 0);
  const ask = async (url: string): Promise<string | null> => {
    const { body } = await request(`${url}/federation/graphql`, {
      method: 'POST',
      dispatcher: clients,
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query: question }),
    });
    const text = await body.text();
    return text.includes('"totalCount":30,"coverage":{"complete":true') && !text.includes('"errors"') ? null : text;
  };
  const running = sites.brokers.map(async ({ url }, at) => {
    while (!stop.signal.aborted) {
      const failure = await ask(url).catch(String);
      if (failure !== null) {
        failures.push(failure);
      }
      counts[at]! += 1;
    }
  });
  return {
    failures,
    get answers() {
      return counts.reduce((sum, count) => sum + count, 0);
    },
    async goesOn() {
      const earlier = [...counts];
      await eventually(() => counts.forEach((count, at) => expect(count).toBeGreaterThan(earlier[at]! + 1)));
    },
    async [Symbol.asyncDispose]() {
      stop.abort();
      await Promise.all(running);
    },
  };
}

const question = '{ virtualMachines(first: 3) { nodes { id name } totalCount coverage { complete } } }';
