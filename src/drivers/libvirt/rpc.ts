import type { Duplex } from 'node:stream';

import { abortable } from '../../core/abort.ts';
import type { Clock } from '../../core/clock.ts';
import { createDeadline } from '../../core/deadline.ts';
import { messageOf } from '../../core/errors.ts';
import { createCallWindow } from './call-window.ts';
import { LibvirtError } from './errors.ts';
import type { ErrorMaker } from './errors.ts';
import { startKeepAlive } from './keepalive.ts';
import { createPacketSplitter, encodePacket, packetStatus, packetTypes } from './packet.ts';
import type { Packet } from './packet.ts';
import { procedures } from './procedures.ts';
import type { XdrReader } from './xdr.ts';

// Calls and events over one connection. A lost connection rejects all that is under way and is never mended here: who
// needs one makes a new one.

/** The number of the program "remote" and its version. */
const remoteProgram = 0x2000_8086;
const remoteVersion = 1;
/**
 * Calls at the daemon at one time. It serves five of a client and reads nothing from that client while five wait, not
 * even a ping; so one place is left free.
 */
const window = 4;
/**
 * How long a connection that is no longer used waits for the answers to the calls under way, in milliseconds. A daemon that
 * answers a client which is gone may crash: the thread that answers and the one that sees the end of the connection both
 * free the client's list of events (seen with libvirt 9.0.0).
 */
const lingerMs = 1_000;

/** How a call ends: by itself, with the caller's signal, or after so many milliseconds from when it was sent. */
export interface CallLimits {
  readonly signal: AbortSignal;
  readonly timeoutMs: number;
}

/** One connection to a daemon. */
export interface RpcConnection extends AsyncDisposable {
  /**
   * @returns A reader of the result.
   * @throws SitewideError DRIVER_FAULT (the daemon's error, with LibvirtError as its cause), DRIVER_UNREACHABLE (lost, or
   * no answer in time) or DRIVER_PROTOCOL; or the signal's reason.
   */
  call(procedure: number, payload: Buffer, limits: CallLimits): Promise<XdrReader>;
  /** Aborts when the connection can no longer be used, with the SitewideError that says why. */
  readonly lost: AbortSignal;
}

/** What a connection is made of. */
export interface RpcOptions {
  readonly socket: Duplex;
  readonly clock: Clock;
  readonly errors: ErrorMaker;
  /** How long the daemon may be silent before it is asked for a sign of life, and again until it counts as lost. */
  readonly keepAliveMs: number;
  /** Called for every message that is not a reply; what it throws ends the connection. */
  readonly onEvent: (procedure: number, payload: XdrReader) => void;
}

interface Pending {
  readonly resolve: (result: XdrReader) => void;
  readonly reject: (error: unknown) => void;
}

