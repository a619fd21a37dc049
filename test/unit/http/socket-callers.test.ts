import { expect, test } from '@jest/globals';

import { createSocketCallers } from '../../../src/http/socket-callers.ts';

test('an address may have only so many sockets, until it closes one', () => {
  const callers = createSocketCallers(2);
  const first = callers.enter('192.0.2.1');
  callers.enter('192.0.2.1');
  expect(() => callers.enter('192.0.2.1')).toThrow('You may have 2 WebSockets open; ask again in 1000 ms.');
  expect(() => callers.enter('192.0.2.2')).not.toThrow();
  first[Symbol.dispose]();
  expect(() => callers.enter('192.0.2.1')).not.toThrow();
});

test('this machine itself is not counted', () => {
  const callers = createSocketCallers(1);
  callers.enter('::1');
  expect(() => callers.enter('::1')).not.toThrow();
});
