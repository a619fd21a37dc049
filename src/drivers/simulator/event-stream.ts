import { once } from 'node:events';
import type { ServerResponse } from 'node:http';

import type { Clock } from '../../core/clock.ts';
import type { FaultInjector } from './faults.ts';
import { garbageLine } from './inventory-stream.ts';
import type { Manager } from './manager.ts';
import { linesMediaType, protocolVersion } from './protocol.ts';
import type { EventLine } from './protocol.ts';

// Sends changes as they happen. Each reader has its own place in the journal and is sent more only when it has taken what it
// got, so a slow one costs no memory; one that falls behind the journal is cut off and has to begin anew.

interface EventStreamOptions {
  readonly manager: Manager;
  readonly faults: FaultInjector;
  readonly clock: Clock;
  /** The last revision the reader has. */
  readonly after: number;
  /** How long nothing is sent at most, in milliseconds. */
  readonly heartbeatMs: number;
  readonly signal: AbortSignal;
}

/** Answers with the changes after a revision, until the signal aborts. */
export async function streamEvents(response: ServerResponse, options: EventStreamOptions): Promise<void> {
  const { manager, faults, after, signal } = options;
  const { instance } = manager;
  response.writeHead(200, { 'content-type': linesMediaType });
  await send(response, textOf({ type: 'hello', protocol: protocolVersion, instance, revision: after }), signal);
  let sent = after;
  for (;;) {
    await faults.released(signal);
    if (faults.current.cutEvents) {
      response.destroy();
      return;
    }
    if (faults.current.garbage) {
      await send(response, garbageLine, signal);
    }
    if (sent === manager.revision) {
      if (await somethingHappens(options)) {
        continue;
      }
      await send(response, textOf({ type: 'heartbeat', revision: sent }), signal);
      continue;
    }
    const line = manager.journal.lineOf(sent + 1);
    if (line === null) {
      response.destroy();
      return;
    }
    await send(response, line, signal);
    sent += 1;
  }
}

/** Waits for a change of the world or of the faults; false if a heartbeat is due before. */
async function somethingHappens({ manager, faults, clock, heartbeatMs, signal }: EventStreamOptions): Promise<boolean> {
  const settled = new AbortController();
  const either = AbortSignal.any([signal, settled.signal]);
  try {
    return await Promise.race([
      once(manager.events, 'commit', { signal: either }).then(() => true),
      once(faults.events, 'change', { signal: either }).then(() => true),
      clock.sleep(heartbeatMs, either).then(() => false),
    ]);
  } finally {
    settled.abort();
  }
}

async function send(response: ServerResponse, text: string, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  if (!response.write(text)) {
    await once(response, 'drain', { signal });
  }
}

function textOf(line: EventLine): string {
  return `${JSON.stringify(line)}\n`;
}
