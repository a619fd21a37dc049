import { systemClock, type Clock } from '../../core/clock.ts';

// The time of this machine in fractions of a millisecond. A delay of 40 ms that is rounded twice is off by more than a
// measurement of 3 % may be.

/** As the system's clock, but finer; it costs a little of the processor at the end of each sleep. */
export const preciseClock: Clock = {
  now: () => performance.timeOrigin + performance.now(),
  async sleep(milliseconds, signal) {
    const until = performance.now() + milliseconds;
    // The system wakes up to a millisecond late; this one is there before and looks.
    const whole = Math.trunc(milliseconds) - 1;
    if (whole > 0) {
      await systemClock.sleep(whole, signal);
    }
    while (performance.now() < until) {
      signal.throwIfAborted();
      await new Promise<void>((resolve) => setImmediate(resolve));
    }
  },
  after(milliseconds, wake) {
    const calledOff = new AbortController();
    preciseClock.sleep(milliseconds, calledOff.signal).then(wake, () => undefined);
    return () => calledOff.abort();
  },
};
