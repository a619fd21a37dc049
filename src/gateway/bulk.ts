import { SitewideError } from '../core/errors.ts';
import type { FieldAnswer, FieldQuestion } from './field-question.ts';

// A change of many machines, wherever in the site they are.

/** Answers a mutation that every source carries out its part of. */
export async function answerBulk({ subquery }: FieldQuestion): Promise<FieldAnswer> {
  const problem = 'changes of a whole site are not carried out yet';
  throw new SitewideError('SOURCE_FAILED', { source: 'this broker', field: subquery.responseName, problem });
}
