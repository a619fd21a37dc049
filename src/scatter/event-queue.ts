import type { Clock } from '../core/clock.ts';

// What happens while one caller waits: events in the order in which they come, taken one by one.

/** Events for a single taker. */
export interface EventQueue<Event> {
  push(event: Event): void;
  /** Pushes the event after so many milliseconds, unless the queue is closed before. */
  pushLater(milliseconds: number, event: Event): void;
  /** The next event, as soon as there is one. */
  take(): Promise<Event>;
  /** Stops the timers. */
  close(): void;
}

/** An empty queue. */
export function createEventQueue<Event>(clock: Clock): EventQueue<Event> {
  const timers: (() => void)[] = [];
  const events: Event[] = [];
  let taker: ((event: Event) => void) | null = null;
  const push = (event: Event): void => {
    if (taker) {
      taker(event);
      taker = null;
    } else {
      events.push(event);
    }
  };
  return {
    push,
    pushLater(milliseconds, event) {
      timers.push(clock.after(milliseconds, () => push(event)));
    },
    take: () =>
      new Promise((resolve) => {
        const event = events.shift();
        if (event === undefined) {
          taker = resolve;
        } else {
          resolve(event);
        }
      }),
    close: () => timers.forEach((callOff) => callOff()),
  };
}
