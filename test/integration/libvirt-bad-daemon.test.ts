import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import type { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { describe, expect, test } from '@jest/globals';

import { systemClock } from '../../src/core/clock.ts';
import { createLibvirtDriver } from '../../src/drivers/libvirt/driver.ts';
import type { Driver } from '../../src/drivers/driver.ts';
import { createPacketSplitter, encodePacket } from '../../src/drivers/libvirt/packet.ts';
import type { Packet } from '../../src/drivers/libvirt/packet.ts';
import { createXdrWriter } from '../../src/drivers/libvirt/xdr.ts';
import { recordWatch } from '../contract/watch-recorder.ts';

// What stands behind a socket need not be a libvirt daemon, or a sound one. Needs no libvirt.

interface BadDaemon extends AsyncDisposable {
  readonly driver: Driver;
}

/** A server on a unix socket, and a driver that takes it for a daemon. */
async function startBadDaemon(serve: (socket: Socket) => void): Promise<BadDaemon> {
  const folder = mkdtempSync(join(tmpdir(), 'lv-'));
  const path = join(folder, 'sock');
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => socket.destroy());
    serve(socket);
  });
  server.listen(path);
  await once(server, 'listening');
  return {
    driver: createLibvirtDriver({
      uri: `qemu+unix:///system?socket=${path}`,
      clock: systemClock,
      callTimeoutMs: 2_000,
      keepAliveMs: 500,
    }),
    async [Symbol.asyncDispose]() {
      sockets.forEach((socket) => socket.destroy());
      server.close();
      await once(server, 'close');
      rmSync(folder, { recursive: true });
    },
  };
}

/** Answers each call by a function of it. */
function answering(answer: (call: Packet) => Buffer | null): (socket: Socket) => void {
  return (socket) => {
    const splitter = createPacketSplitter((problem) => new Error(problem));
    socket.on('data', (chunk: Buffer) => {
      for (const call of splitter.push(chunk)) {
        const bytes = answer(call);
        if (bytes !== null) {
          socket.write(bytes);
        }
      }
    });
  };
}

function reply(call: Packet, payload: Buffer, changes: Partial<Packet> = {}): Buffer {
  return encodePacket({ ...call, type: 1, ...changes }, payload);
}

const noAuth = createXdrWriter()
  .array([0], (to, type) => to.i32(type))
  .toBuffer();
const authList = 66;
const soundUntil = (wrong: (call: Packet) => Buffer | null) =>
  answering((call) => (call.procedure === authList ? reply(call, noAuth) : wrong(call)));

function inventoryOf({ driver }: BadDaemon): Promise<unknown> {
  return driver.inventory(AbortSignal.timeout(10_000));
}

describe('a socket that is not a sound libvirt daemon', () => {
  test.each<[string, (socket: Socket) => void, string]>([
    ['speaks HTTP', (socket) => void socket.write('HTTP/1.1 400 Bad Request\r\n\r\n'), 'a packet of 1213486160 bytes'],
    ['announces an oversized packet', (socket) => void socket.write(Buffer.alloc(64, 0xff)), 'a packet of 4294967295'],
    ['announces an undersized packet', (socket) => void socket.write(Buffer.alloc(64)), 'a packet of 0 bytes'],
    ['cuts a payload short', answering((call) => reply(call, Buffer.from([0, 0]))), '4 bytes are wanted at offset'],
    [
      'promises more items than it sends',
      answering((call) => reply(call, createXdrWriter().u32(0x7fff_ffff).toBuffer())),
      'a list says that it has 2147483647 items',
    ],
    ['answers as another program', answering((call) => reply(call, noAuth, { program: 7 })), 'is of program 7'],
    ['answers a call that was not made', answering((call) => reply(call, noAuth, { serial: 99 })), 'is for call 99'],
    ['answers with an unknown status', answering((call) => reply(call, noAuth, { status: 5 })), 'has the status 5'],
    [
      'cuts an error short',
      soundUntil((call) => reply(call, Buffer.alloc(4), { status: 1 })),
      '4 bytes are wanted at offset',
    ],
  ])('that %s is DRIVER_PROTOCOL', async (_, serve, problem) => {
    await using daemon = await startBadDaemon(serve);
    const failure = expect.objectContaining({
      code: 'DRIVER_PROTOCOL',
      message: expect.stringContaining(problem) as unknown,
    });
    await expect(inventoryOf(daemon)).rejects.toEqual(failure);
    await using watch = recordWatch(daemon.driver);
    expect(await watch.end).toEqual({ type: 'threw', error: failure });
  });

  test('that closes in the middle of a packet is DRIVER_UNREACHABLE', async () => {
    await using daemon = await startBadDaemon((socket) => {
      socket.once('data', () => socket.end(Buffer.from([0, 0, 0, 64, 1, 2, 3])));
    });
    await expect(inventoryOf(daemon)).rejects.toMatchObject({ code: 'DRIVER_UNREACHABLE' });
  });

  test('that never answers is DRIVER_UNREACHABLE when it counts as lost', async () => {
    await using daemon = await startBadDaemon(() => undefined);
    const asked = inventoryOf(daemon);
    await expect(asked).rejects.toMatchObject({ code: 'DRIVER_UNREACHABLE' });
    await expect(asked).rejects.toThrow('no sign of life for 1000 ms');
  });

  test('that demands a password says so', async () => {
    const sasl = createXdrWriter()
      .array([1], (to, type) => to.i32(type))
      .toBuffer();
    await using daemon = await startBadDaemon(answering((call) => reply(call, sasl)));
    const asked = inventoryOf(daemon);
    await expect(asked).rejects.toMatchObject({ code: 'DRIVER_FAULT' });
    await expect(asked).rejects.toThrow('SASL');
  });

  test('that answers with an error is DRIVER_FAULT with the error as the cause', async () => {
    const payload = createXdrWriter()
      .i32(38)
      .i32(7)
      .optional('the disk is full', (to, text) => to.string(text))
      .toBuffer();
    await using daemon = await startBadDaemon(soundUntil((call) => reply(call, payload, { status: 1 })));
    await expect(inventoryOf(daemon)).rejects.toMatchObject({
      code: 'DRIVER_FAULT',
      message: expect.stringContaining('the disk is full'),
      cause: { name: 'LibvirtError', libvirtCode: 38 },
    });
  });

  test('that is not there at all is DRIVER_UNREACHABLE, with its path', async () => {
    const driver = createLibvirtDriver({ uri: 'qemu+unix:///system?socket=/nowhere/sock', clock: systemClock });
    const asked = driver.inventory(AbortSignal.timeout(10_000));
    await expect(asked).rejects.toMatchObject({ code: 'DRIVER_UNREACHABLE' });
    await expect(asked).rejects.toThrow('/nowhere/sock');
    await using watch = recordWatch(driver);
    expect(await watch.end).toMatchObject({ type: 'threw', error: { code: 'DRIVER_UNREACHABLE' } });
  });
});
