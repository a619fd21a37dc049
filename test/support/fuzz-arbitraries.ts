import fc, { type Arbitrary } from 'fast-check';

import { encodeMessage, type MessageKind, messageKind } from '../../src/core/conduit.ts';

// What somebody may send who means no good, or whose program is broken.

/** Things that brokers once gave out, to be sent back as they are, or with something wrong. */
export interface Known {
  readonly ids: readonly string[];
  readonly cursors: readonly string[];
  readonly tokens: readonly string[];
  /** A bearer token that is sound. */
  readonly bearer: string;
}

/** A request over HTTP. */
export interface FuzzedRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/** A text that was sound until something happened to it. */
function spoilt(sound: readonly string[]): Arbitrary<string> {
  const base = fc.constantFrom(...sound);
  return fc.oneof(
    base,
    fc.tuple(base, fc.nat(), fc.string({ maxLength: 3 })).map(([text, at, by]) => {
      const place = at % (text.length + 1);
      return text.slice(0, place) + by + text.slice(place + 1);
    }),
    fc.tuple(base, fc.nat()).map(([text, at]) => text.slice(0, at % (text.length + 1))),
    fc.tuple(base, base).map(([one, other]) => one + other),
    fc.string({ unit: 'binary', maxLength: 60 }),
    fc.base64String({ maxLength: 200 }),
    fc.constantFrom('', '\0', 'null', '__proto__', 'constructor', '.', '..', ':', '|', 'a'.repeat(5_000)),
  );
}

/** Operations with variables of which anything may be wrong. */
function operations({ ids, cursors, tokens }: Known): Arbitrary<Record<string, unknown>> {
  const value = fc.oneof({ weight: 6, arbitrary: spoilt([...ids, ...cursors, ...tokens]) }, fc.jsonValue());
  const count = fc.oneof(fc.integer({ min: -3, max: 1_100 }), fc.double(), fc.constantFrom(2 ** 31, '1', null));
  return fc.record({
    query: fc.constantFrom(...documents),
    variables: fc.record({ id: spoilt(ids), ids: fc.array(spoilt(ids)), text: value, count }, { requiredKeys: [] }),
    operationName: fc.option(fc.constantFrom('A', '__proto__', '')),
    extensions: fc.option(fc.jsonValue()),
  });
}

/** Each takes some of `$id`, `$ids`, `$text` and `$count`. */
const documents = [
  'query A($id: ID!) { node(id: $id) { id __typename } virtualMachine(id: $id) { name snapshots { name } } }',
  'query A($text: String, $count: Int) { virtualMachines(first: $count, after: $text) { nodes { id host { name } } pageInfo { endCursor } } }',
  'query A($text: String, $count: Int) { hosts(last: $count, before: $text) { totalCount nodes { id } } }',
  'query A($text: String) { virtualMachines(first: 2, filter: { name: { contains: $text } }) { totalCount } }',
  'query A($text: String!) { virtualMachines(first: 2) @coverage(atLeast: $text) { totalCount } }',
  'query A($text: String!) { hosts(first: 2) @coverage(sources: [$text]) { totalCount } }',
  'query A($id: ID!) { operation(id: $id) { state } viewer { subject can(action: READ, id: $id) } }',
  'query A($text: String, $count: Int) { operations(first: $count, after: $text) { nodes { id } } }',
  'query A($ids: [_Any!]!) { _entities(representations: $ids) { __typename } }',
  'mutation A($id: ID!, $text: String) { setPowerState(input: { id: $id, target: RUNNING, idempotencyKey: $text }) { operation { id } } }',
  'mutation A($id: ID!) { cancelOperation(input: { id: $id }) { operation { id } } }',
  'subscription A($text: String) { inventoryChanged(after: $text) { type resumeToken } }',
  'subscription A($id: ID!, $text: String) { operationUpdated(id: $id, after: $text) { type } }',
  'subscription A($text: String) { virtualMachinesLive(filter: { name: { contains: $text } }) { nodes { id } } }',
  '{ site { id } }',
  `{ ${'a: '.repeat(3)} site }`,
  `{ ${'site { '.repeat(400)} id ${'}'.repeat(400)} }`,
  `{ site { ...A } } fragment A on Site { ...B } fragment B on Site { ...A }`,
  `query ($a: [[[[[Int]]]]] = ${'['.repeat(900)}${']'.repeat(900)}) { site { id } }`,
];

