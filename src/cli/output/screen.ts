import { cutTo } from './text.ts';

// A page on a terminal that is drawn anew: it has to fit, or what was drawn before would move up instead of going away.

/** A terminal. */
interface Size {
  readonly columns: number;
  readonly rows: number;
}

/** The lines that fit: the table with as many of its rows as there is room for, and all that is said about it. */
export function screenOf(table: readonly string[], remarks: readonly string[], { columns, rows }: Size): string[] {
  const said = remarks.flatMap((remark) => wrapped(remark, columns));
  // One for the line that says what is left out, one between, one for the cursor.
  const room = Math.max(1, rows - said.length - 3);
  const left = table.length - room;
  const shown = left > 0 ? [...table.slice(0, room), `… ${left} more lines`] : table;
  return [...shown.map((line) => cutTo(line, columns)), '', ...said];
}

/** What is said is said whole. */
function wrapped(text: string, columns: number): string[] {
  const lines: string[] = [];
  for (let rest = text; rest !== '';) {
    const line = cutTo(rest, columns) === rest ? rest : cutTo(rest, Math.max(columns, 3)).slice(0, -1);
    lines.push(line);
    rest = rest.slice(line.length);
  }
  return lines;
}
