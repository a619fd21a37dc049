import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { OperationTypeNode, parse } from 'graphql';

import { SitewideError } from '../../../src/core/errors.ts';
import { createPeerTransport } from '../../../src/gateway/peer-transport.ts';
import type { SourceBody } from '../../../src/merge/combine.ts';
import { anonymous } from '../../../src/model/principal.ts';
import { sendError } from '../../../src/http/answer.ts';
import { eventually } from '../../contract/eventually.ts';

// A broker made of a plain HTTP server, so that the connections can be counted and an answer held back.

let connections = 0;
const held: ServerResponse[] = [];
const server = createServer((request, response) => {
  response.setHeader('sitewide-installation', 'a');
  if (request.url === '/held') {
    held.push(response);
  } else if (request.url === '/full') {
    sendError(response, new SitewideError('OVERLOADED', {}));
  } else {
    response.end('{"data":{"ok":true}}');
  }
});
let url: string;

beforeAll(async () => {
  server.on('connection', (socket) => {
    connections += 1;
    socket.once('close', () => (connections -= 1));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterAll(() => {
  server.closeAllConnections();
  server.close();
});

const text = '{ ok }';
const request = {
  document: parse(text),
  text,
  variables: {},
  operation: OperationTypeNode.QUERY,
  examine: (data: SourceBody['data']) => ({ data, problem: null, strange: new Map() }),
};
const options = {
  source: 'installation:a',
  principal: anonymous,
  requestId: 'r',
  trace: { traceparent: '' },
  remainingMs: 5_000,
  signal: AbortSignal.timeout(20_000),
};

test('a forgotten broker loses its idle connections at once, and those in use when they are done', async () => {
  await using transport = createPeerTransport();
  await transport.send(request, { ...options, url: `${url}/graphql` });
  const waiting = transport.send(request, { ...options, url: `${url}/held` });
  await eventually(() => expect(held).toHaveLength(1));
  transport.forget(url);
  await transport.send(request, { ...options, url: `${url}/graphql` });
  held.pop()!.end('{"data":{"ok":"late"}}');
  expect(await waiting).toMatchObject({ data: { ok: 'late' } });
  await eventually(() => expect(connections).toBe(1));
  transport.forget(url);
  await eventually(() => expect(connections).toBe(0));
});

test('the sizes of the bodies are told', async () => {
  await using transport = createPeerTransport();
  const traffic = { sentBytes: 0, receivedBytes: 0 };
  await transport.send(request, { ...options, url: `${url}/graphql`, traffic });
  expect(traffic).toEqual({ sentBytes: JSON.stringify({ query: text, variables: {} }).length, receivedBytes: 20 });
});

test('a broker without room is told from one that fails, so that it is not taken for dead', async () => {
  await using transport = createPeerTransport();
  await expect(transport.send(request, { ...options, url: `${url}/full` })).rejects.toMatchObject({
    status: 'UNREACHABLE',
    message: 'This broker has more requests than it can answer now.',
    retryable: true,
    overloaded: true,
  });
});
