import type { UserError, UserErrorCode } from './operation.ts';

// What values the inputs of changes may have, whatever the inventory has.

const longestName = 255;
const longestKey = 253;
const longestValue = 4_096;
const mostCpus = 1_024;
/** 16 TiB. */
const mostMemoryMiB = 16_777_216;

interface Labelled {
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
}

/** Why this is not a name for a machine or a snapshot; empty if it is. */
export function checkName(name: string): readonly UserError[] {
  return name.trim() === '' || name.length > longestName
    ? [refusal('INVALID_ARGUMENT', 'input.name', `A name has 1 to ${longestName} characters; found ${name.length}.`)]
    : [];
}

/** Why a machine cannot be of this size; empty if it can. */
export function checkSizes({
  cpuCount,
  memoryMiB,
}: {
  readonly cpuCount?: number;
  readonly memoryMiB?: number;
}): UserError[] {
  return [
    ...(cpuCount !== undefined && (cpuCount < 1 || cpuCount > mostCpus)
      ? [refusal('INVALID_ARGUMENT', 'input.cpuCount', `It must be from 1 to ${mostCpus}; found ${cpuCount}.`)]
      : []),
    ...(memoryMiB !== undefined && (memoryMiB < 1 || memoryMiB > mostMemoryMiB)
      ? [refusal('INVALID_ARGUMENT', 'input.memoryMiB', `It must be from 1 to ${mostMemoryMiB}; found ${memoryMiB}.`)]
      : []),
  ];
}

/** Why these cannot be labels or annotations, by the lengths that schema/vm-operation.graphql allows; empty if they can. */
export function checkLabels(labelled: Labelled): readonly UserError[] {
  return (['labels', 'annotations'] as const).flatMap((list) =>
    Object.entries(labelled[list] ?? {}).flatMap(([key, value]) => {
      const isAllowed = key.length > 0 && key.length <= longestKey && value.length <= longestValue;
      const message = `A key has 1 to ${longestKey} characters and a value at most ${longestValue}; found ${key.length} and ${value.length}.`;
      return isAllowed ? [] : [refusal('INVALID_ARGUMENT', `input.${list}`, message)];
    }),
  );
}

/** Why a part of the input is refused; null for none in particular. */
export function refusal(code: UserErrorCode, field: string | null, message: string): UserError {
  return { code, field, message };
}
