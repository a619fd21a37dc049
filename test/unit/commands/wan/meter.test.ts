import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';

import { countsSince, emptyTally, sumOfCounts, type Tally } from '../../../../src/commands/wan/counts.ts';
import { createMeter } from '../../../../src/commands/wan/meter.ts';

// What a meter counts must not depend on how the bytes were cut on their way.

const crlf = (...lines: readonly string[]): string => lines.join('\r\n');
const post = crlf('POST /graphql HTTP/1.1', 'Host: x', 'Content-Length: 11', '', '{"query":1}');
const chunkedPost = crlf(
  'POST /graphql HTTP/1.1',
  'transfer-encoding: chunked',
  '',
  '5;x=1',
  'GET /',
  '1',
  '!',
  '0',
  'T: 1',
  '',
  '',
);
const probe = crlf('GET /health/ready HTTP/1.1', 'Host: x', '', '');
const upgrade = crlf('GET /graphql HTTP/1.1', 'Connection: Upgrade', 'Upgrade: websocket', '', '');
const answer = crlf('HTTP/1.1 200 OK', 'content-length: 5', '', 'HTTP/');
const chunkedAnswer = crlf('HTTP/1.1 200 OK', 'Transfer-Encoding: chunked', '', 'a', '0123456789', '0', '', '');
const unchanged = crlf('HTTP/1.1 304 Not Modified', 'content-length: 500', '', '');

function frame(opcode: number, length: number, { isLast = true, isMasked = false } = {}): Buffer {
  const lengthBytes = length < 126 ? [length] : length < 65_536 ? [126, length >> 8, length & 255] : longLength(length);
  lengthBytes[0]! |= isMasked ? 0x80 : 0;
  const head = [opcode | (isLast ? 0x80 : 0), ...lengthBytes, ...(isMasked ? [1, 2, 3, 4] : [])];
  return Buffer.concat([Buffer.from(head), Buffer.alloc(length, 0x89)]);
}

function longLength(length: number): number[] {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(BigInt(length));
  return [127, ...bytes];
}

const bytesOf = (...parts: readonly (string | Buffer)[]): Buffer =>
  Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(part, 'latin1') : part)));

/** Requests first, then answers, each cut at these places. */
function count(up: Buffer, down: Buffer, cuts: readonly number[] = []): Tally {
  const tally = emptyTally();
  const meter = createMeter(tally);
  pieces(up, cuts).forEach((piece) => meter.up(piece));
  pieces(down, cuts).forEach((piece) => meter.down(piece));
  return tally;
}

function pieces(bytes: Buffer, cuts: readonly number[]): readonly Buffer[] {
  const ends = [...new Set(cuts.map((cut) => cut % (bytes.length + 1)))].sort((a, b) => a - b);
  return [...ends, bytes.length].map((end, at) => bytes.subarray(ends[at - 1] ?? 0, end));
}

describe('a meter', () => {
  test('counts requests by what they are, and the bytes of probes apart', () => {
    const tally = count(bytesOf(post, probe, chunkedPost), bytesOf(answer, answer, chunkedAnswer));
    expect(tally).toMatchObject({ requests: 2, probes: 1, upgrades: 0, opaque: 0 });
    expect(tally.up).toMatchObject({ bytes: post.length + chunkedPost.length, probeBytes: probe.length });
    expect(tally.down).toMatchObject({ bytes: answer.length + chunkedAnswer.length, probeBytes: answer.length });
  });

  test('takes no body for one that is announced and never sent', () => {
    const head = crlf('HEAD /graphql HTTP/1.1', '', '');
    const headAnswer = crlf('HTTP/1.1 200 OK', 'content-length: 900', '', '');
    const tally = count(bytesOf(post, head, probe), bytesOf(unchanged, headAnswer, answer));
    expect(tally.down).toMatchObject({ bytes: unchanged.length + headAnswer.length, probeBytes: answer.length });
  });

  test('passes over a provisional answer', () => {
    const early = crlf('HTTP/1.1 103 Early Hints', 'link: </a>', '', '');
    const tally = count(bytesOf(probe, post), bytesOf(early, answer, answer));
    expect(tally.down).toMatchObject({ probeBytes: early.length + answer.length, bytes: answer.length });
  });

  test('counts the frames of a web socket: messages, their continuation, and control frames', () => {
    const switching = crlf('HTTP/1.1 101 Switching Protocols', 'upgrade: websocket', '', '');
    const up = [frame(1, 5, { isMasked: true }), frame(9, 0, { isMasked: true }), frame(1, 70_000, { isMasked: true })];
    const down = [frame(1, 300, { isLast: false }), frame(10, 4), frame(0, 125)];
    const tally = count(bytesOf(upgrade, ...up), bytesOf(switching, ...down));
    expect(tally).toMatchObject({ requests: 0, upgrades: 1, opaque: 0 });
    expect(tally.up).toMatchObject({ dataFrames: 2, continuationFrames: 0, controlFrames: 1 });
    expect(tally.down).toMatchObject({ dataFrames: 1, continuationFrames: 1, controlFrames: 1 });
    expect(tally.up.bytes).toBe(bytesOf(upgrade, ...up).length);
  });

  test('goes on with HTTP when an upgrade is refused', () => {
    const tally = emptyTally();
    const meter = createMeter(tally);
    meter.up(bytesOf(upgrade));
    meter.down(bytesOf(answer));
    meter.up(bytesOf(post));
    meter.down(bytesOf(answer));
    expect(tally).toMatchObject({ requests: 1, upgrades: 1, up: { dataFrames: 0 } });
  });

  test('counts the bytes of what it cannot read, and says so', () => {
    const tally = count(Buffer.from([0x16, 3, 1, 0, 5, 1, 2, 3]), Buffer.from([0x16, 3, 3]));
    expect(tally).toMatchObject({ requests: 0, opaque: 1, up: { bytes: 8, dataFrames: 0 }, down: { bytes: 3 } });
  });

  test('counts the same however the bytes are cut', () => {
    const up = bytesOf(post, probe, chunkedPost, probe, upgrade, frame(1, 200, { isMasked: true }), frame(9, 3));
    const switching = crlf('HTTP/1.1 101 Switching Protocols', '', '');
    const down = bytesOf(answer, chunkedAnswer, unchanged, answer, switching, frame(2, 130), frame(0, 70_000));
    const whole = count(up, down);
    fc.assert(
      fc.property(fc.array(fc.nat(), { maxLength: 40 }), (cuts) => {
        expect(count(up, down, cuts)).toEqual(whole);
      }),
    );
  });
});

test('counts are added and taken from one another', () => {
  const one = { ...count(bytesOf(post), bytesOf(answer)), connections: 1 };
  const two = sumOfCounts([one, one]);
  expect(two).toMatchObject({ connections: 2, requests: 2, up: { bytes: 2 * post.length } });
  expect(countsSince(one, two)).toEqual(one);
});
