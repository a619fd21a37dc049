import type { Predicate } from './filter.ts';

// The conditions that filters are made of, by the type of the value they look at. Each takes the way to a row's value and
// gives what FilterSpec wants: a function from a condition to a predicate.

/** Conditions on a text. */
export interface StringFilter extends Presence {
  readonly eq?: string | null | undefined;
  readonly in?: readonly string[] | null | undefined;
  readonly contains?: string | null | undefined;
  readonly startsWith?: string | null | undefined;
  readonly endsWith?: string | null | undefined;
  /** Compare the `toLowerCase()` of both sides. */
  readonly ignoreCase?: boolean | null | undefined;
}

/** Conditions on an opaque name. */
export interface IdFilter {
  readonly eq?: string | null | undefined;
  readonly in?: readonly string[] | null | undefined;
}

/** Conditions on a number, or on an instant in milliseconds since 1970. */
export interface NumberFilter extends Presence {
  readonly eq?: number | null | undefined;
  readonly in?: readonly number[] | null | undefined;
  readonly gt?: number | null | undefined;
  readonly gte?: number | null | undefined;
  readonly lt?: number | null | undefined;
  readonly lte?: number | null | undefined;
}

/** Conditions on one label. */
export interface LabelFilter {
  readonly key: string;
  readonly eq?: string | null | undefined;
  readonly in?: readonly string[] | null | undefined;
  readonly exists?: boolean | null | undefined;
}

interface Presence {
  readonly isNull?: boolean | null | undefined;
}

type Test<Value> = (value: Value) => boolean;

/** A text; null is a missing one. */
export function text<R>(of: (row: R) => string | null): (condition: StringFilter) => Predicate<R> {
  return (condition) => {
    const holds = withPresence(condition, textTests(condition));
    return (row) => holds(of(row));
  };
}

/** Several texts, of which at least one must meet the condition; none at all is a missing text. */
export function anyText<R>(of: (row: R) => readonly string[]): (condition: StringFilter) => Predicate<R> {
  return (condition) => {
    const holds = withPresence(condition, textTests(condition));
    return (row) => {
      const values = of(row);
      return values.length === 0 ? holds(null) : values.some(holds);
    };
  };
}

/** A number; null is a missing one. */
export function number<R>(of: (row: R) => number | null): (condition: NumberFilter) => Predicate<R> {
  return (condition) => {
    const holds = withPresence(condition, numberTests(condition));
    return (row) => holds(of(row));
  };
}

/** An opaque name; null is a missing one. */
export function id<R>(of: (row: R) => string | null): (condition: IdFilter) => Predicate<R> {
  return (condition) => {
    const holds = withPresence({}, membershipTests(condition));
    return (row) => holds(of(row));
  };
}

/** One of some words. The condition is the list of those wanted; an empty list holds for none. */
export function oneOf<R, Word extends string>(of: (row: R) => Word): (wanted: readonly Word[]) => Predicate<R> {
  return (wanted) => {
    const words = new Set(wanted);
    return (row) => words.has(of(row));
  };
}

/** Labels. All conditions must hold. */
export function labels<R>(
  of: (row: R) => Readonly<Record<string, string>>,
): (conditions: readonly LabelFilter[]) => Predicate<R> {
  return (conditions) => {
    const tests = conditions.map(labelTest);
    return (row) => tests.every((holds) => holds(of(row)));
  };
}

function labelTest(condition: LabelFilter): Test<Readonly<Record<string, string>>> {
  const holds = withPresence(
    { isNull: typeof condition.exists === 'boolean' ? !condition.exists : null },
    membershipTests(condition),
  );
  return (all) => holds(Object.hasOwn(all, condition.key) ? all[condition.key]! : null);
}

/** A missing value meets no test, so it holds only where there is none, or where it is what is wanted. */
function withPresence<Value>({ isNull }: Presence, tests: readonly Test<Value>[]): Test<Value | null> {
  const nullHolds = tests.length === 0 && isNull !== false;
  return (value) => (value === null ? nullHolds : isNull !== true && tests.every((holds) => holds(value)));
}

function textTests(condition: StringFilter): Test<string>[] {
  const { ignoreCase, contains, startsWith, endsWith } = condition;
  const fold = (value: string): string => (ignoreCase === true ? value.toLowerCase() : value);
  const tests = membershipTests({
    eq: mapPresent(condition.eq, fold),
    in: mapPresent(condition.in, (values) => values.map(fold)),
  });
  addTest(tests, mapPresent(contains, fold), (wanted) => (value) => value.includes(wanted));
  addTest(tests, mapPresent(startsWith, fold), (wanted) => (value) => value.startsWith(wanted));
  addTest(tests, mapPresent(endsWith, fold), (wanted) => (value) => value.endsWith(wanted));
  return ignoreCase === true ? tests.map((holds) => (value: string) => holds(value.toLowerCase())) : tests;
}

function numberTests(condition: NumberFilter): Test<number>[] {
  const tests = membershipTests<number>(condition);
  addTest(tests, condition.gt, (wanted) => (value) => value > wanted);
  addTest(tests, condition.gte, (wanted) => (value) => value >= wanted);
  addTest(tests, condition.lt, (wanted) => (value) => value < wanted);
  addTest(tests, condition.lte, (wanted) => (value) => value <= wanted);
  return tests;
}

function membershipTests<Value>(condition: {
  readonly eq?: Value | null | undefined;
  readonly in?: readonly Value[] | null | undefined;
}): Test<Value>[] {
  const tests: Test<Value>[] = [];
  addTest(tests, condition.eq, (wanted) => (value) => value === wanted);
  addTest(
    tests,
    mapPresent(condition.in, (values) => new Set(values)),
    (wanted) => (value) => wanted.has(value),
  );
  return tests;
}

function addTest<Wanted, Value>(
  tests: Test<Value>[],
  wanted: Wanted | null | undefined,
  compile: (wanted: Wanted) => Test<Value>,
): void {
  if (wanted !== null && wanted !== undefined) {
    tests.push(compile(wanted));
  }
}

function mapPresent<Value, Result>(value: Value | null | undefined, map: (value: Value) => Result): Result | null {
  return value === null || value === undefined ? null : map(value);
}
