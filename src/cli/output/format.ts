import { stringify } from 'yaml';

import type { Answer } from '../../client/answer.ts';
import { rowsOf } from './rows.ts';
import { tableOf } from './table.ts';
import { visibleText } from './text.ts';

// The formats of `-o`.

/** The formats, in the order of the help. */
export const formats = ['table', 'wide', 'json', 'jsonl', 'yaml', 'name'] as const;

/** One of the formats. */
export type Format = (typeof formats)[number];

/** What goes to stdout: for json and yaml the whole answer, for the others its data. Ends with a line break. */
export function formatAnswer(answer: Answer, format: Format): string {
  switch (format) {
    case 'table':
    case 'wide':
      return tableOf(answer.data, { wide: format === 'wide' });
    case 'json':
      return `${JSON.stringify(wholeAnswer(answer), null, 2)}\n`;
    case 'yaml':
      return stringify(wholeAnswer(answer));
    case 'jsonl':
      return rowsOf(answer.data)
        .map((row) => `${JSON.stringify(row)}\n`)
        .join('');
    case 'name':
      return rowsOf(answer.data)
        .map((row) => `${visibleText(nameOf(row))}\n`)
        .join('');
  }
}

/** As the broker sent it, in the order of the specification. */
function wholeAnswer({ errors, data, extensions }: Answer): Record<string, unknown> {
  return {
    ...(errors.length > 0 && { errors }),
    data,
    ...(Object.keys(extensions).length > 0 && { extensions }),
  };
}

function nameOf(row: unknown): string {
  const { name, localId, id } = (row ?? {}) as Record<string, unknown>;
  return [name, localId, id].find((text) => typeof text === 'string') ?? '-';
}
