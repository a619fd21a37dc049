import type { Lack, SourceBody, SourceRequest } from '../merge/combine.ts';
import { AttemptFailure } from '../scatter/outcome.ts';

// Answers of brokers are looked at before anybody merges them.

/**
 * The answer with null in place of what is not known here, which is noted in `lacks`.
 * @throws AttemptFailure if it cannot be right.
 */
export function examineAnswer(request: Pick<SourceRequest, 'examine'>, body: SourceBody): SourceBody {
  const { data, problem, strange } = request.examine(body.data);
  if (problem !== null) {
    throw new AttemptFailure('ERROR', `its answer cannot be right: ${problem}`, { retryable: true });
  }
  if (strange.size === 0) {
    return body;
  }
  const lacks = new Map<string, Lack>();
  for (const [name, fields] of strange) {
    lacks.set(name, { fields, message: `another version: its values of ${fields.join(', ')} are not all known here` });
  }
  return { ...body, data, lacks };
}

/** What is lacking for two reasons. */
export function mergeLacks(one: ReadonlyMap<string, Lack>, other: ReadonlyMap<string, Lack>): Map<string, Lack> {
  const merged = new Map(one);
  for (const [name, { fields, message }] of other) {
    const known = merged.get(name);
    merged.set(
      name,
      known
        ? { fields: [...new Set([...known.fields, ...fields])].sort(), message: `${known.message}; ${message}` }
        : { fields, message },
    );
  }
  return merged;
}
