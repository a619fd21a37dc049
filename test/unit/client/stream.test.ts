import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

import { afterEach, describe, expect, test } from '@jest/globals';
import { buildSchema, GraphQLError } from 'graphql';
import { useServer } from 'graphql-ws/use/ws';
import { type WebSocket, WebSocketServer } from 'ws';

import { WatchInventoryDocument } from '../../../schema/generated/client.ts';
import { createStreams } from '../../../src/client/stream.ts';
import { StreamRefused } from '../../../src/client/stream-refused.ts';
import type { GetToken } from '../../../src/client/token.ts';
import { systemClock } from '../../../src/core/clock.ts';
import { eventually } from '../../contract/eventually.ts';

let cleanup = new AsyncDisposableStack();
afterEach(async () => {
  const done = cleanup;
  cleanup = new AsyncDisposableStack();
  await done.disposeAsync();
});

const schema = buildSchema(`
  type Query { none: Int }
  enum ResourceType { VIRTUAL_MACHINE }
  input InventoryFilter { none: Int }
  interface Node { id: ID! }
  type VirtualMachine implements Node { id: ID! name: String powerState: String cpuCount: Int memoryMiB: Int }
  type Host implements Node { id: ID! name: String state: String }
  type Datastore implements Node { id: ID! name: String freeBytes: Int }
  type Network implements Node { id: ID! name: String }
  type InventoryEvent {
    type: String source: String fromSequence: Int sequence: Int node: Node resumeToken: String
  }
  type Subscription {
    inventoryChanged(types: [ResourceType!], filter: InventoryFilter, after: String): InventoryEvent
  }`);

interface TestEndpoint {
  readonly url: string;
  readonly server: Server;
  readonly sockets: ReadonlySet<WebSocket>;
  /** The tokens that streams asked to go on after. */
  readonly asked: (string | null)[];
  /** What each connection said that it is authorized by. */
  readonly authorizations: unknown[];
  /** Ends all streams as a broker does whose user's token has expired, and says so to whoever shows it again. */
  expire(): void;
}

