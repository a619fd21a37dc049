import { visibleText } from './text.ts';

// Events as lines for people.

/** An event as the documents of `sitewide events` select it. */
export interface ShownEvent {
  readonly type: string | null;
  readonly source: string | null;
  readonly sequence: number | null;
  readonly resumeToken: string | null;
  readonly node?: ({ readonly __typename: string; readonly id: string } & Readonly<Record<string, unknown>>) | null;
  readonly operation?: Readonly<Record<string, unknown>> | null;
}

const typeColumns = 8;
const sourceColumns = 16;

/** `MODIFIED demo-a            VirtualMachine web-01 powerState=STOPPED cpuCount=2 memoryMiB=2048`. */
export function eventLine({ type, source, node, operation }: ShownEvent): string {
  const place = (source ?? '-').replace(/^installation:/, '');
  const parts = [
    (type ?? '-').padEnd(typeColumns),
    place.padEnd(sourceColumns),
    node ? nodeText(node) : '',
    operation ? operationText(operation) : '',
  ];
  return visibleText(parts.filter((part) => part !== '').join(' ')).trimEnd();
}

function nodeText({ __typename, id, name, ...rest }: NonNullable<ShownEvent['node']>): string {
  const facts = Object.entries(rest).map(([key, value]) => `${key}=${String(value)}`);
  return [__typename, typeof name === 'string' ? name : id, ...facts].join(' ');
}

function operationText({ kind, targetName, state, progress, error }: Readonly<Record<string, unknown>>): string {
  const why = error ? ` ${String((error as { readonly code?: unknown }).code)}` : '';
  return `${String(kind)} ${typeof targetName === 'string' ? targetName : '-'} ${String(state)} ${String(Math.round(Number(progress)))} %${why}`;
}
