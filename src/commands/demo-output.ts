import type { Answer } from '../client/answer.ts';
import { tableOf } from '../cli/output/table.ts';
import { remarksOf } from '../cli/output/remarks.ts';
import type { DemoDatabase } from './demo-database.ts';
import type { DemoProcess } from './demo-processes.ts';

// What a demo prints on stdout: its processes, the rows of the example, their coverage.

/** The processes as a table for people. */
export function processTable(processes: readonly DemoProcess[], database: DemoDatabase): string {
  return tableOf({ processes: entriesOf(processes, database) }, { wide: true });
}

/** The processes as one JSON line for scripts: role, installation, broker, pid, url. */
export function processJson(processes: readonly DemoProcess[], database: DemoDatabase): string {
  return `${JSON.stringify(entriesOf(processes, database))}\n`;
}

/** The answer to the example: its rows as a table, its coverage as a line. */
export function exampleText(answer: Answer): string {
  const remarks = remarksOf(answer).map((line) => `${line}\n`);
  return `\n${tableOf(answer.data, { wide: false })}\n${remarks.join('')}`;
}

/** The server of all databases comes last, as it is nobody's to ask. */
function entriesOf(processes: readonly DemoProcess[], { server: { pid }, data }: DemoDatabase) {
  const database = { role: 'database', installation: null, broker: null, pid, url: data };
  return [...processes.map(processEntry), database];
}

function processEntry({ plan: { role, installation, broker, url }, pid }: DemoProcess) {
  return { role, installation, broker, pid, url };
}
