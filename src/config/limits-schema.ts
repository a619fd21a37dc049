import { z } from 'zod';

import { integer, strict, text } from './rules.ts';

// The sections of the configuration that keep what is asked within bounds, and web pages of others away.

// Measured on the longest documents of common tools: the introspection query of GraphiQL has about 300 tokens.
/** What a request may be, and how much there may be at a time. */
export const limits = strict({
  bodyBytes: integer(1_024, 104_857_600).default(1_048_576),
  depth: integer(1, 200).default(20),
  aliases: integer(0, 10_000).default(50),
  rootFields: integer(1, 1_000).default(20),
  fields: integer(1, 100_000).default(2_000),
  directives: integer(0, 10_000).default(50),
  // The largest page has a thousand rows; this is one with a page of a hundred in each, or with all that a machine has.
  cost: integer(1, 1_000_000_000).default(250_000),
  tokens: integer(100, 1_000_000).default(10_000),
  // What a dashboard asks in a second is below a hundred, and a broker answers some thousands.
  principal: strict({
    requestsPerSecond: integer(1, 1_000_000).default(1_000),
    burst: integer(1, 10_000_000).default(5_000),
    concurrent: integer(1, 100_000).default(256),
  }).prefault({}),
  // Waiting costs little, so there is room for more than can be computed at a time: the queue bounds that.
  concurrent: strict({
    federation: integer(1, 100_000).default(128),
    site: integer(1, 100_000).default(128),
    installation: integer(1, 100_000).default(256),
  }).prefault({}),
  queue: strict({
    length: integer(0, 100_000).default(256),
    waitMs: integer(1, 60_000).default(1_000),
    lastingWaitMs: integer(1, 60_000).default(250),
  }).prefault({}),
  unsentBytes: integer(1_048_576, 68_719_476_736).default(134_217_728),
  streams: strict({
    sockets: integer(1, 100_000).default(1_000),
    perSocket: integer(1, 100_000).default(1_000),
    perBroker: integer(1, 1_000_000).default(10_000),
    perAddress: integer(1, 100_000).default(200),
    // Enough for a client that comes back with all of its subscriptions.
    messagesPerSecond: integer(1, 1_000_000).default(500),
    messagesBurst: integer(1, 10_000_000).default(5_000),
  }).prefault({}),
});

const host = text('a host name such as "brokers.example.org", without port')
  .regex(/^[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?$/)
  .transform((name) => name.toLowerCase());

/** Further names by which this broker is reached. */
export const hosts = z.array(host, { error: () => 'a list of host names such as "brokers.example.org"' });

const origin = text('the origin of a page such as "https://dashboard.example.org", without path').refine(isOrigin);

/** The pages of others that may ask. */
export const cors = strict({
  origins: z.array(origin, { error: () => 'a list of origins such as "https://dashboard.example.org"' }).default([]),
});

/** To whom the schema is shown. True and false stand for `on` and `off`. */
export const introspection = z
  .union([z.enum(['on', 'authenticated', 'off']), z.boolean()], {
    error: () => '"on", "authenticated" (only to those who say who they are), "off", true or false',
  })
  .transform((value) => (value === true ? 'on' : value === false ? 'off' : value));

/** Whether only known documents may be asked. */
export const persistedDocuments = strict({
  mode: z.enum(['only', 'allow', 'off'], { error: () => 'one of only, allow, off' }).default('off'),
  file: text('the name of a JSON file with the documents of your clients').min(1).optional(),
});

/** What a request may be at most. */
export type LimitsConfig = z.output<typeof limits>;
/** Whether only known documents may be asked. */
export type PersistedDocumentsConfig = z.output<typeof persistedDocuments>;
/** The pages of others that may ask. */
export type CorsConfig = z.output<typeof cors>;

function isOrigin(value: string): boolean {
  const url = URL.parse(value);
  return url !== null && /^https?:$/.test(url.protocol) && url.origin === value;
}