/** What stands in `authorization`. */
export function bearers({ bearer }: Known): Arbitrary<string | undefined> {
  const part = fc.oneof(
    fc.jsonValue().map((json) => encoded(JSON.stringify(json))),
    fc.base64String({ maxLength: 80 }),
  );
  const header = fc.record({
    alg: fc.constantFrom('none', 'HS256', 'ES256', 'RS256', 'EdDSA', 'x'),
    kid: fc.option(fc.string()),
    crit: fc.option(fc.array(fc.string())),
  });
  const made = fc.tuple(header, part, fc.base64String({ maxLength: 120 }));
  return fc.oneof(
    { weight: 5, arbitrary: fc.constant(`Bearer ${bearer}`) },
    fc.constant(undefined),
    spoilt([bearer]).map((text) => `Bearer ${text}`),
    made.map(([head, payload, signature]) => `Bearer ${encoded(JSON.stringify(head))}.${payload}.${signature}`),
    spoilt(['Basic YTpi', 'Bearer', 'bearer  x', 'Bearer sw_x_y']),
  );
}

/** Requests over HTTP. */
export function requests(known: Known): Arbitrary<FuzzedRequest> {
  const value = spoilt([...known.tokens, ...known.ids, '1', '-1', '1e9', '{}', 'NaN', 'gzip', 'SITE', 'FEDERATION']);
  const name = fc.constantFrom(...headerNames);
  return fc.record({
    method: fc.oneof({ weight: 8, arbitrary: fc.constant('POST') }, fc.constantFrom('GET', 'PUT', 'OPTIONS', 'HEAD')),
    path: fc.oneof(
      { weight: 6, arbitrary: fc.constantFrom(...paths) },
      fc.webPath(),
      fc.webPath().map((path) => `/graphql${path}`),
    ),
    headers: fc
      .tuple(
        fc.oneof({ weight: 5, arbitrary: fc.constant('application/json') }, fc.constantFrom(...contentTypes)),
        bearers(known),
        fc.dictionary(name, value, { maxKeys: 4 }),
      )
      .map(([type, authorization, others]) => sendable({ 'content-type': type, authorization, ...others })),
    body: bodies(known),
  });
}

/** Requests over HTTP as of another broker, of which anything may be wrong but its certificate. */
export function peerRequests(known: Known): Arbitrary<FuzzedRequest> {
  const text = spoilt(['alice', 'sitewide://lyon/b/b-1', '127.0.0.1', 'lyon', '']);
  const principal = fc.record(
    {
      subject: text,
      groups: fc.array(text, { maxLength: 3 }),
      site: fc.option(text),
      expiresAt: fc.option(fc.double()),
    },
    { requiredKeys: [] },
  );
  const origin = fc.record({ address: fc.option(text), broker: fc.option(text) }, { requiredKeys: [] });
  const json = (made: Arbitrary<unknown>): Arbitrary<string> =>
    fc.oneof(
      { weight: 4, arbitrary: made.map((value) => encoded(JSON.stringify(value) ?? '')) },
      spoilt([encoded('{"subject":"alice","groups":[],"site":null,"expiresAt":null}')]),
    );
  const headers = fc.record(
    {
      'sitewide-tier': fc.oneof({ weight: 6, arbitrary: fc.constantFrom('INSTALLATION', 'SITE') }, text),
      'sitewide-principal': json(fc.oneof({ weight: 4, arbitrary: principal }, fc.jsonValue())),
      'sitewide-origin': json(fc.oneof({ weight: 4, arbitrary: origin }, fc.jsonValue())),
      'sitewide-assertion': bearers(known).map((bearer = '') => bearer.replace('Bearer ', '')),
      'sitewide-document': spoilt(['0'.repeat(64)]),
      'sitewide-if-unchanged': spoilt(['none', 'a.b']),
      'sitewide-sources': spoilt(['installation:a', 'site:lyon', 'installation:a,installation:b']),
      'sitewide-deadline-ms': spoilt(['1000', '0', '-1', '1e9']),
    },
    { requiredKeys: ['sitewide-tier'] },
  );
  return fc
    .tuple(requests(known), headers)
    .map(([request, own]) => ({ ...request, headers: { ...request.headers, ...sendable(own) } }));
}

const paths = [
  '/graphql',
  '/federation/graphql',
  '/installation/graphql',
  '/health/ready',
  '/metrics',
  '/',
  '/graphql?query={site{id}}',
];
const contentTypes = [
  '',
  'text/plain',
  'application/graphql',
  'application/json; charset=utf-16',
  'multipart/form-data; boundary=',
  'application/x-www-form-urlencoded',
  'a/b;;;=',
];
const headerNames = [
  ...[
    'tier',
    'sources',
    'at-least',
    'document',
    'principal',
    'assertion',
    'deadline-ms',
    'request-id',
    'origin',
    'explain',
    'site',
  ].map((name) => `sitewide-${name}`),
  ...[
    'accept',
    'accept-encoding',
    'content-encoding',
    'host',
    'origin',
    'traceparent',
    'tracestate',
    'cookie',
    'expect',
    'upgrade',
  ],
];