/** Numbers the events from the token on; after `until` of them it falls silent. */
async function startEndpoint(until: number, refusal?: GraphQLError): Promise<TestEndpoint> {
  const server = createServer();
  const wss = new WebSocketServer({ server });
  const asked: (string | null)[] = [];
  const authorizations: unknown[] = [];
  const expired = new Set<unknown>();
  useServer(
    {
      schema,
      onConnect({ connectionParams, extra }) {
        authorizations.push(connectionParams?.['authorization']);
        if (expired.has(authorizations.at(-1))) {
          extra.socket.close(4403, 'TOKEN_EXPIRED: The token has expired.');
        }
      },
      roots: {
        subscription: {
          async *inventoryChanged({ after }: { readonly after: string | null }) {
            if (refusal) throw refusal;
            asked.push(after);
            for (let at = Number(after ?? 0) + 1; at <= until; at += 1) {
              yield { inventoryChanged: { type: 'MODIFIED', sequence: at, resumeToken: String(at) } };
            }
            await new Promise(() => undefined);
          },
        },
      },
    },
    wss,
  );
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  cleanup.defer(() => {
    wss.clients.forEach((socket) => socket.terminate());
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  const expire = (): void => {
    expired.add(authorizations.at(-1));
    wss.clients.forEach((socket) => socket.close(4403, 'TOKEN_EXPIRED: The token has expired.'));
  };
  return { url: `http://127.0.0.1:${port}`, server, sockets: wss.clients, asked, authorizations, expire };
}

function follow(
  urls: readonly string[],
  { patienceMs = 5_000, token }: { patienceMs?: number; token?: GetToken } = {},
) {
  const stop = new AbortController();
  cleanup.defer(() => stop.abort(new Error('The test is over.')));
  const streams = createStreams({ endpoints: urls, clock: systemClock, patienceMs, token });
  return streams.follow(WatchInventoryDocument, {}, stop.signal);
}

describe('a stream over several endpoints', () => {
  test('goes on at another endpoint after the last event that came, without a gap and without a repetition', async () => {
    const [first, second] = [await startEndpoint(3), await startEndpoint(6)];
    const events = follow([first.url, second.url]);
    const seen: (number | null)[] = [];
    for await (const { sequence } of events) {
      seen.push(sequence);
      if (sequence === 3) {
        first.sockets.forEach((socket) => socket.terminate());
        first.server.close();
      }
      if (sequence === 6) break;
    }
    expect(seen).toEqual([1, 2, 3, 4, 5, 6]);
    expect(first.asked[0]).toBeNull();
    expect(second.asked).toEqual(['3']);
    await eventually(() => expect(second.sockets.size).toBe(0));
  });

  test('leaves an endpoint that hangs', async () => {
    const [first, second] = [await startEndpoint(1), await startEndpoint(2)];
    const events = follow([first.url, second.url]);
    expect((await events.next()).value?.sequence).toBe(1);
    // As a process that was stopped: its connections stay, and nothing is answered on them.
    first.sockets.forEach((socket) => socket.pause());
    expect((await events.next()).value?.sequence).toBe(2);
    await events.return();
  }, 20_000);

  test('ends with what a broker says if that refuses it', async () => {
    const refusal = new GraphQLError('"x" is not a token.', { extensions: { code: 'REVISION_INVALID' } });
    const endpoint = await startEndpoint(0, refusal);
    const failed = follow([endpoint.url]).next();
    await expect(failed).rejects.toThrow(StreamRefused);
    await expect(failed).rejects.toMatchObject({ code: 'REVISION_INVALID' });
  });

  test('says which endpoints did not answer once its patience is over', async () => {
    const endpoint = await startEndpoint(0);
    endpoint.server.close();
    await expect(follow([endpoint.url], { patienceMs: 500 }).next()).rejects.toMatchObject({
      code: 'ENDPOINT_UNREACHABLE',
      message: expect.stringContaining(endpoint.url),
    });
  });

  test('of how things are begins anew at another endpoint, and tells errors beside the data', async () => {
    const [first, second] = [await startEndpoint(1), await startEndpoint(2)];
    const streams = createStreams({ endpoints: [first.url, second.url], clock: systemClock });
    const results = streams.watch(WatchInventoryDocument, {}, new AbortController().signal);
    expect((await results.next()).value).toMatchObject({ data: { inventoryChanged: { sequence: 1 } }, errors: [] });
    first.sockets.forEach((socket) => socket.terminate());
    first.server.close();
    expect((await results.next()).value).toMatchObject({ data: { inventoryChanged: { sequence: 1 } } });
    expect(second.asked).toHaveLength(1);
    await results.return();
  });

  test('goes on with another token when its own has expired', async () => {
    const endpoint = await startEndpoint(3);
    let given = 0;
    const events = follow([endpoint.url], { token: async () => `token-${++given}` });
    for (const expected of [1, 2, 3]) {
      expect((await events.next()).value?.sequence).toBe(expected);
    }
    endpoint.expire();
    const next = events.next();
    await eventually(() => expect(endpoint.asked).toEqual([null, '3']));
    expect(endpoint.authorizations).toEqual(['Bearer token-1', 'Bearer token-2']);
    cleanup.defer(() => void next.catch(() => undefined));
  });

  test('ends when there is no other token than the one that has expired', async () => {
    const endpoint = await startEndpoint(1);
    const events = follow([endpoint.url], { token: async () => 'the-only-one' });
    expect((await events.next()).value?.sequence).toBe(1);
    endpoint.expire();
    await expect(events.next()).rejects.toMatchObject({ code: 'TOKEN_EXPIRED', message: 'The token has expired.' });
  });

  test('ends with what kept it from getting a token', async () => {
    const endpoint = await startEndpoint(1);
    const token: GetToken = () => Promise.reject(new Error('You are not logged in.'));
    await expect(follow([endpoint.url], { token }).next()).rejects.toThrow('You are not logged in.');
    expect(endpoint.sockets.size).toBe(0);
  });
});
