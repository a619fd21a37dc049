import { expect, test } from '@jest/globals';

import { type Asked, createRepeatedQuestions } from '../../../src/http/repeated-questions.ts';
import type { AnswerAgain, HttpRequestContext } from '../../../src/http/request-context.ts';

// Which questions are known from before, and what they are answered with.

const headers = { 'content-type': 'application/json' };

interface Sent {
  readonly body?: unknown;
  readonly method?: string;
  readonly accept?: string;
  readonly isPart?: boolean;
  readonly again?: AnswerAgain;
}

function ask({ body = { query: '{ a }' }, method = 'POST', accept = '*/*', isPart = false, again }: Sent = {}): Asked {
  return { method, accept, body, context: { isPart, findings: { again } } as unknown as HttpRequestContext };
}

/** Gives its variables back. */
const echo: AnswerAgain = async (variables) => ({ data: { ...variables } });

test('a question that was answered is answered by what is known of it, with its own variables', async () => {
  const questions = createRepeatedQuestions();
  expect(await questions.answer(ask())).toBeNull();
  questions.learn(ask({ again: echo }), headers);
  const found = await questions.answer(ask({ body: { query: '{ a }', variables: { n: 2 } } }));
  expect(found).toEqual({ status: 200, headers, text: '{"data":{"n":2}}\n' });
});

test.each<readonly [string, Sent]>([
  ['another text', { body: { query: '{ b }' } }],
  ['another operation', { body: { query: '{ a }', operationName: 'B' } }],
  ['another form of the answer', { accept: 'application/graphql-response+json' }],
  ['another broker in place of a client', { isPart: true }],
  ['another method', { method: 'GET' }],
  ['no object', { body: [{ query: '{ a }' }] }],
  ['variables that are none', { body: { query: '{ a }', variables: 'n' } }],
  ['a persisted query', { body: { query: '{ a }', extensions: { persistedQuery: {} } } }],
])('%s is another question', async (_, other) => {
  const questions = createRepeatedQuestions();
  questions.learn(ask({ again: echo }), headers);
  expect(await questions.answer(ask())).not.toBeNull();
  expect(await questions.answer(ask(other))).toBeNull();
});

test('what has to be executed is not kept', async () => {
  const questions = createRepeatedQuestions();
  questions.learn(ask(), headers);
  expect(await questions.answer(ask())).toBeNull();
});

test.each<readonly [string, AnswerAgain]>([
  ['an answer with errors', async () => null],
  ['a refusal', () => Promise.reject(new Error('refused'))],
])('%s is left to whoever executes it', async (_, again) => {
  const questions = createRepeatedQuestions();
  questions.learn(ask({ again }), headers);
  expect(await questions.answer(ask())).toBeNull();
});
