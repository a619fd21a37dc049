import { randomUUID } from 'node:crypto';

import { expect, test } from '@jest/globals';

import { startBroker } from '../../src/commands/broker.ts';
import { parseConfig } from '../../src/config/config.ts';
import { systemClock } from '../../src/core/clock.ts';
import { findFreePorts } from '../support/free-ports.ts';
import { createRecordingLogger } from '../support/recording-logger.ts';
import { untilReady } from '../support/site-file.ts';

test('a broker starts and ends without its database, and says what it lacks', async () => {
  const port = await findFreePorts(2);
  const url = `http://127.0.0.1:${port}`;
  const site = { id: 'test', installations: [{ id: 'a', brokers: [{ id: 'a-1', url }] }] };
  const driver = { kind: 'simulator', url: `http://127.0.0.1:${port + 1}` };
  const database = { url: `postgres://nobody@127.0.0.1:${port + 1}/a` };
  const config = parseConfig(JSON.stringify({ site, installation: 'a', broker: 'a-1', driver, database }), {
    file: 'f',
  });
  const options = { clock: systemClock, random: Math.random, newId: randomUUID, logger: createRecordingLogger() };
  await using broker = await startBroker(config, options);
  expect(await untilReady(broker.address.url)).toEqual([
    expect.stringMatching(/^The store cannot be used now: .*ECONNREFUSED/),
  ]);
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query: '{ virtualMachines { totalCount } }' }),
  });
  expect(await response.json()).toMatchObject({
    errors: [
      { message: expect.stringContaining('The store cannot be used now'), extensions: { code: 'NO_SOURCE_ANSWERED' } },
    ],
  });
});
