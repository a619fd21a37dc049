import { sectionsOf } from './rows.ts';
import type { Flat, Section } from './rows.ts';
import { columnsOf, cutTo, visibleText } from './text.ts';

// Answers as tables for people. Scripts take json or jsonl: the look of a table may change.

interface TableOptions {
  /** Show every value whole. */
  readonly wide: boolean;
}

/** A value of a table that is not wide is cut to so many columns: the longest ids and addresses just fit. */
const cellColumns = 48;

/** The root fields of an answer: a table for each list, names and values for everything else. */
export function tableOf(data: Readonly<Record<string, unknown>> | null, options: TableOptions): string {
  const sections = sectionsOf(data);
  return sections
    .map((section) => (sections.length > 1 ? `${section.name}:\n` : '') + sectionText(section, options))
    .join('\n');
}

function sectionText({ rows, facts }: Section, options: TableOptions): string {
  const table = rows === null ? '' : rows.length === 0 ? 'no rows\n' : grid(rows, options);
  const beside = factLines(facts);
  return table + (table !== '' && beside !== '' ? '\n' : '') + beside;
}

function grid(rows: readonly Flat[], { wide }: TableOptions): string {
  const columns = columnsOfRows(rows);
  const cells = rows.map((row) =>
    columns.map((column) => (wide ? cellText(row[column]) : cutTo(cellText(row[column]), cellColumns))),
  );
  const heading = columns.map((column) => column.replace(/([a-z])([A-Z])(?=[a-z])/g, '$1_$2').toUpperCase());
  const numeric = columns.map((column) => rows.every((row) => row[column] === null || typeof row[column] === 'number'));
  const widths = columns.map((_, at) => Math.max(...[heading, ...cells].map((line) => columnsOf(line[at]!))));
  return [heading, ...cells]
    .map((line) =>
      line
        .map((cell, at) => pad(cell, widths[at]!, numeric[at]!))
        .join('  ')
        .trimEnd(),
    )
    .map((line) => `${line}\n`)
    .join('');
}

/** The columns in the order in which they were selected; a nested object that is null in some rows gives none there. */
function columnsOfRows(rows: readonly Flat[]): string[] {
  const all = new Set(rows.flatMap((row) => Object.keys(row)));
  const nested = [...all].filter((name) => name.includes('.'));
  return [...all].filter((name) => !nested.some((other) => other.startsWith(`${name}.`)));
}

function factLines(facts: Flat): string {
  const names = Object.keys(facts);
  const width = Math.max(0, ...names.map(columnsOf));
  return names.map((name) => `${pad(name, width, false)}  ${cellText(facts[name])}\n`).join('');
}

function cellText(value: unknown): string {
  if (value === null || value === undefined) {
    return '-';
  }
  return visibleText(Array.isArray(value) ? value.map(entryText).join(',') || '-' : plainText(value));
}

/** An entry of a list: `key=value` for a label, `name=vda capacityBytes=1` for another object. */
function entryText(entry: unknown): string {
  if (typeof entry !== 'object' || entry === null) {
    return plainText(entry);
  }
  if ('key' in entry && 'value' in entry) {
    return `${plainText(entry.key)}=${plainText(entry.value)}`;
  }
  return Object.entries(entry)
    .map(([name, value]) => `${name}=${plainText(value)}`)
    .join(' ');
}

/** Text as it is, everything else as JSON. */
function plainText(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function pad(text: string, columns: number, right: boolean): string {
  const space = ' '.repeat(Math.max(0, columns - columnsOf(text)));
  return right ? space + text : text + space;
}
