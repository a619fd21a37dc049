import type { ActionKind, PowerAction } from '../../model/action.ts';

// Every effect that an action had on the world, in order: what tests count, to find what was done twice.

/** One effect. */
export interface Effect {
  /** From 1 on, without gaps. */
  readonly number: number;
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly operationId: string;
  readonly epoch: number;
  readonly kind: ActionKind;
  /** Of a change of power. */
  readonly action: PowerAction | null;
  readonly vm: string;
}

/** The latest effects. */
export interface Effects {
  add(effect: Omit<Effect, 'number'>): void;
  /** Those after this number; fewer than there were if they are not kept. */
  after(number: number): readonly Effect[];
}

const keptEffects = 100_000;

/** No effects yet. */
export function createEffects(kept = keptEffects): Effects {
  let effects: Effect[] = [];
  let number = 0;
  return {
    add(effect) {
      number += 1;
      effects.push({ number, ...effect });
      if (effects.length > 2 * kept) effects = effects.slice(-kept);
    },
    after: (wanted) => effects.filter((effect) => effect.number > wanted),
  };
}
