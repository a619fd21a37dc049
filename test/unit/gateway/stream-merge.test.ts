import { expect, test } from '@jest/globals';
import { parse } from 'graphql';

import { decodeRevisions, encodeRevisions } from '../../../src/core/revision-vector.ts';
import type { SourceEvent } from '../../../src/gateway/stream-event.ts';
import { mergeEvents } from '../../../src/gateway/stream-merge.ts';
import { readStream, type StreamQuestion } from '../../../src/gateway/stream-question.ts';
import { createStreamQueue } from '../../../src/gateway/stream-queue.ts';
import { baseSchema } from '../../support/change-broker.ts';
import { createManualClock } from '../../support/manual-clock.ts';

// When a quiet stream tells its place.

const never = new AbortController().signal;
const question = readStream(
  baseSchema,
  {
    document: parse('subscription { inventoryChanged { type token: resumeToken } }'),
    operationName: null,
    variables: {},
  },
  null,
) as StreamQuestion;

const event = (type: string, installation: string, revision: number): SourceEvent => {
  const place = { feed: installation, revision, part: 0 };
  const value = { type, token: 'theirs', sw__type: type, sw__resumeToken: encodeRevisions({ [installation]: place }) };
  return {
    source: `installation:${installation}`,
    installation,
    type,
    places: { [installation]: place },
    value,
    errors: [],
  };
};

test('the question asks for the place and the kind of each event, and takes its own place to begin at', () => {
  expect(question.text).toContain('inventoryChanged(after: $sw__after)');
  expect(question.text).toContain('sw__resumeToken: resumeToken');
  expect(question.asked).toEqual(
    new Map([
      ['type', 'type'],
      ['token', 'resumeToken'],
    ]),
  );
});

test('a bookmark is told at the beginning, after 10 s without anything else, and never beside an event', async () => {
  const clock = createManualClock();
  const queue = createStreamQueue(clock);
  const rest = { parts: null, foreign: null, coverage: null, isPart: false, clock };
  const options = { question, queue, told: new Map(), ...rest };
  const results = mergeEvents(options, never);
  const told: unknown[] = [];
  const next = async (): Promise<void> => {
    const { value } = await results.next();
    const { type, token } = value!.data!['inventoryChanged'] as { type: string; token: string };
    const places = Object.values(decodeRevisions(token)).map(({ feed, revision }) => `${feed}${revision}`);
    told.push(`${type} ${places.join(' ')}`);
  };
  queue.push(event('BOOKMARK', 'a', 1));
  queue.push(event('BOOKMARK', 'b', 1));
  let pending = next();
  await clock.advance(0);
  await pending;
  queue.push(event('BOOKMARK', 'a', 2));
  queue.push(event('ADDED', 'b', 2));
  await next();
  queue.push(event('BOOKMARK', 'a', 3));
  pending = next();
  await clock.advance(9_999);
  expect(told).toHaveLength(2);
  await clock.advance(1);
  await pending;
  expect(told).toEqual(['BOOKMARK a1 b1', 'ADDED a2 b2', 'BOOKMARK a3 b2']);
});
