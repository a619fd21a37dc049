import { Agent, createServer, type IncomingMessage, request as send, type ServerResponse } from 'node:http';
import { type AddressInfo, connect, createServer as createSocketServer, type Socket } from 'node:net';

import { conduitProtocol } from '../../src/core/conduit.ts';

// A proxy in front of one broker that spoils what passes, as networks, load balancers and broken brokers do. Its address
// is the one that the site knows.

/** What is wrong at the moment. */
export type Fault =
  | { readonly kind: 'none' }
  /** Every answer comes so many milliseconds later. */
  | { readonly kind: 'delay'; readonly milliseconds: number }
  /** The body ends in the middle, and the connection with it. */
  | { readonly kind: 'truncate' }
  /** Status 200 and bytes that mean nothing. */
  | { readonly kind: 'garbage' }
  /** Status 500 and a page. */
  | { readonly kind: 'error' }
  /** Connections are accepted and nothing is read; what came over earlier ones is never answered. */
  | { readonly kind: 'half-open' }
  /** Every connection is reset. */
  | { readonly kind: 'reset' }
  /** Everything goes to another broker. */
  | { readonly kind: 'misdirect'; readonly to: string }
  /** The JSON of answers to other brokers is changed. */
  | { readonly kind: 'rewrite'; readonly change: (body: unknown) => unknown };

/** A running proxy. */
export interface FaultProxy extends AsyncDisposable {
  readonly url: string;
  /** How many requests came, by path. */
  readonly requests: ReadonlyMap<string, number>;
  /** The paths of the web sockets that are open. */
  readonly webSockets: readonly string[];
  /** Spoils everything from now on, also what is under way; `none` heals. */
  setFault(fault: Fault): void;
}

/** The path whose answers `rewrite` changes: brokers ask there. */
const rewrittenPath = '/installation/graphql';

interface Wire {
  readonly target: string;
  readonly agent: Agent;
  fault: Fault;
  /** Answers that are never given, until the fault ends. */
  readonly held: Set<Socket>;
  /** Web sockets. */
  readonly tunnels: Set<Tunnel>;
}

/** Both ends of a web socket. */
interface Tunnel {
  readonly path: string;
  readonly isConduit: boolean;
  readonly near: Socket;
  readonly far: Socket;
}