function bodies(known: Known): Arbitrary<Buffer> {
  return fc.oneof(
    { weight: 6, arbitrary: operations(known).map((json) => Buffer.from(JSON.stringify(json))) },
    fc.json({ maxDepth: 6 }).map((text) => Buffer.from(text)),
    fc.array(operations(known), { maxLength: 3 }).map((json) => Buffer.from(JSON.stringify(json))),
    fc.uint8Array({ maxLength: 400 }).map((bytes) => Buffer.from(bytes)),
    fc.tuple(operations(known), fc.nat()).map(([json, at]) => cut(JSON.stringify(json), at)),
    operations(known).map((json) => Buffer.from(JSON.stringify(json), 'utf16le')),
    fc.nat({ max: 20_000 }).map((depth) => Buffer.from('{"query":' + '['.repeat(depth))),
    fc.nat({ max: 2_000_000 }).map((size) => Buffer.alloc(size, 0x20)),
    fc.string({ unit: 'binary', maxLength: 200 }).map((query) => Buffer.from(JSON.stringify({ query }))),
  );
}

/** Messages over a WebSocket, in an order that nobody has promised. */
export function conversations(known: Known): Arbitrary<(string | Buffer)[]> {
  const id = fc.constantFrom('1', '2', '', '__proto__');
  const message = fc.oneof(
    { weight: 3, arbitrary: fc.record({ type: fc.constant('subscribe'), id, payload: operations(known) }) },
    fc.record({
      type: fc.constantFrom('complete', 'ping', 'pong', 'next', 'error', 'connection_ack', 'x'),
      id,
      payload: fc.jsonValue(),
    }),
    bearers(known).map((authorization) => ({ type: 'connection_init', payload: { authorization } })),
    fc.record({ type: fc.jsonValue(), id: fc.jsonValue(), payload: fc.jsonValue() }),
    fc.jsonValue(),
  );
  const frame = fc.oneof(
    { weight: 8, arbitrary: message.map((json): string | Buffer => JSON.stringify(json) ?? '') },
    fc.string({ unit: 'binary', maxLength: 100 }),
    fc.uint8Array({ maxLength: 100 }).map((bytes) => Buffer.from(bytes)),
    fc.nat({ max: 1_500_000 }).map((size) => 'x'.repeat(size)),
  );
  const hello = JSON.stringify({ type: 'connection_init', payload: { authorization: `Bearer ${known.bearer}` } });
  const start = fc.oneof({ weight: 4, arbitrary: fc.constant([hello]) }, fc.constant([]));
  return fc.tuple(start, fc.array(frame, { maxLength: 8 })).map(([first, others]) => [...first, ...others]);
}

/** Messages on a conduit, of which anything may be wrong but that a broker has opened it. */
export function conduitMessages(known: Known): Arbitrary<Buffer[]> {
  const kind = fc.constantFrom<MessageKind>(...Object.values(messageKind));
  const id = fc.oneof({ weight: 4, arbitrary: fc.nat({ max: 3 }) }, fc.nat({ max: 2 ** 32 - 1 }));
  const request = fc
    .tuple(id, peerRequests(known))
    .map(([at, { headers, body }]) =>
      encodeMessage(messageKind.request, at, JSON.stringify(headers), body.subarray(0, 900_000)),
    );
  const other = fc
    .tuple(kind, id, fc.oneof(fc.json(), fc.string()), fc.uint8Array({ maxLength: 50 }))
    .map(([what, at, head, body]) => encodeMessage(what, at, head, Buffer.from(body)));
  const bytes = fc.uint8Array({ maxLength: 60 }).map((made) => Buffer.from(made));
  const message = fc.oneof({ weight: 8, arbitrary: request }, { weight: 2, arbitrary: other }, bytes);
  return fc.array(message, { minLength: 1, maxLength: 6 });
}

/** Frames as bytes: opcodes, lengths, masks and fragments by chance. */
export function rawFrames(): Arbitrary<Buffer> {
  const frame = fc
    .tuple(fc.nat({ max: 255 }), fc.nat({ max: 255 }), fc.uint8Array({ maxLength: 40 }))
    .map(([first, second, rest]) => Buffer.from([first, second, ...rest]));
  return fc.array(frame, { minLength: 1, maxLength: 6 }).map((frames) => Buffer.concat(frames));
}

function encoded(text: string): string {
  return Buffer.from(text).toString('base64url');
}

function cut(text: string, at: number): Buffer {
  return Buffer.from(text.slice(0, at % text.length));
}

/** Without what Node itself refuses to send. */
function sendable(headers: Readonly<Record<string, string | undefined>>): Record<string, string> {
  const entries = Object.entries(headers).filter((entry): entry is [string, string] => entry[1] !== undefined);
  return Object.fromEntries(
    entries.map(([name, value]) => [name, value.replace(/[^\t\x20-\x7e\x80-\xff]/g, '?').slice(0, 6_000)]),
  );
}
