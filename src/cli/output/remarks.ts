import type { Answer } from '../../client/answer.ts';
import { coverageOfAnswer } from '../exit-code.ts';
import type { AnswerCoverage } from '../exit-code.ts';
import { visibleText } from './text.ts';

// What is said about an answer beside its data: how complete it is, and what went wrong.

/** One line for each field with coverage, and one for each error. */
export function remarksOf(answer: Answer): string[] {
  const coverages = Object.entries(coverageOfAnswer(answer));
  return [
    ...answer.errors.map(({ message, path, extensions }) => {
      const place = path === undefined ? '' : `${path.join('.')}: `;
      const code = extensions?.['code'];
      return visibleText(`error: ${place}${message} (${typeof code === 'string' ? code : 'no code'})`);
    }),
    ...coverages.map(([path, coverage]) => {
      const line = coverageLine(coverage);
      return coverages.length > 1 ? `${visibleText(path)}: ${line}` : line;
    }),
  ];
}

/** `coverage: complete, 3 of 3 sources: demo-a OK, demo-b OK, demo-c OK`. */
export function coverageLine({ complete, sources }: AnswerCoverage): string {
  const concerned = sources.filter(({ status }) => status !== 'SKIPPED');
  const answered = concerned.filter(({ status }) => status === 'OK' || status === 'STALE' || status === 'MISSED');
  const list = sources.map(({ id, status, message }) => {
    const name = id.replace(/^installation:/, '');
    return `${name} ${status}${message ? ` (${message})` : ''}`;
  });
  const count = `${answered.length} of ${concerned.length} sources`;
  return visibleText(`coverage: ${complete ? 'complete' : 'partial'}, ${count}: ${list.join(', ')}`);
}
