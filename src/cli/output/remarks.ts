import type { Answer } from '../../client/answer.ts';
import { coverageOfAnswer } from '../exit-code.ts';
import { coverageLine } from './coverage.ts';
import { visibleText } from './text.ts';

// What is said about an answer beside its data: how complete it is, and what went wrong.

/** One line for each field with coverage, one for each error, and one with what helps if a token is what is wrong. */
export function remarksOf(answer: Answer): string[] {
  const coverages = Object.entries(coverageOfAnswer(answer));
  return [
    ...answer.errors.map(({ message, path, extensions }) => {
      const place = path === undefined ? '' : `${path.join('.')}: `;
      const code = extensions?.['code'];
      return visibleText(`error: ${place}${message} (${typeof code === 'string' ? code : 'no code'})`);
    }),
    ...(answer.errors.some(({ extensions }) => String(extensions?.['code']).startsWith('TOKEN_'))
      ? ['Log in with "sitewide login", or give a token in SITEWIDE_TOKEN.']
      : []),
    ...coverages.map(([path, coverage]) => {
      const line = coverageLine(coverage);
      return coverages.length > 1 ? `${visibleText(path)}: ${line}` : line;
    }),
  ];
}