/** Speaks the protocol over a connected socket, which it owns from now on. */
export function createRpcConnection({ socket, clock, errors, keepAliveMs, onEvent }: RpcOptions): RpcConnection {
  const lost = new AbortController();
  const pending = new Map<number, Pending>();
  const places = createCallWindow(window);
  let lastSerial = 0;

  /** Ends it for all that use it; the socket is not touched. */
  function end(error: Error): void {
    lost.abort(error);
    places.close(error);
    pending.forEach(({ reject }) => reject(error));
  }

  function lose(error: Error): void {
    if (!lost.signal.aborted) {
      end(error);
    }
    socket.destroy();
  }

  function receive(packet: Packet): void {
    if (keepAlive.receive(packet)) {
      return;
    }
    if (packet.program !== remoteProgram || packet.version !== remoteVersion) {
      throw errors.malformed(`a packet is of program ${packet.program}, version ${packet.version}`);
    }
    if (packet.type === packetTypes.message) {
      onEvent(packet.procedure, packet.payload);
      return;
    }
    const call = pending.get(packet.serial);
    if (packet.type !== packetTypes.reply || call === undefined) {
      throw errors.malformed(`a packet of type ${packet.type} is for call ${packet.serial}, which is not under way`);
    }
    // A reply that cannot be read leaves its call pending, to be rejected with the others when the connection ends.
    settle(call, packet, errors);
    pending.delete(packet.serial);
    places.release();
    if (lost.signal.aborted && pending.size === 0) {
      takeLeave();
    }
  }

  const keepAlive = startKeepAlive({
    clock,
    intervalMs: keepAliveMs,
    lost: lost.signal,
    send: (bytes) => socket.write(bytes),
    onSilence: (silentMs) => lose(errors.unreachable(`it has given no sign of life for ${silentMs} ms`)),
  });
  listen(socket, { errors, lose, receive });

  function send(procedure: number, payload: Buffer): Promise<XdrReader> {
    lastSerial += 1;
    const { promise, resolve, reject } = Promise.withResolvers<XdrReader>();
    pending.set(lastSerial, { resolve, reject });
    socket.write(encodeCall(procedure, lastSerial, payload));
    return promise;
  }

  let said = false;

  /** To be called when nothing is under way: says goodbye, and when that is answered, closes. */
  function takeLeave(): void {
    if (said) {
      socket.destroy();
      return;
    }
    said = true;
    send(procedures.close, Buffer.alloc(0)).catch(() => socket.destroy());
  }

  return {
    lost: lost.signal,
    async call(procedure, payload, { signal, timeoutMs }) {
      lost.signal.throwIfAborted();
      // The reply gives the place back, not the caller: an abandoned call still occupies the daemon.
      await places.acquire(signal);
      using deadline = createDeadline({ clock, timeoutMs, parent: signal });
      try {
        return await abortable(send(procedure, payload), deadline.signal);
      } catch (thrown) {
        const late = deadline.signal.aborted && thrown === deadline.signal.reason && !signal.aborted;
        throw late ? errors.unreachable(`procedure ${procedure} was not answered in ${timeoutMs} ms`, thrown) : thrown;
      }
    },
    async [Symbol.asyncDispose]() {
      if (lost.signal.aborted) {
        return;
      }
      end(errors.unreachable('this side closed the connection'));
      destroyAfter(lingerMs, socket, clock);
      if (pending.size === 0) {
        takeLeave();
      }
    },
  };
}

function destroyAfter(milliseconds: number, socket: Duplex, clock: Clock): void {
  const closed = new AbortController();
  socket.once('close', () => closed.abort());
  clock.sleep(milliseconds, closed.signal).then(
    () => socket.destroy(),
    () => undefined,
  );
}

interface Listener {
  readonly errors: ErrorMaker;
  readonly lose: (error: Error) => void;
  readonly receive: (packet: Packet) => void;
}

function listen(socket: Duplex, { errors, lose, receive }: Listener): void {
  const splitter = createPacketSplitter(errors.malformed);
  socket.on('data', (chunk: Buffer) => {
    try {
      splitter.push(chunk).forEach(receive);
    } catch (thrown) {
      lose(thrown instanceof Error ? thrown : errors.malformed(messageOf(thrown)));
    }
  });
  socket.on('error', (error) => lose(errors.unreachable(messageOf(error), error)));
  socket.on('close', () => lose(errors.unreachable('it closed the connection')));
}

function encodeCall(procedure: number, serial: number, payload: Buffer): Buffer {
  const header = { program: remoteProgram, version: remoteVersion, procedure, serial };
  return encodePacket({ ...header, type: packetTypes.call, status: packetStatus.ok }, payload);
}

function settle({ resolve, reject }: Pending, { status, payload }: Packet, errors: ErrorMaker): void {
  switch (status) {
    case packetStatus.ok:
      return resolve(payload);
    case packetStatus.error:
      return reject(errors.fault(readError(payload)));
    default:
      throw errors.malformed(`a reply has the status ${status}`);
  }
}

/** An error payload begins with code, domain and message; what follows repeats it in parts. */
function readError(payload: XdrReader): LibvirtError {
  const code = payload.i32();
  payload.i32();
  const message = payload.optional((reader) => reader.string());
  return new LibvirtError(code, message ?? `error ${code}`);
}
