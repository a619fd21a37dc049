import type { Lack, SourceBody, SourceRequest } from '../merge/combine.ts';
import { AttemptFailure } from '../scatter/outcome.ts';

// Answers of brokers are looked at before anybody merges them.

/**
 * The answer with null in place of what is not known here, which is noted in `lacks`.
 * @throws AttemptFailure if it cannot be right.
 */
export function examineAnswer(request: Pick<SourceRequest, 'examine'>, body: SourceBody): SourceBody {
  if (body.rows) {
    // Only brokers of the very same schema are asked for them; keys are looked at while they are merged.
    return body;
  }
  const { data, problem, strange } = request.examine(body.data);
  if (problem !== null) {
    throw new AttemptFailure('ERROR', `its answer cannot be right: ${problem}`, { retryable: true });
  }
  if (strange.size === 0) {
    return body;
  }
  const lacks = new Map([...strange].map(([name, fields]) => [name, lackOf(fields)] as const));
  return { ...body, data, lacks };
}

/** What it means that a source gives values of these fields that are not known here. */
export function lackOf(fields: readonly string[]): Lack {
  return { fields, message: `another version: its values of ${fields.join(', ')} are not all known here` };
}

/** What is lacking for two reasons, by response name. */
export function mergeLacks(one: ReadonlyMap<string, Lack>, other: ReadonlyMap<string, Lack>): Map<string, Lack> {
  const merged = new Map(one);
  for (const [name, lack] of other) {
    merged.set(name, joinLacks(merged.get(name), lack)!);
  }
  return merged;
}

/** What is lacking of one question for two reasons. */
export function joinLacks(one: Lack | undefined, other: Lack | undefined): Lack | undefined {
  if (!one || !other || one === other) {
    return one ?? other;
  }
  const fields = [...new Set([...one.fields, ...other.fields])].sort();
  return { fields, message: `${one.message}; ${other.message}` };
}
