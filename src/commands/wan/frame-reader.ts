// Finds the frames of a WebSocket in a stream of bytes, however it is cut (RFC 6455, section 5.2). It looks at the lengths
// only and never at the content.

/** What a frame is: the beginning of a message, more of it, or a ping, a pong or a close. */
export type FrameKind = 'data' | 'continuation' | 'control';

/** Reads the bytes of one direction. */
export interface FrameReader {
  push(chunk: Buffer): void;
}

/** @param onFrame Told of each frame as soon as its head is complete. */
export function createFrameReader(onFrame: (kind: FrameKind) => void): FrameReader {
  let head: Buffer = Buffer.alloc(0);
  let payloadLeft = 0;
  return {
    push(chunk) {
      let rest = chunk;
      while (rest.length > 0) {
        const passed = Math.min(payloadLeft, rest.length);
        payloadLeft -= passed;
        rest = rest.subarray(passed);
        if (rest.length === 0) {
          return;
        }
        head = Buffer.concat([head, rest]);
        const length = headLength(head);
        if (head.length < length) {
          return;
        }
        onFrame(kindOf(head));
        payloadLeft = payloadLength(head);
        rest = head.subarray(length);
        head = Buffer.alloc(0);
      }
    },
  };
}

/** At least 2 bytes; as much more as the first two say. */
function headLength(head: Buffer): number {
  if (head.length < 2) {
    return 2;
  }
  const mask = (head[1]! & 0x80) === 0 ? 0 : 4;
  const short = head[1]! & 0x7f;
  return 2 + (short === 126 ? 2 : short === 127 ? 8 : 0) + mask;
}

function payloadLength(head: Buffer): number {
  const short = head[1]! & 0x7f;
  if (short === 126) {
    return head.readUInt16BE(2);
  }
  return short === 127 ? Number(head.readBigUInt64BE(2)) : short;
}

function kindOf(head: Buffer): FrameKind {
  const opcode = head[0]! & 0x0f;
  if (opcode >= 8) {
    return 'control';
  }
  return opcode === 0 ? 'continuation' : 'data';
}
