import type { Clock } from '../core/clock.ts';
import { SitewideError } from '../core/errors.ts';
import type { Readiness } from '../http/health.ts';
import type { DemoProcess } from './demo-processes.ts';
import { lastWords, processName } from './demo-processes.ts';

// Waiting until the processes of a demo can be asked.

interface WaitOptions {
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

/** How often is looked, in milliseconds. */
const pollMs = 50;

/** How long a broker that serves may go on saying what it lacks, in milliseconds: a libvirt may not be there at all. */
const patienceMs = { libvirt: 3_000, simulator: 10_000 };

/**
 * Waits for a simulator.
 * @throws SitewideError `PROCESS_FAILED`, or the signal's reason.
 */
export async function simulatorReady(process: DemoProcess, options: WaitOptions): Promise<void> {
  const isReady = /^simulator \S+ ready /m;
  await until(process, async () => isReady.test(lastWords(process)), options);
}

/**
 * Waits for a broker until it lacks nothing. After a while what it has is enough: it serves that and says what is missing.
 * @returns What is not well although it serves; empty if all is.
 * @throws SitewideError `PROCESS_FAILED`, or the signal's reason.
 */
export async function brokerReady(process: DemoProcess, options: WaitOptions): Promise<string> {
  const { plan } = process;
  const isReal = plan.role === 'broker' && plan.libvirt !== null;
  let patientUntil = Infinity;
  let reasons = '';
  await until(
    process,
    async () => {
      const state = await probe(`${plan.url}/health/ready`, options.signal);
      if (state && patientUntil === Infinity) {
        patientUntil = options.clock.now() + (isReal ? patienceMs.libvirt : patienceMs.simulator);
      }
      reasons = state?.reasons.join('; ') ?? '';
      return (state?.ready === true && reasons === '') || options.clock.now() > patientUntil;
    },
    options,
  );
  return reasons;
}

async function until(
  process: DemoProcess,
  isSo: () => Promise<boolean>,
  { clock, signal }: WaitOptions,
): Promise<void> {
  while (!(await isSo())) {
    if (process.ended()) {
      const problem = `${await process.end}; its last words:\n${lastWords(process)}\n`;
      throw new SitewideError('PROCESS_FAILED', { process: processName(process.plan), problem });
    }
    await clock.sleep(pollMs, signal);
  }
}

/** What the broker says of itself; null as long as nobody listens. */
async function probe(url: string, signal: AbortSignal): Promise<Readiness | null> {
  try {
    const response = await fetch(url, { signal });
    const { reasons = [] } = (await response.json()) as Partial<Readiness>;
    return { ready: response.ok, reasons };
  } catch {
    // That nobody listens yet is what is being waited for; the deadline is not.
    signal.throwIfAborted();
    return null;
  }
}
