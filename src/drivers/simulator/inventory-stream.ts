import type { ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

import { resourceKinds } from '../../model/resource.ts';
import type { FaultInjector } from './faults.ts';
import type { Manager, Snapshot } from './manager.ts';
import { linesMediaType, protocolVersion } from './protocol.ts';
import type { InventoryLine } from './protocol.ts';

// Sends the whole inventory as JSON lines, a piece at a time and as fast as the reader takes it, so that neither side ever
// holds the text of 50,000 machines.

/** How many rows are turned into text at once: about 100 kB and 1 ms. */
const rowsAtOnce = 128;

/** What may stand where a line should. */
export const garbageLine = '<html>this is not the manager you are looking for</html>\n';

interface StreamOptions {
  readonly manager: Manager;
  readonly faults: FaultInjector;
  readonly signal: AbortSignal;
}

/** Answers with the inventory as it is now. */
export async function streamInventory(response: ServerResponse, options: StreamOptions): Promise<void> {
  response.writeHead(200, { 'content-type': linesMediaType });
  const text = Readable.from(inventoryText(options), { objectMode: false });
  await pipeline(text, response, { signal: options.signal });
}

async function* inventoryText({ manager, faults, signal }: StreamOptions): AsyncGenerator<string> {
  const snapshot = manager.snapshot();
  const { revision } = snapshot;
  yield textOf({ type: 'inventory', protocol: protocolVersion, instance: manager.instance, revision });
  if (faults.current.garbage) {
    yield garbageLine;
  }
  let rows = 0;
  let text = '';
  for (const line of rowsOf(snapshot)) {
    text += textOf(line);
    rows += 1;
    if (rows % rowsAtOnce === 0) {
      await faults.released(signal);
      yield text;
      text = '';
    }
  }
  yield text + textOf({ type: 'end', rows });
}

function* rowsOf({ inventory }: Snapshot): Generator<InventoryLine> {
  for (const kind of resourceKinds) {
    for (const resource of inventory[kind]) {
      yield { type: 'row', kind, resource };
    }
  }
}

function textOf(line: InventoryLine): string {
  return `${JSON.stringify(line)}\n`;
}
