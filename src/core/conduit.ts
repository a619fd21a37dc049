import { isObject } from './is-object.ts';
// The messages on a conduit: one WebSocket between two brokers, over which many requests travel at a time. Each message is binary: its
// kind, the id of the request, how long its head is, the head as JSON, and the bytes of the body. Ids are the asker's; an answer
// may come in parts, between which those of other answers come.

/** The subprotocol that a broker offers, and the other one takes, for a conduit. */
export const conduitProtocol = 'sitewide.conduit.v1';

/**
 * So many requests are under way on a conduit at most. The rest of an id by this number is a place, at which there is one at a time: they
 * come and go too often for a Map (`roll.ts` says why).
 */
export const conduitPlaces = 1_024;

/** So large is a message at most, in bytes: 64 KiB of a body, and headers of any size that HTTP would let pass. */
export const largestMessage = 1_048_576;

/** What a message is, by its first byte. */
export const messageKind = {
  /** A request: its headers and its body. */
  request: 1,
  /** Nobody waits for the answer any more. */
  cancel: 2,
  /** A part of an answer, of which more is to come; the first one has the head. */
  part: 3,
  /** The only, or the last, part of an answer. */
  end: 4,
  /** Whoever answers takes no new requests; those under way are answered. Its id says nothing. */
  farewell: 5,
} as const;

/** What a message may be. */
export type MessageKind = (typeof messageKind)[keyof typeof messageKind];

/** A message. Its buffers are views of what came. */
export interface ConduitMessage {
  readonly kind: MessageKind;
  /** From 0 to 2^32 - 1. */
  readonly id: number;
  /** JSON; empty where it says nothing. */
  readonly head: Buffer;
  readonly body: Buffer;
}

const headAt = 9;
const nothing = Buffer.alloc(0);

/** Writes a message. */
export function encodeMessage(kind: MessageKind, id: number, head = '', body: Buffer = nothing): Buffer {
  // At most three bytes for a unit.
  const bytes = Buffer.allocUnsafe(headAt + 3 * head.length + body.length);
  bytes[0] = kind;
  bytes.writeUInt32BE(id, 1);
  const headBytes = head === '' ? 0 : bytes.write(head, headAt, 'utf8');
  bytes.writeUInt32BE(headBytes, 5);
  bytes.set(body, headAt + headBytes);
  return bytes.subarray(0, headAt + headBytes + body.length);
}

/** Reads a message; null for what is none. */
export function decodeMessage(bytes: Buffer): ConduitMessage | null {
  if (bytes.length < headAt) {
    return null;
  }
  const kind = bytes[0] as MessageKind;
  const bodyAt = headAt + bytes.readUInt32BE(5);
  if (kind < messageKind.request || kind > messageKind.farewell || bodyAt > bytes.length) {
    return null;
  }
  return { kind, id: bytes.readUInt32BE(1), head: bytes.subarray(headAt, bodyAt), body: bytes.subarray(bodyAt) };
}

/** Reads the headers of a request: an object of texts, by small names. Null for anything else. */
export function decodeHeaders(head: Buffer): Record<string, string> | null {
  const headers = parse(head);
  return isTexts(headers) ? headers : null;
}

/** What an answer is without its body. */
export interface AnswerHead {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string>>;
}

/** Reads the head of an answer. Null for what is none. */
export function decodeAnswerHead(head: Buffer): AnswerHead | null {
  const found = parse(head);
  if (!isObject(found)) {
    return null;
  }
  const { statusCode, headers } = found;
  return Number.isInteger(statusCode) && isTexts(headers) ? { statusCode: statusCode as number, headers } : null;
}

function parse(head: Buffer): unknown {
  try {
    return JSON.parse(head.toString('utf8')) as unknown;
  } catch {
    return null;
  }
}

function isTexts(value: unknown): value is Record<string, string> {
  return isObject(value) && Object.values(value).every((text) => typeof text === 'string');
}
