import type { Readable } from 'node:stream';

import { Agent } from 'undici';

import type { Clock } from '../../core/clock.ts';
import { SitewideError } from '../../core/errors.ts';
import type { Change, Inventory } from '../../model/resource.ts';
import type { Driver } from '../driver.ts';
import { applyAction, capabilities, reconcileAction } from './action-client.ts';
import { driverKind, faultError, lostError, protocolError, translated } from './driver-errors.ts';
import { readJsonLines } from './json-lines.ts';
import { createInventoryReader, readEvent } from './reading.ts';
import type { Place } from './reading.ts';

// The driver for a simulated manager (server.ts). One connection carries the events, others the inventories and actions.

/** How to reach a simulated manager. */
export interface SimulatorDriverOptions {
  /** For example `http://127.0.0.1:40123`. */
  readonly url: string;
  readonly clock: Clock;
  /** A stream that is silent for so long is lost, in milliseconds: three heartbeats of 1 s and some slack. */
  readonly silenceMs?: number;
  /** How long to wait for a connection, in milliseconds. */
  readonly connectTimeoutMs?: number;
  /** How long to wait for an answer to begin, in milliseconds. */
  readonly answerTimeoutMs?: number;
}

/**
 * A driver for one simulated manager. One consumer may use it at a time: a watch leaves out the changes that the latest
 * inventory taken through the same driver shows already, so that nothing appears to go back in time.
 * @throws SitewideError INVALID_ARGUMENT if the url is not one of HTTP.
 */
export function createSimulatorDriver({
  url,
  clock,
  silenceMs = 3_500,
  connectTimeoutMs = 5_000,
  answerTimeoutMs = 10_000,
}: SimulatorDriverOptions): Driver {
  const uri = originOf(url);
  // The silence of a body is watched by the clock that was passed in, so undici's own watch is off.
  const agent = new Agent({ connect: { timeout: connectTimeoutMs }, headersTimeout: answerTimeoutMs, bodyTimeout: 0 });
  // Apart, so that actions do not wait for one another nor for an inventory.
  const actions = new Agent({
    connect: { timeout: connectTimeoutMs },
    headersTimeout: answerTimeoutMs,
    bodyTimeout: 0,
  });
  let latest: Place | null = null;

  async function linesOf(path: string, signal: AbortSignal): Promise<AsyncGenerator<unknown[]>> {
    const { statusCode, body } = await agent.request({ origin: uri, path, method: 'GET', signal });
    if (statusCode !== 200) {
      throw faultError(uri, `${path} was answered with ${statusCode}: ${await beginningOf(body)}`);
    }
    return readJsonLines(body, { clock, silenceMs });
  }

  async function readInventory(signal: AbortSignal): Promise<Inventory> {
    const reader = createInventoryReader(uri);
    for await (const lines of await linesOf('/v1/inventory', signal)) {
      lines.forEach((line) => reader.take(line));
    }
    const result = reader.result();
    if (result === null) {
      throw lostError(uri, 'the inventory was cut short');
    }
    signal.throwIfAborted();
    latest = { instance: result.instance, revision: result.revision };
    return result.inventory;
  }

  async function* readChanges(signal: AbortSignal): AsyncGenerator<readonly Change[]> {
    let place: Place | null = null;
    for await (const lines of await linesOf('/v1/events', signal)) {
      for (const line of lines) {
        const event = readEvent(uri, line);
        switch (event.type) {
          case 'hello':
            place = { instance: event.instance, revision: event.revision };
            yield [];
            break;
          case 'heartbeat':
            break;
          case 'changes':
            place = next(place, event.revision);
            if (!isCovered(place)) {
              yield event.changes;
            }
        }
        signal.throwIfAborted();
      }
    }
    throw lostError(uri, 'the event stream ended');
  }

  function next(place: Place | null, revision: number): Place {
    if (place === null || revision !== place.revision + 1) {
      throw protocolError(uri, `revision ${revision} came after ${place === null ? 'nothing' : place.revision}`);
    }
    return { ...place, revision };
  }

  /** True if the latest inventory was taken at this place or later, in the same life of the manager. */
  function isCovered({ instance, revision }: Place): boolean {
    return latest !== null && latest.instance === instance && revision <= latest.revision;
  }

  return {
    kind: driverKind,
    uri,
    async inventory(signal) {
      try {
        signal.throwIfAborted();
        return await readInventory(signal);
      } catch (thrown) {
        signal.throwIfAborted();
        throw translated(uri, thrown);
      }
    },
    async *watch(signal) {
      try {
        signal.throwIfAborted();
        yield* readChanges(signal);
      } catch (thrown) {
        if (!signal.aborted) {
          throw translated(uri, thrown);
        }
      }
    },
    capabilities,
    apply: (action, order) => applyAction({ uri, dispatcher: actions, clock }, action, order),
    reconcile: (action, order) => reconcileAction({ uri, dispatcher: actions, clock }, action, order),
    async [Symbol.asyncDispose]() {
      await Promise.all([agent.destroy(), actions.destroy()]);
    },
  };
}

function originOf(url: string): string {
  const parsed = URL.parse(url);
  if (parsed === null || !['http:', 'https:'].includes(parsed.protocol)) {
    const problem = 'it has to be an address such as http://127.0.0.1:8700';
    throw new SitewideError('INVALID_ARGUMENT', { argument: 'url', problem, found: JSON.stringify(url) });
  }
  return parsed.origin;
}

/** The first part of an error's text: enough to understand it, however long it is. */
async function beginningOf(body: Readable): Promise<string> {
  let text = '';
  // Leaving the loop early destroys the body with an error that is of no interest.
  body.on('error', () => undefined);
  for await (const chunk of body as AsyncIterable<Buffer>) {
    text += chunk.toString('utf8');
    if (text.length > 300) {
      break;
    }
  }
  return text.slice(0, 300).trim();
}
