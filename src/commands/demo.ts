import { Command, InvalidArgumentError } from 'commander';

import { exampleQuery } from '../cli/example-query.ts';
import { coverageOfAnswer } from '../cli/exit-code.ts';
import { interruptible, Interrupted } from '../cli/interrupt.ts';
import type { Answer } from '../client/answer.ts';
import { createTransport, type Transport } from '../client/transport.ts';
import { systemClock } from '../core/clock.ts';
import { createDeadline } from '../core/deadline.ts';
import { startDemoDatabase, type DemoDatabase } from './demo-database.ts';
import { exampleText, processJson, processTable } from './demo-output.ts';
import { maximumInstallations, planDemo } from './demo-plan.ts';
import type { DemoOptions, DemoPlan } from './demo-plan.ts';
import { createDemoProcesses, processName } from './demo-processes.ts';
import type { DemoProcess, DemoProcesses } from './demo-processes.ts';
import { brokerReady, simulatorReady } from './demo-ready.ts';
import { requireFreePorts } from './free-ports.ts';

// `sitewide demo`: a whole site on this machine, every broker and every simulated hypervisor manager a process of its own,
// so that each can be killed, stopped and watched.

const clock = systemClock;

/** Ready is a matter of seconds; a loaded machine may take longer, but beyond this something else is wrong. */
const startTimeoutMs = 35_000;

/** Everything is there; only what brokers think of one another may need a moment, in milliseconds. */
const completeWithinMs = 5_000;

const help = `
Brokers listen on consecutive ports from --port on, installation by installation; the simulators follow. Any broker
answers for the whole site. Kill one and ask another: nothing is restarted, except the PostgreSQL server that keeps the
installations' operations and changes. Started again with the same --data, the demo goes on with them.

stdout has the processes, the rows of an example query, their coverage and a last line "ready URL"; stderr has the
progress and says which process ended. The demo runs until Ctrl-C or SIGTERM, which ends every process within 5 s; then its
exit code is 0, or 130 if it was not ready yet.

Examples:
  $ sitewide demo
  $ sitewide demo --installations 4 --brokers 2 --vms 300 --port 4100
  $ sitewide demo --churn 30                                      half a machine a second changes
  $ sitewide demo --libvirt /run/user/1000/libvirt/libvirt-sock   a real one beside the simulated ones
  $ sitewide demo --libvirt qemu:///system --installations 1`;

interface OtherOptions {
  readonly json: boolean;
  /** The folder of the databases; undefined for the usual one. */
  readonly data: string | undefined;
}

/** The command. */
export function demoCommand(): Command {
  return new Command('demo')
    .description('Starts a whole site on this machine, asks it an example question and serves until Ctrl-C.')
    .option('--installations <n>', 'simulated installations', wholeNumber(0, maximumInstallations), 3)
    .option('--brokers <n>', 'brokers in front of each installation', wholeNumber(1, 9), 2)
    .option('--vms <n>', 'virtual machines of each simulated installation', wholeNumber(0, 50_000), 200)
    .option('--port <port>', 'the first port', wholeNumber(1, 65_000), 4000)
    .option('--seed <n>', 'the same seed gives the same machines', wholeNumber(0, Number.MAX_SAFE_INTEGER), 1)
    .option('--churn <n>', 'machines that change per minute in each simulated installation', wholeNumber(0, 60_000), 0)
    .option('--libvirt <socket-or-uri>', 'add an installation on a real libvirt; repeatable', collectLibvirt, [])
    .option('--data <folder>', 'where its databases are kept (default: .sitewide/demo-PORT)')
    .option('--json', 'print the processes as one JSON line instead of a table', false)
    .allowExcessArguments(false)
    .addHelpText('after', help)
    .action(runDemo);
}

