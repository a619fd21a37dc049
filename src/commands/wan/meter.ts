import type { Tally } from './counts.ts';
import { createFrameReader, type FrameReader } from './frame-reader.ts';
import { bodyOf, createHttpReader, untilTheEnd, type Body, type HttpReader, type MessageHead } from './http-reader.ts';

// Counts what passes over one connection: it reads along in both directions, since only the order of the requests tells
// which of them a response belongs to.

/** Reads along. */
export interface Meter {
  up(chunk: Buffer): void;
  down(chunk: Buffer): void;
}

type Direction = 'up' | 'down';

/** A request that is not answered yet. */
interface Asked {
  readonly sort: 'requests' | 'probes' | 'upgrades';
  readonly isHead: boolean;
}

const nothing: Body = { kind: 'bytes', length: 0 };

/** Reads one new connection along and adds to the tally. */
export function createMeter(tally: Tally): Meter {
  const unanswered: Asked[] = [];
  const sorts: Record<Direction, Asked['sort']> = { up: 'requests', down: 'requests' };
  let wasOpaque = false;
  const up = createHttpReader({
    onHead(head) {
      const asked = askedBy(head);
      tally[asked.sort] += 1;
      unanswered.push(asked);
      sorts.up = asked.sort;
      return asked.sort === 'upgrades' ? { kind: 'rest' } : bodyOf(head, nothing);
    },
    ...counting('up'),
  });
  const down = createHttpReader({
    onHead(head) {
      const status = Number(head.startLine.split(' ')[1]);
      const asked = unanswered[0] ?? { sort: 'requests', isHead: false };
      sorts.down = asked.sort;
      if (status >= 100 && status < 200 && status !== 101) {
        return nothing;
      }
      unanswered.shift();
      if (status === 101) {
        return { kind: 'rest' };
      }
      if (asked.sort === 'upgrades') {
        up.goOn();
      }
      return asked.isHead || status === 204 || status === 304 ? nothing : bodyOf(head, untilTheEnd);
    },
    ...counting('down'),
  });
  return { up: reading(up), down: reading(down) };

  function counting(direction: Direction) {
    const passed = tally[direction];
    const frames: FrameReader = createFrameReader((kind) => (passed[`${kind}Frames`] += 1));
    return {
      onBytes(count: number): void {
        passed[sorts[direction] === 'probes' ? 'probeBytes' : 'bytes'] += count;
      },
      onRest(chunk: Buffer): void {
        passed.bytes += chunk.length;
        if (!up.isOpaque && !down.isOpaque) {
          frames.push(chunk);
        }
      },
    };
  }

  function reading(reader: HttpReader): (chunk: Buffer) => void {
    return (chunk) => {
      reader.push(chunk);
      if (reader.isOpaque && !wasOpaque) {
        wasOpaque = true;
        tally.opaque += 1;
      }
    };
  }
}

function askedBy({ startLine, headers }: MessageHead): Asked {
  const [method, path = ''] = startLine.split(' ');
  if (headers.get('upgrade')?.toLowerCase() === 'websocket') {
    return { sort: 'upgrades', isHead: false };
  }
  return { sort: path.startsWith('/health/') ? 'probes' : 'requests', isHead: method === 'HEAD' };
}
