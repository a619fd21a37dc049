import { Command, InvalidArgumentError } from 'commander';

import { exampleQuery } from '../cli/example-query.ts';
import { coverageOfAnswer } from '../cli/exit-code.ts';
import { interruptible, Interrupted } from '../cli/interrupt.ts';
import type { Answer } from '../client/answer.ts';
import { createTransport, type Transport } from '../client/transport.ts';
import { systemClock } from '../core/clock.ts';
import { messageOf } from '../core/errors.ts';
import { certificatesIn, makeDemoCertificates, trustOnly } from './demo-certificates.ts';
import { compareWays } from './demo-compare.ts';
import { comparisonJson, comparisonTable, exampleText, processJson, processTable, trustText } from './demo-output.ts';
import { installationCount, maximumInstallations, planDemo } from './demo-plan.ts';
import type { DemoOptions, DemoPlan } from './demo-plan.ts';
import { createDemoProcesses } from './demo-processes.ts';
import { startDemoProcesses } from './demo-start.ts';
import { startDemoWan, type DemoWan, type DemoWanOptions } from './demo-wan.ts';
import { requireFreePorts } from './free-ports.ts';

// `sitewide demo`: whole sites on this machine, every broker and every simulated hypervisor manager a process of its own,
// so that each can be killed, stopped and watched.

const clock = systemClock;

/** Everything is there; only what brokers think of one another may need a moment, in milliseconds. */
const completeWithinMs = 5_000;

/** How many rows the comparison asks for at most: a page has no more. */
const mostRows = 1_000;

const help = `
Brokers listen on consecutive ports from --port on, installation by installation, those of the first site first; then come
the simulators, then the addresses under which sites reach one another, through an emulated wide area network. Any broker
answers for its site at /graphql and for all sites at /federation/graphql. Kill one and ask another: nothing is restarted,
except the PostgreSQL server that keeps the installations' operations and changes. Started again with the same --data, the
demo goes on with them.

stdout has the processes, the rows of an example query, their coverage, what the same question about the other sites takes
in three ways, and a last line "ready URL", the URL being that of the first site; stderr has the progress and says which
process ended. The demo runs until Ctrl-C or SIGTERM, which ends every process within 5 s; then its exit code is 0, or 130 if
it was not ready yet.

Examples:
  $ sitewide demo
  $ sitewide demo --sites 3 --installations 1 --wan-rtt 200 --wan-rate 5
  $ sitewide demo --sites 1 --installations 4 --brokers 2 --vms 300 --port 4100
  $ sitewide demo --tls                                           with an authority that clients have to trust
  $ sitewide demo --churn 30                                      half a machine a second changes
  $ sitewide demo --libvirt /run/user/1000/libvirt/libvirt-sock   a real one beside the simulated ones
  $ sitewide demo --libvirt qemu:///system --sites 1 --installations 1`;

interface OtherOptions {
  readonly json: boolean;
  readonly tls: boolean;
  /** The folder of the databases; undefined for the usual one. */
  readonly data: string | undefined;
}

/** The command. */
export function demoCommand(): Command {
  return new Command('demo')
    .description('Starts whole sites on this machine, asks them an example question and serves until Ctrl-C.')
    .option('--sites <n>', 'sites, joined by an emulated wide area network', wholeNumber(1, 9), 2)
    .option('--installations <n>', 'simulated installations of each site', wholeNumber(0, maximumInstallations), 2)
    .option('--brokers <n>', 'brokers in front of each installation', wholeNumber(1, 9), 2)
    .option('--vms <n>', 'virtual machines of each simulated installation', wholeNumber(0, 50_000), 200)
    .option('--port <port>', 'the first port', wholeNumber(1, 65_000), 4000)
    .option('--seed <n>', 'the same seed gives the same machines', wholeNumber(0, Number.MAX_SAFE_INTEGER), 1)
    .option('--churn <n>', 'machines that change per minute in each simulated installation', wholeNumber(0, 60_000), 0)
    .option(
      '--libvirt <socket-or-uri>',
      'add an installation on a real libvirt to the first site; repeatable',
      collectLibvirt,
      [],
    )
    .option('--wan-rtt <ms>', 'the round trip between two sites', wholeNumber(0, 10_000), 80)
    .option('--wan-rate <mbit>', 'Mbit/s of each direction between two sites', wholeNumber(1, 100_000), 20)
    .option('--tls', 'with certificates: HTTPS for clients, mutual TLS between brokers', false)
    .option('--data <folder>', 'where its databases are kept (default: .sitewide/demo-PORT)')
    .option('--json', 'print the processes as one JSON line instead of a table', false)
    .allowExcessArguments(false)
    .addHelpText('after', help)
    .action(runDemo);
}

