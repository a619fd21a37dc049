import type { Answer } from '../client/answer.ts';
import { tableOf } from '../cli/output/table.ts';
import { remarksOf } from '../cli/output/remarks.ts';
import type { ComparedWay } from './demo-compare.ts';
import type { DemoDatabase } from './demo-database.ts';
import type { DemoProcess } from './demo-processes.ts';
import type { DemoWanOptions } from './demo-wan.ts';

// What a demo prints on stdout: its processes, the rows of the example with their coverage, and what the same question
// takes in three ways.

/** The processes as a table for people. */
export function processTable(processes: readonly DemoProcess[], database: DemoDatabase): string {
  return tableOf({ processes: entriesOf(processes, database) }, { wide: true });
}

/** The processes as one JSON line for scripts: role, site, installation, broker, pid, url. */
export function processJson(processes: readonly DemoProcess[], database: DemoDatabase): string {
  return `${JSON.stringify(entriesOf(processes, database))}\n`;
}

/** The answer to the example: its rows as a table, its coverage as a line. */
export function exampleText(answer: Answer): string {
  const remarks = remarksOf(answer).map((line) => `${line}\n`);
  return `\n${tableOf(answer.data, { wide: false })}\n${remarks.join('')}`;
}

/** The three ways as a table for people, with what they are about. */
export function comparisonTable(
  ways: readonly ComparedWay[],
  { from, to, wanRtt, wanRate }: DemoWanOptions & { readonly from: string; readonly to: readonly string[] },
): string {
  const rows = ways.map(({ way, run, milliseconds, requests, bytesSent, bytesReceived, rows: count }) => ({
    way,
    run,
    time: `${milliseconds} ms`,
    wanRequests: requests,
    bytesSent,
    bytesReceived,
    rows: count,
  }));
  return `
The same question about ${to.join(', ')}, asked from ${from} over ${wanRtt} ms and ${wanRate} Mbit/s each way (emulated):
${tableOf({ ways: rows }, { wide: true })}\
The first two ways merge nothing: order, pages and what is missing are left to their client.
`;
}

/** How the brokers of a demo with certificates are asked. */
export function trustText(authorityFile: string, url: string): string {
  return `
Clients have to trust the authority of the demo, for example:
  curl --cacert ${authorityFile} ${url}/graphql --json '{"query":"{ site { id } }"}'

`;
}

/** The three ways as one JSON line for scripts. */
export function comparisonJson(ways: readonly ComparedWay[]): string {
  return `${JSON.stringify({ comparison: ways })}\n`;
}

/** The server of all databases comes last, as it is nobody's to ask. */
function entriesOf(processes: readonly DemoProcess[], { server: { pid }, data }: DemoDatabase) {
  const database = { role: 'database', site: null, installation: null, broker: null, pid, url: data };
  return [...processes.map(processEntry), database];
}

function processEntry({ plan: { role, site, installation, broker, url }, pid }: DemoProcess) {
  return { role, site, installation, broker, pid, url };
}
