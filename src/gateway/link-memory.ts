import { createHash } from 'node:crypto';

import { LRUCache } from 'lru-cache';

import type { SourceRequest } from '../merge/combine.ts';
import type { Principal } from '../model/principal.ts';

// What a broker remembers of its links to other sites: which broker there knows which text, and the last answer to each
// question. All of it may be forgotten at any time; then more is sent.

/** What is remembered of the brokers of other sites. */
export interface PeerMemory {
  /** True if the broker has said that it keeps this text. */
  knows(origin: string, document: string): boolean;
  /** The broker keeps this text, and reads bodies in these encodings. */
  learned(origin: string, document: string, encodings: string): void;
  /** True if it reads bodies that zstd has compressed. */
  readsZstd(origin: string): boolean;
  /** It may be another program by now. */
  forget(origin: string): void;
}

/** So many texts are known to be known at one broker. */
const textsPerPeer = 2_000;
/** So many brokers of other sites are remembered. */
const mostPeers = 1_000;

/** Nothing remembered of anybody. */
export function createPeerMemory(): PeerMemory {
  const peers = new LRUCache<string, Peer>({ max: mostPeers });
  return {
    knows: (origin, document) => peers.get(origin)?.texts.has(document) ?? false,
    learned(origin, document, encodings) {
      const peer = peers.get(origin) ?? { texts: new LRUCache<string, true>({ max: textsPerPeer }), encodings };
      peer.texts.set(document, true);
      peers.set(origin, { ...peer, encodings });
    },
    readsZstd: (origin) => peers.get(origin)?.encodings.split(',').includes('zstd') ?? false,
    forget: (origin) => void peers.delete(origin),
  };
}

interface Peer {
  readonly texts: LRUCache<string, true>;
  readonly encodings: string;
}

/** An answer as it came, with its validator. */
export interface KeptAnswer {
  readonly validator: string;
  readonly text: string;
}

/** Some thousand small answers, or a dozen large ones. */
const mostCharacters = 33_554_432;
/** A larger answer would take the place of too many others. */
const longestAnswer = 4_194_304;

/** The last answer to each question, by its key. Texts, not values: what is made of an answer may be changed by whoever merges it. */
export function createKeptAnswers(): LRUCache<string, KeptAnswer> {
  return new LRUCache({
    maxSize: mostCharacters,
    maxEntrySize: longestAnswer,
    sizeCalculation: ({ text }) => Math.max(1, text.length),
  });
}

interface Asked {
  readonly source: string;
  readonly only?: readonly string[] | null | undefined;
  readonly document: string;
  readonly principal: Principal;
}

/** What tells one question from another: who asks, who is asked for which part, the text, its variables. */
export function questionKey(
  { variables }: Pick<SourceRequest, 'variables'>,
  { source, only, document, principal: { subject, groups, site } }: Asked,
): string {
  const question = JSON.stringify([source, only ?? null, document, variables, subject, groups, site]);
  return createHash('sha256').update(question).digest('base64url');
}
