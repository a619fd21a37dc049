import { createClient } from 'graphql-ws';
import { WebSocket } from 'ws';

// A subscriber as any client is one: a socket of its own at a broker, and events one by one.

/** An event, with whatever the test has selected of it. */
export interface ReadEvent {
  readonly type: string;
  readonly source: string | null;
  readonly node?: { readonly name: string } | null;
  readonly resumeToken: string;
}

/** A subscriber. Disposing it closes its socket. */
export interface StreamReader<Event> extends AsyncDisposable {
  /** The next result as it came. @throws What the stream ended with. */
  result(): Promise<{ readonly data: Readonly<Record<string, Event>>; readonly extensions?: Record<string, unknown> }>;
  /** The next event; null at the end. */
  next(): Promise<Event | null>;
  /** The next event that is no bookmark. */
  change(): Promise<Event>;
}

/** What is asked. */
interface Asked {
  readonly query: string;
  readonly variables?: Readonly<Record<string, unknown>>;
}

/** Subscribes at an address with its path, such as `http://…/federation/graphql`. */
export function readStream<Event extends { readonly type: string } = ReadEvent>(
  url: string,
  { query, variables = {} }: Asked,
): StreamReader<Event> {
  const client = createClient({ url: url.replace(/^http/, 'ws'), webSocketImpl: WebSocket, retryAttempts: 0 });
  const stream = client.iterate<Record<string, Event>>({ query, variables: { ...variables } });
  const next = async (): Promise<Event | null> => {
    const { value, done } = await stream.next();
    return done === true ? null : (Object.values(value.data ?? {})[0] ?? null);
  };
  return {
    result: async () => (await stream.next()).value as never,
    next,
    async change() {
      for (;;) {
        const event = await next();
        if (event === null) {
          throw new Error('The stream has ended.');
        }
        if (event.type !== 'BOOKMARK') {
          return event;
        }
      }
    },
    [Symbol.asyncDispose]: async () => client.dispose(),
  };
}
