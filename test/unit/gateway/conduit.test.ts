import { expect, test } from '@jest/globals';

import { type Conduit, createConduit } from '../../../src/gateway/conduit.ts';
import type { ConduitAsked } from '../../../src/http/conduit-session.ts';
import { eventually } from '../../contract/eventually.ts';
import { type ConduitServer, startConduitServer } from '../../support/conduit-server.ts';
import { createManualClock, type ManualClock } from '../../support/manual-clock.ts';

// When there is a conduit and when there is none; the other end is a real server.

interface Started extends AsyncDisposable {
  readonly clock: ManualClock;
  readonly server: ConduitServer;
  readonly conduit: Conduit;
}

async function start(isOld = false): Promise<Started> {
  const clock = createManualClock();
  const answer = (asked: ConduitAsked): Promise<void> =>
    asked.reply({ status: 200, headers: {}, body: Buffer.from('ok') });
  const server = await startConduitServer({ answer, isOld });
  const conduit = createConduit({ source: 'installation:a', clock, tls: null });
  return {
    ...{ clock, server, conduit },
    async [Symbol.asyncDispose]() {
      conduit.terminate();
      await server[Symbol.asyncDispose]();
    },
  };
}

const isThere = ({ conduit, server }: Started): boolean => conduit.take(server.url) !== null;

test('whoever is asked once in a while has none, and whoever is asked again has one before long', async () => {
  await using started = await start();
  const { clock, server } = started;
  expect(isThere(started)).toBe(false);
  await clock.advance(10_000);
  expect(isThere(started)).toBe(false);
  expect(server.upgrades).toBe(0);
  await clock.advance(9_999);
  expect(isThere(started)).toBe(false);
  await eventually(() => expect(isThere(started)).toBe(true));
  expect(server.upgrades).toBe(1);
});

test('it is for one address', async () => {
  await using started = await start();
  isThere(started);
  await eventually(() => expect(isThere(started)).toBe(true));
  expect(started.conduit.take(`${started.server.url}/other`)).toBeNull();
});

test('where none is to be had it is tried again after pauses that grow to a minute', async () => {
  await using started = await start(true);
  const { clock, server } = started;
  const tries = async (count: number): Promise<void> => {
    await eventually(() => expect(server.upgrades).toBe(count));
    await eventually(() => expect(server.connections.every(({ destroyed }) => destroyed)).toBe(true));
  };
  const askFor = async (milliseconds: number): Promise<void> => {
    for (let passed = 0; passed < milliseconds; passed += 500) {
      expect(isThere(started)).toBe(false);
      await clock.advance(500);
    }
  };
  isThere(started);
  isThere(started);
  await tries(1);
  for (const [nth, pauseMs] of [1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000].entries()) {
    await askFor(pauseMs);
    expect(server.upgrades).toBe(nth + 1);
    isThere(started);
    await tries(nth + 2);
  }
});

test('one that was lost is opened again after a second', async () => {
  await using started = await start();
  const { clock, server } = started;
  isThere(started);
  await eventually(() => expect(isThere(started)).toBe(true));
  server.connections.forEach((connection) => connection.destroy());
  await eventually(() => expect(isThere(started)).toBe(false));
  await clock.advance(999);
  expect(isThere(started)).toBe(false);
  expect(server.upgrades).toBe(1);
  await clock.advance(1);
  await eventually(() => expect(isThere(started)).toBe(true));
});

test('after it is left, or cut, there is none any more', async () => {
  await using started = await start();
  isThere(started);
  await eventually(() => expect(isThere(started)).toBe(true));
  started.conduit.leave();
  await started.clock.advance(60_000);
  expect([isThere(started), isThere(started)]).toEqual([false, false]);
  expect(started.server.upgrades).toBe(1);
});