type AllOptions = Omit<DemoOptions, 'certificates'> & DemoWanOptions & OtherOptions;

async function runDemo(options: AllOptions, command: Command): Promise<void> {
  const count = installationCount(options);
  if (count < 1 || count > maximumInstallations) {
    command.error(`error: ${count} installations; allowed are 1 to ${maximumInstallations}, with those of --libvirt`);
  }
  const data = options.data ?? `.sitewide/demo-${options.port}`;
  const certificates = options.tls ? certificatesIn(data) : null;
  const plan = planDemo({ ...options, certificates });
  await requireFreePorts([...plan.brokers, ...plan.simulators].map(({ port }) => port));
  // The databases are disposed after the brokers, which are using them to the last.
  await using databases = new AsyncDisposableStack();
  await using wan = await startDemoWan(plan, options);
  await using processes = await createDemoProcesses({ clock });
  // npm passes Ctrl-C on to a process that the terminal has told already; the second one must not cut the ending short.
  process.on('SIGINT', () => undefined).on('SIGTERM', () => undefined);
  // The terminal was closed: the end is the same as for everybody who asks for it.
  process.once('SIGHUP', () => process.kill(process.pid, 'SIGTERM'));
  let serving = false;
  try {
    await interruptible(async (signal) => {
      const authority = certificates && (await makeDemoCertificates(plan, certificates, clock));
      if (authority) {
        await trustOnly(authority);
      }
      const database = await startDemoProcesses(plan, { databases, processes, data, clock, progress }, signal);
      const describe = options.json ? processJson : processTable;
      process.stdout.write(describe(processes.started, database));
      await show(plan, { ...options, wan }, signal);
      if (authority) {
        process.stdout.write(trustText(authority, plan.brokers[0]!.url));
      }
      process.stdout.write(`ready ${plan.brokers[0]!.url}/graphql\n`);
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

/** The example, and with several sites what it takes to ask them. */
async function show(
  plan: DemoPlan,
  { wan, ...options }: AllOptions & { readonly wan: DemoWan },
  signal: AbortSignal,
): Promise<void> {
  const [from, ...to] = plan.sites;
  const path = to.length > 0 ? '/federation/graphql' : '/graphql';
  const transport = createTransport({ endpoints: [`${plan.brokers[0]!.url}${path}`], clock });
  process.stdout.write(exampleText(await askExample(transport, signal)));
  if (to.length === 0) {
    return;
  }
  if (options.tls) {
    progress(
      'With certificates nobody but brokers of a site may ask its installations, so that there are no ways to compare.',
    );
    return;
  }
  const first = Math.max(1, Math.min(mostRows, options.vms * options.installations * to.length));
  try {
    const ways = await compareWays({ plan, wan, first, signal });
    const text = options.json ? comparisonJson(ways) : comparisonTable(ways, { ...options, from: from!, to });
    process.stdout.write(text);
  } catch (thrown) {
    signal.throwIfAborted();
    progress(`The ways to ask ${to.join(', ')} could not be compared: ${messageOf(thrown)}`);
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
