import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, expect, test } from '@jest/globals';

import { loadConfig } from '../../../src/config/config.ts';
import { type ConfigReading, watchConfig } from '../../../src/config/watch-config.ts';
import { systemClock } from '../../../src/core/clock.ts';
import { eventually } from '../../contract/eventually.ts';

// Real files in a folder of their own. Where the operating system is not to tell of changes, the watch of the folder is
// taken away and the clock is hurried.

let folder: string;
let readings: ConfigReading[];
let disposals: AsyncDisposable[];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sitewide-watch-'));
  readings = [];
  disposals = [];
});

afterEach(async () => {
  await Promise.all(disposals.map((one) => one[Symbol.asyncDispose]()));
  await rm(folder, { recursive: true, force: true });
});

test('a site file that is replaced is read again', async () => {
  await start({});
  await writeSite(['a', 'b']);
  await eventually(() => expect(sitesSeen().at(-1)).toEqual(['a', 'b']));
});

test('a site file that is written in place is read again', async () => {
  await start({});
  await writeFile(join(folder, 'site.yml'), siteText(['a', 'c']));
  await eventually(() => expect(sitesSeen().at(-1)).toEqual(['a', 'c']));
});

test('a change that the operating system does not tell of is found all the same', async () => {
  const clock = { ...systemClock, sleep: (ms: number, signal: AbortSignal) => systemClock.sleep(ms / 100, signal) };
  await start({ clock, watchFolder: () => ({ [Symbol.dispose]: () => undefined }) });
  await writeSite(['a', 'b']);
  await eventually(() => expect(sitesSeen().at(-1)).toEqual(['a', 'b']));
});

test('a reload reads files that have not changed', async () => {
  const watching = await start({});
  const before = readings.length;
  watching.reload();
  await eventually(() => expect(readings.length).toBe(before + 1));
});

test('a file that is gone is refused, and used again when it is back', async () => {
  await start({});
  await rm(join(folder, 'site.yml'));
  await eventually(() => expect(readings.at(-1)).toMatchObject({ kind: 'REFUSED', error: { code: 'CONFIG_INVALID' } }));
  await writeSite(['a', 'b']);
  await eventually(() => expect(sitesSeen().at(-1)).toEqual(['a', 'b']));
});

test('what takes a restart is named, and the site is followed beside it', async () => {
  await start({});
  await writeSite(['a', 'b']);
  await writeBroker({ limits: { depth: 7 }, log: { level: 'debug' } });
  await eventually(() =>
    expect(readings.at(-1)).toMatchObject({
      kind: 'USABLE',
      reload: { restartKeys: ['limits', 'log'] },
    }),
  );
  expect(sitesSeen().at(-1)).toEqual(['a', 'b']);
});

test('another file for the site is followed as well', async () => {
  await start({});
  await writeFile(join(folder, 'other.yml'), siteText(['a', 'd']));
  await writeBroker({ siteFile: 'other.yml' });
  await eventually(() => expect(sitesSeen().at(-1)).toEqual(['a', 'd']));
  await writeFile(join(folder, 'other.yml'), siteText(['a', 'e']));
  await eventually(() => expect(sitesSeen().at(-1)).toEqual(['a', 'e']));
  expect(readings.at(-1)).toMatchObject({ reload: { restartKeys: [] } });
});

async function start(options: Partial<Parameters<typeof watchConfig>[0]>) {
  await writeSite(['a']);
  await writeBroker({});
  const config = await loadConfig(join(folder, 'broker.yml'), {});
  const onReading = (reading: ConfigReading): void => void readings.push(reading);
  const watching = watchConfig({ config, env: {}, clock: systemClock, onReading, ...options });
  disposals.push(watching);
  await eventually(() => expect(sitesSeen()).toEqual([['a']]));
  return watching;
}

function sitesSeen(): string[][] {
  return readings.flatMap((reading) =>
    reading.kind === 'USABLE' ? [reading.reload.site.installations.map(({ id }) => id)] : [],
  );
}

function siteText(ids: readonly string[]): string {
  const installations = ids.map((id) => ({ id, brokers: [{ id: `${id}-1`, url: `http://${id}.example:4000` }] }));
  return JSON.stringify({ id: 's', installations });
}

async function writeSite(ids: readonly string[]): Promise<void> {
  await writeFile(join(folder, 'site.new'), siteText(ids));
  await rename(join(folder, 'site.new'), join(folder, 'site.yml'));
}

async function writeBroker(rest: object): Promise<void> {
  const driver = { kind: 'simulator', url: 'http://127.0.0.1:5000' };
  const config = { siteFile: 'site.yml', installation: 'a', broker: 'a-1', driver, ...rest };
  await writeFile(join(folder, 'broker.yml'), JSON.stringify(config));
}
