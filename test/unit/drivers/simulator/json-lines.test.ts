import { PassThrough, Readable } from 'node:stream';

import { expect, test } from '@jest/globals';

import { systemClock } from '../../../../src/core/clock.ts';
import { readJsonLines, SilenceError } from '../../../../src/drivers/simulator/json-lines.ts';

const options = { clock: systemClock, silenceMs: 10_000 };

async function valuesOf(chunks: readonly Uint8Array[]): Promise<unknown[]> {
  const values: unknown[] = [];
  for await (const some of readJsonLines(Readable.from(chunks), options)) {
    values.push(...some);
  }
  return values;
}

test('lines are read whole wherever the stream is cut, also within a letter', async () => {
  const bytes = Buffer.from('{"name":"büro 🖥"}\n[1,2]\n');
  for (let at = 0; at <= bytes.length; at += 1) {
    expect(await valuesOf([bytes.subarray(0, at), bytes.subarray(at)])).toEqual([{ name: 'büro 🖥' }, [1, 2]]);
  }
});

test('a line that is not JSON is refused with its beginning', async () => {
  await expect(valuesOf([Buffer.from('<html>\n')])).rejects.toMatchObject({
    name: 'NotJsonLinesError',
    message: '"<html>" is not JSON',
  });
});

test('a line without end is refused before it fills the memory', async () => {
  const piece = Buffer.alloc(2 ** 20, 0x61);
  await expect(valuesOf(Array.from({ length: 20 }, () => piece))).rejects.toThrow(/longer than 16777216 characters/);
});

test('a silent stream is given up and destroyed', async () => {
  const stream = new PassThrough();
  const lines = readJsonLines(stream, { clock: systemClock, silenceMs: 20 });
  await expect(lines.next()).rejects.toThrow(new SilenceError('nothing was heard for 20 ms'));
  expect(stream.destroyed).toBe(true);
});
