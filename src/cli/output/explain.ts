import { isObject } from '../../core/is-object.ts';
import type { Answer } from '../../client/answer.ts';
import { columnsOf, cutTo, visibleText } from './text.ts';

// Draws `extensions.explain` for people: what was asked of whom, and a bar for each request on one scale of time. It reads
// without trust, as the extension comes over the wire and from brokers of other versions.

interface DrawOptions {
  /** How wide the terminal is. */
  readonly columns: number;
}

/** The drawing, with a line break at its end. */
export function drawExplanation(answer: Pick<Answer, 'extensions' | 'endpoint'>, { columns }: DrawOptions): string {
  const explain = answer.extensions['explain'];
  if (!isObject(explain)) {
    return 'explain: this broker does not say how its answer came about\n';
  }
  const totalMs = numberAt(explain, 'totalMs');
  const plan = explain['queryPlan'];
  const lines: Line[] = [
    { text: `explain: ${duration(totalMs)} at ${answer.endpoint}`, span: null },
    ...listAt(explain, 'fields').flatMap(fieldLines),
    ...listAt(explain, 'requests').flatMap(requestLines),
    ...listAt(explain, 'subgraphs').map((one) => ({
      text: `subgraph ${textAt(one, 'subgraph')}  ${outcomeOf(one)}, ${bytesOf(one)}`,
      span: spanOf(one),
    })),
  ];
  const drawn = layOut(lines, { columns, totalMs });
  const planText = typeof plan === 'string' ? plan.split('\n').map((line) => cutTo(visibleText(line), columns)) : [];
  return [...drawn, ...planText].map((line) => `${line}\n`).join('');
}

type Fields = Readonly<Record<string, unknown>>;

interface Span {
  readonly startedMs: number;
  readonly endedMs: number;
}

/** One line; with a span it gets a bar. */
interface Line {
  readonly text: string;
  readonly span: Span | null;
}

function fieldLines(field: Fields): Line[] {
  const rows = field['rows'] === null ? '' : `, ${numberAt(field, 'rows')} rows`;
  const sources = listAt(field, 'sources').map((source) => {
    const rowsOf = typeof source['rows'] === 'number' ? `, ${source['rows']} rows` : '';
    return { text: `${textAt(source, 'id')}  ${outcomeOf(source)}${rowsOf}`, span: null };
  });
  return [
    { text: `${textAt(field, 'path')}  ${textAt(field, 'crossing')}${rows}${deliveryOf(field)}`, span: spanOf(field) },
    ...branches(sources.map((source) => [source])),
  ];
}

/** For example ` as bytes`, or ` as values (several_lists)`; brokers of before do not say. */
function deliveryOf(field: Fields): string {
  const { as, reason } = (field['delivery'] ?? {}) as Fields;
  return typeof as === 'string' ? ` as ${as}${typeof reason === 'string' ? ` (${reason})` : ''}` : '';
}

function requestLines(request: Fields): Line[] {
  const attempts = listAt(request, 'attempts');
  const names = request['fields'];
  const fields = Array.isArray(names) ? names.map(String).join(', ') : '';
  const outcome = outcomeOf(request);
  const heading = attempts.length > 0 ? outcome : `${outcome}, no request between brokers`;
  return [
    { text: `${textAt(request, 'source')}  ${heading}  for ${fields}`, span: spanOf(request) },
    ...branches(attempts.map(attemptLines)),
  ];
}

function attemptLines(attempt: Fields): Line[] {
  const { choice } = attempt;
  return [
    {
      text: `${textAt(attempt, 'reason')} ${textAt(attempt, 'broker')}  ${outcomeOf(attempt)}, ${bytesOf(attempt)}`,
      span: spanOf(attempt),
    },
    ...(typeof choice === 'string' ? [{ text: `chosen: ${choice}`, span: null }] : []),
  ];
}

/** Puts a tree's branches before groups of lines. */
function branches(groups: readonly (readonly Line[])[]): Line[] {
  return groups.flatMap((group, at) => {
    const isLast = at === groups.length - 1;
    return group.map(({ text, span }, line) => ({
      text: `${line === 0 ? (isLast ? '└─ ' : '├─ ') : isLast ? '   ' : '│  '}${text}`,
      span,
    }));
  });
}

/** A bar is not narrower than this, or it tells nothing. */
const leastBar = 10;
const widestBar = 40;
/** What stands behind a bar: ` 12345–12345 ms`. */
const timesColumns = 15;

/** Sets the bars below one another at the right, as wide as the terminal allows. Without a span a line takes all of it. */
function layOut(lines: readonly Line[], { columns, totalMs }: { columns: number; totalMs: number }): string[] {
  const bar = Math.max(leastBar, Math.min(widestBar, Math.floor(columns / 3)));
  const room = Math.max(leastBar, columns - bar - timesColumns - 3);
  const width = Math.min(
    room,
    Math.max(0, ...lines.filter(({ span }) => span).map(({ text }) => columnsOf(visibleText(text)))),
  );
  return lines.map(({ text, span }) => {
    const visible = visibleText(text);
    if (span === null) {
      return cutTo(visible, columns);
    }
    const cut = cutTo(visible, width);
    const padding = ' '.repeat(Math.max(0, width - columnsOf(cut)));
    return `${cut}${padding} │${barOf(span, { columns: bar, totalMs })}│ ${timesOf(span)}`;
  });
}

function barOf({ startedMs, endedMs }: Span, { columns, totalMs }: { columns: number; totalMs: number }): string {
  const scale = columns / Math.max(totalMs, endedMs, 1);
  const from = Math.min(columns - 1, Math.max(0, Math.floor(startedMs * scale)));
  const to = Math.min(columns, Math.max(from + 1, Math.ceil(endedMs * scale)));
  return ' '.repeat(from) + '█'.repeat(to - from) + ' '.repeat(columns - to);
}

function timesOf({ startedMs, endedMs }: Span): string {
  return `${Math.round(startedMs)}–${Math.round(endedMs)} ms`;
}

function outcomeOf(one: Fields): string {
  const { message } = one;
  return `${textAt(one, 'status')}${typeof message === 'string' ? ` (${message})` : ''}`;
}

function bytesOf(one: Fields): string {
  return `${bytes(numberAt(one, 'sentBytes'))} → ${bytes(numberAt(one, 'receivedBytes'))}`;
}

function bytes(count: number): string {
  return count < 10_000 ? `${count} B` : `${(count / 1_024).toFixed(1)} KiB`;
}

function duration(milliseconds: number): string {
  return `${Math.round(milliseconds)} ms`;
}

function spanOf(one: Fields): Span {
  return { startedMs: numberAt(one, 'startedMs'), endedMs: numberAt(one, 'endedMs') };
}

function textAt(one: Fields, name: string): string {
  const value = one[name];
  return typeof value === 'string' ? value : '?';
}

function numberAt(one: Fields, name: string): number {
  const value = one[name];
  return typeof value === 'number' && Number.isFinite(value) ? value : 0;
}

function listAt(one: Fields, name: string): Fields[] {
  const value = one[name];
  return Array.isArray(value) ? value.filter(isObject) : [];
}
