import { createXdrReader, createXdrWriter } from './xdr.ts';
import type { XdrReader } from './xdr.ts';

// Packets: a length that counts itself, six words of header, and a payload. Nothing here knows what a payload means.
// The numbers are those of libvirt's virnetprotocol.x.

/** The largest packet that either side may send, in bytes: 32 MiB and the length word. */
const maxPacketBytes = 33_554_436;
const headerBytes = 28;

/** What kind of packet it is. */
export const packetTypes = { call: 0, reply: 1, message: 2 } as const;
/** Whether a reply is a result or an error. */
export const packetStatus = { ok: 0, error: 1 } as const;

/** The words before a payload. */
export interface PacketHeader {
  readonly program: number;
  readonly version: number;
  readonly procedure: number;
  readonly type: number;
  readonly serial: number;
  readonly status: number;
}

/** A packet as received. */
export interface Packet extends PacketHeader {
  readonly payload: XdrReader;
}

/** The bytes of a packet. */
export function encodePacket(header: PacketHeader, payload: Buffer): Buffer {
  return createXdrWriter()
    .u32(headerBytes + payload.length)
    .u32(header.program)
    .u32(header.version)
    .i32(header.procedure)
    .i32(header.type)
    .u32(header.serial)
    .i32(header.status)
    .bytes(payload)
    .toBuffer();
}

/** Cuts a stream of bytes into packets. */
export interface PacketSplitter {
  /** @throws What `malformed` makes, at the first packet that cannot be one. */
  push(chunk: Buffer): Packet[];
}

/** Starts at the beginning of a stream. No more is kept than has arrived, and never more than one packet may hold. */
export function createPacketSplitter(malformed: (problem: string) => Error): PacketSplitter {
  let chunks: Buffer[] = [];
  let held = 0;

  /** The length of the packet that has begun, or null while that is not known. */
  function lengthOfNext(): number | null {
    if (held < 4) {
      return null;
    }
    if (chunks[0]!.length < 4) {
      chunks = [Buffer.concat(chunks)];
    }
    const length = chunks[0]!.readUInt32BE(0);
    if (length < headerBytes || length > maxPacketBytes) {
      throw malformed(`a packet of ${length} bytes was announced; ${headerBytes} to ${maxPacketBytes} are possible`);
    }
    return length;
  }

  return {
    push(chunk) {
      const packets: Packet[] = [];
      chunks.push(chunk);
      held += chunk.length;
      for (let length = lengthOfNext(); length !== null && length <= held; length = lengthOfNext()) {
        const all = chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks);
        packets.push(decodePacket(all.subarray(4, length), malformed));
        chunks = [all.subarray(length)];
        held -= length;
      }
      return packets;
    },
  };
}

function decodePacket(bytes: Buffer, malformed: (problem: string) => Error): Packet {
  const payload = createXdrReader(bytes, malformed);
  return {
    program: payload.u32(),
    version: payload.u32(),
    procedure: payload.i32(),
    type: payload.i32(),
    serial: payload.u32(),
    status: payload.i32(),
    payload,
  };
}
