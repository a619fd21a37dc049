import type { Socket } from 'node:net';

import type { Clock } from '../core/clock.ts';
import { createLatency } from '../scatter/latency.ts';

// What goes over the link to another site: how far away it is, and how much is sent. Bytes are those of the connections, with
// all headers.

/** What is known of a link at a moment. */
export interface LinkFigures {
  /** How long a probe takes over a connection that is open, on average, in milliseconds; null before the first. */
  readonly rttMs: number | null;
  /** Over about the last ten seconds. */
  readonly requestsPerSecond: number;
  /** The same, both directions together. */
  readonly bytesPerSecond: number;
  /** Since this broker started. */
  readonly sentBytes: number;
  readonly receivedBytes: number;
  /** Answers by how they came. */
  readonly answers: Readonly<Record<LinkAnswerKind, number>>;
  /** How often a broker did not know a text that it should have known. */
  readonly unknownTexts: number;
}

/** WHOLE: with its data. UNCHANGED: it is the one that was kept. */
export type LinkAnswerKind = 'WHOLE' | 'UNCHANGED';

/** Measures a link. */
export interface LinkMeter {
  /** A connection was opened. */
  opened(socket: Socket): void;
  /** A probe was answered after so many milliseconds, over a connection that was open before. */
  roundTrip(milliseconds: number): void;
  requested(): void;
  answered(kind: LinkAnswerKind): void;
  textUnknown(): void;
  figures(): LinkFigures;
}

/** A meter of a link that nothing has gone over. */
export function createLinkMeter(clock: Clock): LinkMeter {
  const rtt = createLatency();
  const requests = createRate(clock);
  const bytes = createRate(clock);
  const bytesOf = createByteCounter();
  const answers = { WHOLE: 0, UNCHANGED: 0 };
  let counted = 0;
  let unknownTexts = 0;
  const count = (): { readonly sent: number; readonly received: number } => {
    const { sent, received } = bytesOf.now();
    bytes.add(sent + received - counted);
    counted = sent + received;
    return { sent, received };
  };
  return {
    opened: bytesOf.opened,
    roundTrip: rtt.record,
    requested: () => requests.add(1),
    answered(kind) {
      answers[kind] += 1;
      count();
    },
    textUnknown: () => void (unknownTexts += 1),
    figures() {
      const { sent, received } = count();
      return {
        rttMs: rtt.ewmaMs,
        requestsPerSecond: requests.perSecond(),
        bytesPerSecond: bytes.perSecond(),
        sentBytes: sent,
        receivedBytes: received,
        answers: { ...answers },
        unknownTexts,
      };
    },
  };
}

interface ByteCounter {
  opened(socket: Socket): void;
  now(): { readonly sent: number; readonly received: number };
}

function createByteCounter(): ByteCounter {
  const open = new Set<Socket>();
  const closed = { sent: 0, received: 0 };
  return {
    opened(socket) {
      open.add(socket);
      socket.once('close', () => {
        open.delete(socket);
        closed.sent += socket.bytesWritten;
        closed.received += socket.bytesRead;
      });
    },
    now() {
      let { sent, received } = closed;
      for (const { bytesWritten, bytesRead } of open) {
        sent += bytesWritten;
        received += bytesRead;
      }
      return { sent, received };
    },
  };
}

/** What happened counts less and less; after this time, in milliseconds, it counts a third. */
const fadeMs = 10_000;

interface Rate {
  add(amount: number): void;
  perSecond(): number;
}

function createRate(clock: Clock): Rate {
  let perMs = 0;
  let at = clock.now();
  const fade = (): void => {
    const now = clock.now();
    perMs *= Math.exp(-Math.max(0, now - at) / fadeMs);
    at = now;
  };
  return {
    add(amount) {
      fade();
      perMs += amount / fadeMs;
    },
    perSecond() {
      fade();
      return perMs * 1_000;
    },
  };
}
