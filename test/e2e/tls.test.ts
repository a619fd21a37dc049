import { readFile } from 'node:fs/promises';

import { expect, test } from '@jest/globals';
import { Agent, request } from 'undici';

import { startDemo } from '../support/demo.ts';

// The demo with certificates: real processes, over mutual TLS through the emulated network.

test('the demo with certificates answers for all sites by HTTPS, to whoever trusts its authority', async () => {
  await using demo = await startDemo({ sites: 2, installations: 1, brokers: 1, vms: 5, more: ['--tls'] });
  const [url] = demo.brokers;
  expect(url).toMatch(/^https:/);
  const [, authority] = /curl --cacert (\S+) /.exec(demo.stdout.join('\n'))!;
  const dispatcher = new Agent({ connect: { ca: await readFile(authority!) } });
  const { body } = await request(`${url}/federation/graphql`, {
    method: 'POST',
    dispatcher,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query: '{ virtualMachines(first: 1) { totalCount coverage { complete } } }' }),
  });
  const expected = { data: { virtualMachines: { totalCount: 10, coverage: { complete: true } } } };
  expect(await body.json()).toMatchObject(expected);
  await dispatcher.destroy();
  await expect(request(url!)).rejects.toThrow(/certificate/);
  await expect(request(url!.replace('https', 'http'))).rejects.toThrow();
}, 90_000);
