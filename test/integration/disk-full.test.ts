import { randomBytes } from 'node:crypto';

import { expect, test } from '@jest/globals';

import { systemClock } from '../../src/core/clock.ts';
import { startSimulator } from '../../src/drivers/simulator/server.ts';
import { startOwnServer } from '../../src/store/own-server.ts';
import { eventually } from '../contract/eventually.ts';
import { joinFeed, namesOf, untilCurrent } from '../support/feed-member.ts';
import { describeUnless } from '../support/requirements.ts';
import { ask } from '../support/postgres.ts';
import { simulatorConsole } from '../support/simulator.ts';
import { diskProblem, mountDisk } from '../support/small-disk.ts';

/** The server's programs and an empty database take two thirds of it. */
const diskMebibytes = 200;

describeUnless(diskProblem(), 'a database whose disk is full', () => {
  test('takes nothing new, which is said; reads go on, and everything resumes when there is space', async () => {
    await using everything = new AsyncDisposableStack();
    const disk = everything.use(mountDisk(diskMebibytes));
    const options = { folder: disk.folder, installations: ['a'], clock: systemClock, onTrouble: () => undefined };
    const server = everything.use(await startOwnServer(options, AbortSignal.timeout(30_000)));
    const simulator = everything.use(await startSimulator({ installation: 'a', vms: 5, usageIntervalMs: 0 }));
    const one = everything.use(joinFeed(server.urlOf('a'), simulator.url, 'one'));
    const two = everything.use(joinFeed(server.urlOf('a'), simulator.url, 'two'));
    const { add } = simulatorConsole(simulator.url);
    await untilCurrent(simulator, one, two);
    const before = namesOf(one);
    const told: string[] = [];
    const stop = new AbortController();
    everything.defer(() => stop.abort(new Error('The test is over.')));
    void (async () => {
      for await (const batch of two.feed.log!.follow(two.feed.log!.place(), stop.signal)) {
        told.push(...(batch.kind === 'gap' ? ['gap'] : batch.appends.flatMap((append) => namesIn(append.changes))));
      }
    })();
    await disk.fill();
    let added = 0;
    await eventually(async () => {
      // What the log of the database has still room for is taken; 50 kB at a time it soon has none.
      await add({ name: `large-${added}`, annotations: { note: randomBytes(40_000).toString('base64') } });
      added += 1;
      expect([one, two].map(({ feed }) => feed.current().message)).toContainEqual(
        expect.stringMatching(/The store cannot be used now: .*No space left/),
      );
    }, 20_000);
    for (const member of [one, two]) {
      expect(namesOf(member)).toEqual(expect.arrayContaining(before));
    }
    await eventually(() => expect(one.feed.current().status).toBe('STALE'));
    // A server that cannot go on with its own log ends at once, and its owner tries in vain to start it again.
    const pid = server.pid;
    await eventually(async () => {
      await ask(server.urlOf('a'), 'update watch set message = message; select pg_switch_wal()').catch(() => undefined);
      expect(server.pid).not.toBe(pid);
    }, 20_000);
    await eventually(() => expect(two.feed.current().message).toContain('The store cannot be used now'));
    expect(namesOf(two)).toEqual(expect.arrayContaining(before));
    await disk.free();
    await eventually(() => untilCurrent(simulator, one, two), 30_000);
    const wanted = Array.from({ length: added }, (_, at) => `large-${at}`);
    await eventually(() => expect([...told].sort()).toEqual(wanted.sort()));
  }, 90_000);
});

function namesIn(changes: readonly { readonly after: object | null }[]): string[] {
  return changes.map(({ after }) => (after !== null && 'name' in after ? String(after.name) : 'gone'));
}
