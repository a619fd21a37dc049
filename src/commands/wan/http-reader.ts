// Finds the messages of HTTP/1.1 in a stream of bytes, however it is cut (RFC 9112, sections 2 and 6). It reads heads and
// passes over bodies; it never changes or keeps anything.

/** The head of a message. */
export interface MessageHead {
  /** For example `POST /graphql HTTP/1.1` or `HTTP/1.1 200 OK`. */
  readonly startLine: string;
  /** By name in small letters. */
  readonly headers: ReadonlyMap<string, string>;
}

/** What follows a head. `rest`: everything from here on is something else than HTTP. */
export type Body =
  { readonly kind: 'bytes'; readonly length: number } | { readonly kind: 'chunks' } | { readonly kind: 'rest' };

interface HttpReaderOptions {
  /** Told of each head; says what follows. */
  readonly onHead: (head: MessageHead) => Body;
  /** Told how many bytes of the message whose head came last have been seen. */
  readonly onBytes: (count: number) => void;
  /** Gets everything that follows a head with `rest`, and everything that is no HTTP. */
  readonly onRest: (chunk: Buffer) => void;
}

/** Reads the bytes of one direction. */
export interface HttpReader {
  push(chunk: Buffer): void;
  /** What was taken for something else is HTTP again. */
  goOn(): void;
  /** True if what came is no HTTP. */
  readonly isOpaque: boolean;
}

type State =
  | { readonly at: 'head' | 'chunk-size' | 'trailer' | 'rest' | 'opaque' }
  | { readonly at: 'bytes'; readonly left: number; readonly then: 'head' | 'chunk-size' };

/** No head that we send or take is longer, in bytes; something that is, is no HTTP. */
const longestHead = 65_536;

/** Reads from the beginning of a connection. */
export function createHttpReader({ onHead, onBytes, onRest }: HttpReaderOptions): HttpReader {
  let state: State = { at: 'head' };
  let pending: Buffer = Buffer.alloc(0);
  /** A head, a line of sizes or a line of the trailer: as far as its end, or null as long as that is not there. */
  const take = (end: string): Buffer | null => {
    const at = pending.indexOf(end);
    if (at === -1) {
      return null;
    }
    const taken = pending.subarray(0, at + end.length);
    pending = pending.subarray(at + end.length);
    return taken;
  };
  const takeAll = (): Buffer => {
    const taken = pending;
    pending = Buffer.alloc(0);
    return taken;
  };
  const readHead = (): boolean => {
    if (pending.length > 0 && !isToken(pending[0]!)) {
      state = { at: 'opaque' };
      return true;
    }
    const text = take('\r\n\r\n');
    if (text === null) {
      state = pending.length > longestHead ? { at: 'opaque' } : state;
      return state.at === 'opaque';
    }
    state = after(onHead(parseHead(text.toString('latin1'))));
    onBytes(text.length);
    return true;
  };
  const readChunkSize = (): boolean => {
    const line = take('\r\n');
    if (line === null) {
      return false;
    }
    onBytes(line.length);
    const size = Number.parseInt(line.toString('latin1'), 16);
    state = size > 0 ? { at: 'bytes', left: size + '\r\n'.length, then: 'chunk-size' } : { at: 'trailer' };
    return true;
  };
  const readTrailer = (): boolean => {
    const line = take('\r\n');
    if (line === null) {
      return false;
    }
    onBytes(line.length);
    state = { at: line.length === '\r\n'.length ? 'head' : 'trailer' };
    return true;
  };
  /** One step; false if more bytes are needed for the next one. */
  const step = (): boolean => {
    switch (state.at) {
      case 'head':
        return readHead();
      case 'chunk-size':
        return readChunkSize();
      case 'trailer':
        return readTrailer();
      case 'bytes': {
        const count = Math.min(state.left, pending.length);
        pending = pending.subarray(count);
        onBytes(count);
        state = count === state.left ? { at: state.then } : { ...state, left: state.left - count };
        return state.at !== 'bytes';
      }
      case 'rest':
      case 'opaque':
        onRest(takeAll());
        return false;
    }
  };
  return {
    get isOpaque() {
      return state.at === 'opaque';
    },
    push(chunk) {
      pending = pending.length === 0 ? chunk : Buffer.concat([pending, chunk]);
      while (pending.length > 0 && step());
    },
    goOn() {
      state = { at: 'head' };
    },
  };
}

/** The end of a body whose end is told by that of the connection. */
export const untilTheEnd: Body = { kind: 'bytes', length: Number.POSITIVE_INFINITY };

/** What the head of a request says about its body; that of a response as well, unless it is one that never has any. */
export function bodyOf({ headers }: MessageHead, otherwise: Body): Body {
  if (/\bchunked\b/i.test(headers.get('transfer-encoding') ?? '')) {
    return { kind: 'chunks' };
  }
  const length = headers.get('content-length');
  return length === undefined ? otherwise : { kind: 'bytes', length: Number(length) };
}

function after(body: Body): State {
  switch (body.kind) {
    case 'rest':
      return { at: 'rest' };
    case 'chunks':
      return { at: 'chunk-size' };
    case 'bytes':
      return body.length === 0 ? { at: 'head' } : { at: 'bytes', left: body.length, then: 'head' };
  }
}

function parseHead(text: string): MessageHead {
  const [startLine = '', ...lines] = text.trimEnd().split('\r\n');
  const pairs = lines.map((line): [string, string] => {
    const colon = line.indexOf(':');
    return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()];
  });
  return { startLine, headers: new Map(pairs) };
}

/** What a method or a version of HTTP begins with; what begins otherwise, such as a record of TLS, is something else. */
function isToken(byte: number): boolean {
  return byte >= 0x41 && byte <= 0x5a;
}
