import { buildSubgraphSchema } from '@apollo/subgraph';
import { type GraphQLSchema, OperationTypeNode, parse } from 'graphql';
import { LRUCache } from 'lru-cache';

import { abortable } from '../core/abort.ts';
import type { Clock } from '../core/clock.ts';
import { createDeadline } from '../core/deadline.ts';
import { schemaHash } from '../core/schema-hash.ts';
import type { SourceRequest } from '../merge/combine.ts';
import { AttemptFailure } from '../scatter/outcome.ts';
import type { PeerTransport, SendOptions } from './peer-transport.ts';

// Which version of the base schema a broker speaks. Every answer names it; what an unknown name stands for is asked of the
// broker once. During an upgrade the brokers of one source differ, so that it is known of each address.

/** How many versions are remembered; few meet at a time, and each is some megabytes. */
const rememberedVersions = 8;
/** How many addresses are remembered; more than brokers that one asks. */
const rememberedAddresses = 4_000;
/** How long a broker may take to tell its schema, in milliseconds; the request that it is for may end before that. */
const tellingMs = 5_000;

/** A version of the base schema. */
export interface SchemaVersion {
  readonly hash: string;
  readonly schema: GraphQLSchema;
}

/** What is known of the versions of brokers. */
export interface PeerSchemas {
  /** Notes which version the broker at this address says it speaks; undefined if it does not say. */
  note(url: string, hash: string | undefined): void;
  /** The version that the broker last spoke; undefined if it never said. */
  hashAt(url: string): string | undefined;
  /** The schema of a version, if it is known. */
  versionOf(hash: string | undefined): SchemaVersion | null;
  /**
   * The schema that the broker speaks now, asked of it.
   * @throws AttemptFailure, or whatever the network or the signal throws.
   */
  ask(options: SendOptions): Promise<SchemaVersion>;
}

interface PeerSchemasOptions {
  readonly transport: Pick<PeerTransport, 'send'>;
  readonly clock: Clock;
}

/** Of no broker is anything known yet. */
export function createPeerSchemas({ transport, clock }: PeerSchemasOptions): PeerSchemas {
  const hashes = new LRUCache<string, string>({ max: rememberedAddresses });
  const versions = new LRUCache<string, SchemaVersion>({ max: rememberedVersions });
  const asking = new Map<string, Promise<SchemaVersion>>();
  const fetchVersion = async (options: SendOptions): Promise<SchemaVersion> => {
    // Others wait for it as well, so that it does not end with the request that began it.
    using deadline = createDeadline({ clock, timeoutMs: tellingMs });
    const own = { ...options, signal: deadline.signal, remainingMs: tellingMs, traffic: undefined };
    const { data, schema: named } = await transport.send(question, own);
    const sdl = (data?.['_service'] as { readonly sdl?: unknown } | null | undefined)?.sdl;
    if (typeof sdl !== 'string') {
      throw new AttemptFailure('ERROR', 'it does not tell its schema', { retryable: true });
    }
    const hash = named ?? schemaHash(sdl);
    const version = versions.get(hash) ?? { hash, schema: readSchema(sdl) };
    versions.set(hash, version);
    return version;
  };
  return {
    note(url, hash) {
      if (hash === undefined) {
        hashes.delete(url);
      } else if (hashes.peek(url) !== hash) {
        hashes.set(url, hash);
      }
    },
    hashAt: (url) => hashes.get(url),
    versionOf: (hash) => (hash === undefined ? null : (versions.get(hash) ?? null)),
    ask(options) {
      const name = hashes.get(options.url) ?? options.url;
      const running = asking.get(name) ?? fetchVersion(options).finally(() => asking.delete(name));
      asking.set(name, running);
      return abortable(running, options.signal);
    },
  };
}

/** @throws AttemptFailure if the text is no schema of ours. */
function readSchema(sdl: string): GraphQLSchema {
  try {
    return buildSubgraphSchema(parse(sdl));
  } catch (cause) {
    throw new AttemptFailure('ERROR', 'its schema cannot be read', { retryable: true, cause });
  }
}

const text = '{ _service { sdl } }';

const question: SourceRequest = {
  document: parse(text),
  text,
  operation: OperationTypeNode.QUERY,
  variables: {},
  examine: (data) => ({ data, problem: null, strange: new Map() }),
};
