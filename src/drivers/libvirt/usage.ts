import type { Clock } from '../../core/clock.ts';
import type { Parameters } from './wire-types.ts';

// How busy machines are. The daemon only counts the CPU time since a machine's start, so that a share takes two looks.

/** The shortest time between two looks that makes a meaningful share, in milliseconds. */
const minWindowMs = 1_000;
const nanosecondsPerMillisecond = 1e6;
/** A share is told in whole percents: finer ones would make every machine change at every look. */
const steps = 100;

/** Remembers the last look at each machine. */
export interface UsageSampler {
  /** The share of its CPUs that a running machine used since the last look, 0 to 1; null until there are two looks. */
  cpuUsage(uuid: string, stats: Parameters, cpuCount: number | null): number | null;
  /** To be called for a machine that does not run. */
  forget(uuid: string): void;
  /** Forgets all but these machines. */
  retain(uuids: ReadonlySet<string>): void;
}

interface Look {
  readonly at: number;
  readonly cpuTimeNs: number;
  readonly usage: number | null;
}

/** Starts without any look. */
export function createUsageSampler(clock: Clock): UsageSampler {
  const looks = new Map<string, Look>();
  return {
    cpuUsage(uuid, stats, cpuCount) {
      const cpuTimeNs = stats.get('cpu.time');
      if (typeof cpuTimeNs !== 'number' || cpuCount === null) {
        return null;
      }
      const at = clock.now();
      const last = looks.get(uuid);
      const elapsedMs = at - (last?.at ?? at);
      if (last !== undefined && elapsedMs >= 0 && elapsedMs < minWindowMs && cpuTimeNs >= last.cpuTimeNs) {
        return last.usage;
      }
      // A count that went back means that the machine was restarted in between.
      const usable = last !== undefined && elapsedMs > 0 && cpuTimeNs >= last.cpuTimeNs;
      const usage = usable ? shareOf(cpuTimeNs - last.cpuTimeNs, elapsedMs, cpuCount) : null;
      looks.set(uuid, { at, cpuTimeNs, usage });
      return usage;
    },
    forget: (uuid) => looks.delete(uuid),
    retain(uuids) {
      [...looks.keys()].filter((uuid) => !uuids.has(uuid)).forEach((uuid) => looks.delete(uuid));
    },
  };
}

/**
 * The memory that a running machine uses, in MiB: what its guest says if its balloon driver tells, else what the emulator
 * holds of the host's memory, at most what the guest has.
 */
export function memoryUsageMiB(stats: Parameters): number | null {
  const kib = (name: string): number | null => {
    const value = stats.get(`balloon.${name}`);
    return typeof value === 'number' ? value : null;
  };
  const available = kib('available');
  const free = kib('usable') ?? kib('unused');
  const current = kib('current');
  const resident = kib('rss');
  if (available !== null && free !== null) {
    return Math.max(0, Math.round((available - free) / 1024));
  }
  return resident === null ? null : Math.round(Math.min(resident, current ?? resident) / 1024);
}

/** The emulator's own threads count as well, so that the share may come out above 1. */
function shareOf(cpuTimeNs: number, elapsedMs: number, cpuCount: number): number {
  const share = cpuTimeNs / (elapsedMs * nanosecondsPerMillisecond * Math.max(1, cpuCount));
  return Math.min(1, Math.round(share * steps) / steps);
}
