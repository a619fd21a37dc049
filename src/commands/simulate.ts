import { Command, InvalidArgumentError } from 'commander';

import { simulatorDefaults, startSimulator } from '../drivers/simulator/server.ts';
import { maximumVms } from '../drivers/simulator/world.ts';
import { untilAskedToStop } from './stop.ts';

// `sitewide simulate`: a simulated hypervisor manager as a process of its own. It serves until a signal ends it.

interface SimulateOptions {
  readonly host: string;
  readonly port: number;
  readonly installation: string;
  readonly seed: number;
  readonly vms: number;
  readonly hosts?: number;
  readonly churn: number;
  readonly usageInterval: number;
  readonly latency: number;
  readonly actionTime: number;
}

/** Long enough to be watched, in milliseconds. */
const defaultActionMs = 800;

const examples = `
Examples:
  $ sitewide simulate --installation lyon-a --port 8700
      200 machines at http://127.0.0.1:8700; the same ones each time
  $ sitewide simulate --vms 50000 --churn 60
      as many machines as an installation may have, one of which changes every second
  $ curl -X PATCH -H 'content-type: application/json' -d '{"powerState":"STOPPED"}' \\
      http://127.0.0.1:8700/v1/vms/vm-1000
      stops a machine behind the back of the brokers
  $ curl -X PUT -H 'content-type: application/json' -d '{"hang":true}' http://127.0.0.1:8700/v1/faults
      makes the manager hang; DELETE takes the fault away
  $ curl http://127.0.0.1:8700/v1/effects
      every effect that a change asked for had, in order
`;

/** The command `simulate`. */
export function simulateCommand(): Command {
  const { host, port, seed, vms, churnPerMinute, usageIntervalMs, latencyMs } = simulatorDefaults;
  return new Command('simulate')
    .description('run a simulated hypervisor manager, for trying sitewide out and for testing it')
    .option('--host <address>', 'where to listen', host)
    .option('--port <number>', 'the port, 0 for any free one', wholeNumber(0, 65_535), port)
    .option('--installation <id>', 'the installation; each has its own machines', installationId, 'simulated')
    .option('--seed <number>', 'the same seed gives the same machines', wholeNumber(0, Number.MAX_SAFE_INTEGER), seed)
    .option('--vms <number>', 'how many virtual machines', wholeNumber(0, maximumVms), vms)
    .option('--hosts <number>', 'how many hosts (default: one for 40 machines, at least 2)', wholeNumber(1, 5_000))
    .option('--churn <number>', 'machines that change per minute', wholeNumber(0, 60_000), churnPerMinute)
    .option('--usage-interval <ms>', 'time between moves of usage, 0 for none', interval, usageIntervalMs)
    .option('--latency <ms>', 'how much later answers begin', wholeNumber(0, 60_000), latencyMs)
    .option('--action-time <ms>', 'how long a change of a machine takes', wholeNumber(0, 600_000), defaultActionMs)
    .allowExcessArguments(false)
    .addHelpText('after', examples)
    .action(run);
}

async function run(options: SimulateOptions): Promise<void> {
  const { churn, usageInterval, latency, actionTime, ...rest } = options;
  const simulator = await startSimulator({
    ...rest,
    churnPerMinute: churn,
    usageIntervalMs: usageInterval,
    latencyMs: latency,
    actionMs: actionTime,
  });
  const told = untilAskedToStop();
  process.stdout.write(`simulator ${options.installation} ready ${simulator.url}\n`);
  await told;
  await simulator.close();
}

/** A reader of whole numbers within bounds. */
function wholeNumber(minimum: number, maximum: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!/^\d+$/.test(text) || value < minimum || value > maximum) {
      throw new InvalidArgumentError(`It has to be a whole number from ${minimum} to ${maximum}.`);
    }
    return value;
  };
}

/** Usage that moves more often than every 100 ms would say nothing that a person can see. */
function interval(text: string): number {
  const value = wholeNumber(0, 3_600_000)(text);
  if (value > 0 && value < 100) {
    throw new InvalidArgumentError('It has to be 0 or a whole number from 100 to 3600000.');
  }
  return value;
}

/** The rule that the configuration file has for ids: they are parts of source names and of global ids. */
function installationId(text: string): string {
  if (text.length > 64 || !/^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/.test(text)) {
    throw new InvalidArgumentError(
      'It has to be at most 64 small letters, digits, "." and "-", beginning and ending with a letter or digit.',
    );
  }
  return text;
}