async function runDemo(options: DemoOptions & OtherOptions, command: Command): Promise<void> {
  const count = options.installations + options.libvirt.length;
  if (count < 1 || count > maximumInstallations) {
    command.error(`error: ${count} installations; allowed are 1 to ${maximumInstallations}, with those of --libvirt`);
  }
  const plan = planDemo(options);
  await requireFreePorts([...plan.brokers, ...plan.simulators].map(({ port }) => port));
  // The databases are disposed after the brokers, which are using them to the last.
  await using databases = new AsyncDisposableStack();
  await using processes = await createDemoProcesses({ clock });
  // npm passes Ctrl-C on to a process that the terminal has told already; the second one must not cut the ending short.
  process.on('SIGINT', () => undefined).on('SIGTERM', () => undefined);
  // The terminal was closed: the end is the same as for everybody who asks for it.
  process.once('SIGHUP', () => process.kill(process.pid, 'SIGTERM'));
  let serving = false;
  try {
    await interruptible(async (signal) => {
      const database = await startAll(plan, { ...options, databases, processes }, signal);
      const describe = options.json ? processJson : processTable;
      process.stdout.write(describe(processes.started, database));
      const url = `${plan.brokers[0]!.url}/graphql`;
      const transport = createTransport({ endpoints: [url], clock });
      process.stdout.write(exampleText(await askExample(transport, signal)));
      process.stdout.write(`ready ${url}\n`);
      serving = true;
      await untilAborted(signal);
    });
  } catch (thrown) {
    if (!(thrown instanceof Interrupted)) {
      progress(`The logs of all processes are kept in ${processes.keepLogs()}`);
    }
    if (!serving) {
      throw thrown;
    }
    progress('ending …');
  }
}

interface Parts extends Pick<DemoOptions & OtherOptions, 'data' | 'port'> {
  readonly databases: AsyncDisposableStack;
  readonly processes: DemoProcesses;
}

async function startAll(
  plan: DemoPlan,
  { processes, databases, data, port }: Parts,
  parent: AbortSignal,
): Promise<DemoDatabase> {
  using deadline = createDeadline({ clock, timeoutMs: startTimeoutMs, parent });
  const { signal } = deadline;
  progress(`starting ${plan.simulators.length} simulators and ${plan.brokers.length} brokers …`);
  // The list of processes has the brokers first, but they start faster when their hypervisor managers are there.
  const simulators = plan.simulators.map((simulator) => processes.start(simulator));
  const [database] = await Promise.all([
    startDemoDatabase({ plan, data: data ?? `.sitewide/demo-${port}`, clock, onTrouble: progress }, signal),
    ...simulators.map((simulator) => simulatorReady(simulator, { clock, signal })),
  ]);
  databases.use(database.server);
  const brokers = plan.brokers.map((broker) =>
    processes.start(broker, { DATABASE_URL: database.server.urlOf(broker.installation) }),
  );
  await Promise.all(
    brokers.map(async (broker) => {
      const problem = await brokerReady(broker, { clock, signal });
      if (problem !== '') {
        progress(`${processName(broker.plan)} serves, but: ${problem}`);
      }
    }),
  );
  for (const started of processes.started) {
    void reportEnd(started, parent);
  }
  return database;
}

/** Says that a process ended, unless all of them are being ended: Ctrl-C reaches them as well as us. */
async function reportEnd(started: DemoProcess, signal: AbortSignal): Promise<void> {
  const how = await started.end;
  await clock.sleep(200, signal).catch(() => undefined);
  if (!signal.aborted) {
    progress(`${processName(started.plan)} (pid ${started.pid}) ended: ${how}. It is not started again.`);
  }
}

/** Brokers that were looked for before they were there are left alone for a moment; then the first answer lacks them. */
async function askExample(transport: Transport, signal: AbortSignal): Promise<Answer> {
  const until = clock.now() + completeWithinMs;
  for (;;) {
    const answer = await transport.request(exampleQuery, {}, { signal });
    const isComplete = Object.values(coverageOfAnswer(answer)).every(({ complete }) => complete);
    if (isComplete || clock.now() > until) return answer;
    await clock.sleep(250, signal);
  }
}

function untilAborted(signal: AbortSignal): Promise<never> {
  // A signal handler alone does not keep a process running, and all children may be gone.
  const awake = setInterval(() => undefined, 60_000);
  return new Promise((_, reject) => {
    signal.addEventListener('abort', () => {
      clearInterval(awake);
      reject(signal.reason as Error);
    });
  });
}

function progress(line: string): void {
  process.stderr.write(`${line}\n`);
}

function wholeNumber(minimum: number, maximum: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!/^\d+$/.test(text) || value < minimum || value > maximum) {
      throw new InvalidArgumentError(`It must be a whole number from ${minimum} to ${maximum}.`);
    }
    return value;
  };
}

function collectLibvirt(text: string, sofar: readonly string[]): readonly string[] {
  if (!/^\/\S+$|^[a-z]+(\+[a-z]+)?:\/\/\S*$/.test(text)) {
    throw new InvalidArgumentError('It must be the absolute path of a socket, or a uri such as qemu:///system.');
  }
  return [...sofar, text];
}
