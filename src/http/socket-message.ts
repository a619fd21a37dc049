import { type Message, parseMessage } from 'graphql-ws';
import type { RawData } from 'ws';

import { refuseDeepNesting } from './nesting.ts';

// What a client says over a socket, as graphql-transport-ws has it.

/** The message; null for what is none. */
export function readMessage(data: RawData): Message | null {
  try {
    // Text arrives in one buffer.
    const text = (data as Buffer).toString('utf8');
    refuseDeepNesting(text);
    return parseMessage(text);
  } catch {
    return null;
  }
}
