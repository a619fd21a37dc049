import { setTimeout as delay } from 'node:timers/promises';

// Waiting for something that another process will bring about: a condition with a deadline, in place of a sleep.

const defaultDeadlineMs = 10_000;
const pauseMs = 20;

/**
 * Repeats a check until it passes, and gives its result.
 * @param check Throws, for example through `expect`, as long as it is too early.
 * @throws What the check threw last, once the deadline has passed.
 */
export async function eventually<T>(check: () => T | Promise<T>, deadlineMs = defaultDeadlineMs): Promise<T> {
  const end = Date.now() + deadlineMs;
  for (;;) {
    try {
      return await check();
    } catch (thrown) {
      if (Date.now() >= end) {
        throw thrown;
      }
    }
    await delay(pauseMs);
  }
}
