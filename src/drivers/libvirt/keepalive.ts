import type { Clock } from '../../core/clock.ts';
import { encodePacket, packetStatus, packetTypes } from './packet.ts';
import type { Packet } from './packet.ts';

// Signs of life. A stopped daemon leaves its socket open, so that only its silence gives it away. The daemon answers a
// ping at once, whatever its calls are waiting for. The numbers are those of libvirt's virkeepaliveprotocol.x.

const keepAliveProgram = 0x6b65_6570;
const keepAliveVersion = 1;
const ping = 1;
const pong = 2;

/** Watches over one connection. */
export interface KeepAlive {
  /** To be called with every packet. True if it was of this program and is dealt with. */
  receive(packet: Packet): boolean;
}

interface KeepAliveOptions {
  readonly clock: Clock;
  /** So much silence brings a ping, so much more is the end. */
  readonly intervalMs: number;
  /** Ends the watching. */
  readonly lost: AbortSignal;
  readonly send: (packet: Buffer) => void;
  readonly onSilence: (silentMs: number) => void;
}

/** Begins to watch. */
export function startKeepAlive({ clock, intervalMs, lost, send, onSilence }: KeepAliveOptions): KeepAlive {
  let heard = true;
  let asked = false;

  async function tick(): Promise<void> {
    for (;;) {
      await clock.sleep(intervalMs, lost);
      if (!heard && asked) {
        onSilence(2 * intervalMs);
        return;
      }
      asked = !heard;
      if (asked) {
        send(encode(ping));
      }
      heard = false;
    }
  }

  tick().catch((thrown: unknown) => {
    // The sleep ends by throwing when the connection is lost, which is no news to anybody.
    if (!lost.aborted) {
      throw thrown;
    }
  });
  return {
    receive(packet) {
      heard = true;
      if (packet.program !== keepAliveProgram) {
        return false;
      }
      if (packet.procedure === ping) {
        send(encode(pong));
      }
      return true;
    },
  };
}

function encode(procedure: number): Buffer {
  const header = { program: keepAliveProgram, version: keepAliveVersion, procedure, serial: 0 };
  return encodePacket({ ...header, type: packetTypes.message, status: packetStatus.ok }, Buffer.alloc(0));
}