/** Starts a proxy in front of this address. */
export async function startFaultProxy(target: string): Promise<FaultProxy> {
  const requests = new Map<string, number>();
  const wire: Wire = {
    target,
    agent: new Agent({ keepAlive: true, maxSockets: 256 }),
    fault: { kind: 'none' },
    held: new Set(),
    tunnels: new Set(),
  };
  const sockets = new Set<Socket>();
  const http = createServer({ keepAliveTimeout: 60_000 }, (request, response) => {
    const path = request.url ?? '';
    requests.set(path, (requests.get(path) ?? 0) + 1);
    void pass(wire, request, response);
  });
  http.on('upgrade', (request: IncomingMessage, socket: Socket, head: Buffer) => {
    tunnel(wire, { request, socket, head });
  });
  // A server of plain connections in front, since an HTTP server reads whatever comes.
  const front = createSocketServer({ noDelay: true }, (socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined).once('close', () => sockets.delete(socket));
    if (wire.fault.kind === 'reset') {
      socket.resetAndDestroy();
    } else if (wire.fault.kind === 'half-open') {
      wire.held.add(socket);
    } else {
      http.emit('connection', socket);
    }
  });
  await new Promise<void>((resolve) => front.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(front.address() as AddressInfo).port}`,
    requests,
    get webSockets() {
      return [...wire.tunnels].map(({ path }) => path);
    },
    setFault(fault) {
      wire.fault = fault;
      if (fault.kind === 'reset') {
        sockets.forEach((socket) => socket.resetAndDestroy());
      }
      for (const socket of wire.held) {
        socket.destroy();
      }
      wire.held.clear();
      wire.tunnels.forEach((one) => spoil(one, fault));
    },
    async [Symbol.asyncDispose]() {
      wire.agent.destroy();
      sockets.forEach((socket) => socket.destroy());
      await new Promise((resolve) => front.close(resolve));
    },
  };
}

/** Bytes both ways, from the request that asked for a web socket on. */
function tunnel(
  wire: Wire,
  {
    request,
    socket: near,
    head,
  }: { readonly request: IncomingMessage; readonly socket: Socket; readonly head: Buffer },
): void {
  const { hostname, port } = new URL(wire.fault.kind === 'misdirect' ? wire.fault.to : wire.target);
  const far = connect({ host: hostname, port: Number(port), noDelay: true });
  const isConduit = request.headers['sec-websocket-protocol'] === conduitProtocol;
  const one: Tunnel = { path: request.url ?? '', isConduit, near, far };
  wire.tunnels.add(one);
  const end = (): void => {
    wire.tunnels.delete(one);
    near.destroy();
    far.destroy();
  };
  for (const socket of [near, far]) {
    socket.on('error', () => undefined).once('close', end);
  }
  const lines = [`${request.method} ${request.url} HTTP/1.1`];
  for (let at = 0; at < request.rawHeaders.length; at += 2) {
    lines.push(`${request.rawHeaders[at]}: ${request.rawHeaders[at + 1]}`);
  }
  far.write(`${lines.join('\r\n')}\r\n\r\n`);
  far.write(head);
  near.pipe(far);
  far.pipe(near);
  spoil(one, wire.fault);
}

/** What a fault of HTTP means for a web socket: it is silent, or gone. */
function spoil({ near, far, isConduit }: Tunnel, fault: Fault): void {
  if (isConduit && fault.kind === 'rewrite') {
    // What is rewritten is JSON over HTTP.
    near.destroy();
    return;
  }
  switch (fault.kind) {
    case 'none':
    case 'rewrite':
    case 'misdirect':
      near.resume();
      far.resume();
      return;
    case 'half-open':
    case 'delay':
      // A pipe that is unpiped by nobody stays; a socket that is paused reads nothing.
      near.pause();
      far.pause();
      return;
    case 'reset':
    case 'error':
    case 'garbage':
    case 'truncate':
      near.resetAndDestroy();
      far.destroy();
  }
}

async function pass(wire: Wire, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { fault } = wire;
  switch (fault.kind) {
    case 'garbage':
      response.end(Buffer.from('\u0000\u0001{"data": \u00ff\u00fe]]', 'latin1'));
      return;
    case 'error':
      response.writeHead(500, { 'content-type': 'text/html' }).end('<h1>Internal Server Error</h1>');
      return;
    case 'half-open':
      wire.held.add(request.socket);
      return;
    case 'delay':
      await pause(fault.milliseconds, response);
      break;
    default:
      break;
  }
  if (!response.destroyed) {
    forward(wire, request, response);
  }
}

function forward(wire: Wire, request: IncomingMessage, response: ServerResponse): void {
  const to = wire.fault.kind === 'misdirect' ? wire.fault.to : wire.target;
  const upstream = send(`${to}${request.url ?? ''}`, {
    agent: wire.agent,
    method: request.method,
    // Rows are not JSON; a broker that is asked for nothing else answers like one of before.
    headers: wire.fault.kind === 'rewrite' ? { ...request.headers, accept: 'application/json' } : request.headers,
  });
  upstream.on('error', () => request.socket.resetAndDestroy());
  // Whoever goes away must be gone for the broker as well.
  response.once('close', () => upstream.destroy());
  upstream.on('response', (answer) => {
    answer.on('error', () => request.socket.resetAndDestroy());
    give(wire, { request, response, answer });
  });
  request.pipe(upstream);
}

interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly answer: IncomingMessage;
}

function give(wire: Wire, { request, response, answer }: Exchange): void {
  const { fault } = wire;
  const { connection: _, 'keep-alive': __, ...headers } = answer.headers;
  const status = answer.statusCode ?? 502;
  if (fault.kind === 'half-open') {
    wire.held.add(request.socket);
    answer.resume();
    return;
  }
  if (fault.kind === 'truncate' || (fault.kind === 'rewrite' && request.url === rewrittenPath)) {
    void collect(answer).then((body) => {
      if (fault.kind === 'rewrite') {
        const text = JSON.stringify(fault.change(JSON.parse(body.toString())));
        response.writeHead(status, { ...headers, 'content-length': Buffer.byteLength(text) }).end(text);
        return;
      }
      response.writeHead(status, { ...headers, 'content-length': body.length });
      response.write(body.subarray(0, body.length >> 1), () => request.socket.destroy());
    });
    return;
  }
  response.writeHead(status, headers);
  answer.pipe(response);
}

async function collect(answer: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  answer.on('data', (chunk: Buffer) => chunks.push(chunk));
  await new Promise((resolve) => answer.once('close', resolve));
  return Buffer.concat(chunks);
}

/** Waits, unless the caller goes away before. */
function pause(milliseconds: number, response: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, milliseconds);
    response.once('close', () => {
      clearTimeout(timer);
      resolve();
    });
  });
}
