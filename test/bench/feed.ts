import { performance } from 'node:perf_hooks';

import { systemClock } from '../../src/core/clock.ts';
import { createFeedLog } from '../../src/inventory/create-feed-log.ts';
import { withBefore } from '../../src/inventory/difference.ts';
import { createReplica } from '../../src/inventory/replica.ts';
import { storeSnapshot } from '../../src/inventory/store-snapshot.ts';
import type { Change } from '../../src/model/resource.ts';
import type { Vm } from '../../src/model/vm.ts';
import { createDatabase } from '../../src/store/database.ts';
import { appendChanges, openFeed, readChanges, readHead } from '../../src/store/feed.ts';
import { claimLease } from '../../src/store/lease.ts';
import { migrate } from '../../src/store/migrate.ts';
import { vm } from '../support/builders.ts';
import { ask, startPostgres } from '../support/postgres.ts';

// Prints what the feed of an installation costs: a tick that moves the usage of all machines, and readers of the log. Run it
// with `node test/bench/feed.ts`; it asserts nothing, because times depend on the machine.

const machines = 10_000;
const ticks = 7;
const readers = 1_000;
const smallAppends = 200;
const { signal } = new AbortController();

/** About as large as a machine of a real manager: two disks, an interface, some labels. */
const machineOf = (at: number, tick: number): Vm =>
  vm({
    name: `vm-${at}-prod`,
    localId: `5f3c9a2e-0000-4000-8000-${String(at).padStart(12, '0')}`,
    guestOs: 'Debian GNU/Linux 13 (trixie)',
    host: { localId: `h${at % 100}`, name: `host-${at % 100}` },
    disks: ['vda', 'vdb'].map((device) => ({
      device,
      path: `/var/lib/images/vm-${at}-${device}.qcow2`,
      datastore: { localId: 'fast', name: 'fast' },
      capacityBytes: 42_949_672_960,
    })) as unknown as Vm['disks'],
    ipAddresses: [`10.0.${at >> 8}.${at & 255}`],
    labels: { app: `app-${at % 40}`, tier: 'production', owner: `team-${at % 12}` },
    createdAt: 1_700_000_000_000,
    bootedAt: 1_710_000_000_000,
    cpuUsage: ((at + tick) % 100) / 100,
    memoryUsageMiB: 512 + ((at * 7 + tick * 13) % 1_500),
  });

const upserts = (tick: number): Change[] =>
  Array.from({ length: machines }, (_, at) => ({
    type: 'upsert',
    kind: 'VirtualMachine',
    resource: machineOf(at, tick),
  }));

await using postgres = await startPostgres();
await using database = createDatabase({ url: await postgres.newDatabase(), clock: systemClock });
await migrate(database, signal);
await openFeed(database, 'a', signal);
const lease = (await claimLease(database, { owner: 'bench', leaseMs: 3_600_000 }, signal))!;
const log = createFeedLog({
  clock: systemClock,
  read: (place) => readChanges(database, place, signal),
  onWanted: () => undefined,
});
const told = { onAppend: log.took, onJump: log.jumped };
const [writer, follower] = [told, { onAppend: () => undefined, onJump: () => undefined }].map((to) =>
  createReplica({ database, installation: 'a', ...to }),
) as [ReturnType<typeof createReplica>, ReturnType<typeof createReplica>];
const looked = log.looking();
await writer.follow(await readHead(database, signal), signal);
looked();

const append = async (changes: readonly Change[]): Promise<number> => {
  const news = withBefore(writer.current(), changes);
  const done = await appendChanges(database, { ...lease, seen: 0, changes: news }, signal);
  writer.apply(done!.revision, news);
  return done!.total;
};

let total = await append(upserts(0));
await follower.follow(await readHead(database, signal), signal);
const cost: Record<'append' | 'follow', number[][]> = { append: [], follow: [] };
for (let tick = 1; tick <= ticks; tick += 1) {
  const changes = upserts(tick);
  cost.append.push(await measured(async () => void (total = await append(changes))));
  const head = await readHead(database, signal);
  cost.follow.push(await measured(() => follower.follow(head, signal)));
}
report(`append of a tick of ${machines} machines`, cost.append);
report('another broker follows it', cost.follow);
const [size] = await ask<{ text: string; disk: string }>(
  database.url,
  `select sum(octet_length(changes::text)) as text, sum(pg_column_size(changes)) as disk
   from feed_change where revision = ${writer.revision()}`,
);
const megabytes = (bytes: string): string => (Number(bytes) / 1e6).toFixed(1);
say('its size as text, and on disk', `${megabytes(size!.text)} MB, ${megabytes(size!.disk)} MB`);
const storing = { database, lease, changes: total, keepChanges: 100_000 };
report('storing the snapshot', [
  await measured(() => storeSnapshot(writer.current()!, storing, signal).then(() => undefined)),
]);

const over = new AbortController();
let seen = 0;
const before = process.memoryUsage().heapUsed;
const following = Array.from({ length: readers }, async () => {
  for await (const batch of log.follow(log.place(), over.signal)) {
    seen += batch.kind === 'appends' ? batch.appends.length : 0;
  }
});
await new Promise((resolve) => setImmediate(resolve));
const held = (process.memoryUsage().heapUsed - before) / readers / 1e3;
say('memory of a reader who waits, about', `${held.toFixed(1)} kB`);
const one = withBefore(writer.current(), [upserts(99)[0]!]);
const first = writer.revision() + 1;
const spent = await measured(async () => {
  for (let at = 0; at < smallAppends; at += 1) {
    writer.apply(first + at, one);
    await new Promise((resolve) => setImmediate(resolve));
  }
});
say(
  `one append told to ${readers} readers`,
  `${(spent[1]! / smallAppends).toFixed(2)} ms CPU (${seen} of ${readers * smallAppends} told)`,
);
over.abort();
await Promise.all(following);
const alone = await measured(async () => {
  for (let at = 0; at < smallAppends; at += 1) {
    writer.apply(first + smallAppends + at, one);
    await new Promise((resolve) => setImmediate(resolve));
  }
});
say('one append without readers', `${(alone[1]! / smallAppends).toFixed(2)} ms CPU`);

/** Milliseconds, and those of this process's CPU. */
async function measured(work: () => Promise<void>): Promise<number[]> {
  const [start, cpu] = [performance.now(), process.cpuUsage()];
  await work();
  const { user, system } = process.cpuUsage(cpu);
  return [performance.now() - start, (user + system) / 1_000];
}

function report(what: string, samples: readonly number[][]): void {
  const median = (at: number): string => {
    const sorted = samples.map((sample) => sample[at]!).sort((a, b) => a - b);
    return sorted[Math.floor(sorted.length / 2)]!.toFixed(0);
  };
  say(what, `${median(0)} ms, ${median(1)} ms CPU`);
}

function say(what: string, figure: string): void {
  process.stdout.write(`${what.padEnd(50)} ${figure}\n`);
}
