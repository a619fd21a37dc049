import { isAbsolute } from 'node:path';

import { stringify } from 'yaml';

// What a demo consists of: which processes, on which ports, with which configuration. Pure; nothing is started here.

/** What the user asked for. */
export interface DemoOptions {
  readonly installations: number;
  readonly brokers: number;
  readonly vms: number;
  readonly port: number;
  readonly seed: number;
  readonly churn: number;
  /** Sockets or uris of libvirt; each makes an installation after the simulated ones. */
  readonly libvirt: readonly string[];
}

/** A process of the demo. */
export type PlannedProcess = PlannedBroker | PlannedSimulator;

/** A broker to be started. */
export interface PlannedBroker {
  readonly role: 'broker';
  readonly installation: string;
  readonly broker: string;
  readonly port: number;
  readonly url: string;
  /** The uri of its libvirt; null if its installation is simulated. */
  readonly libvirt: string | null;
  /** The content of its configuration file. */
  readonly config: string;
}

/** A simulator to be started. */
export interface PlannedSimulator {
  readonly role: 'simulator';
  readonly installation: string;
  readonly broker: null;
  readonly port: number;
  readonly url: string;
  readonly args: readonly string[];
}

/** All processes: the brokers by port, then the simulators. */
export interface DemoPlan {
  readonly brokers: readonly PlannedBroker[];
  readonly simulators: readonly PlannedSimulator[];
}

const host = '127.0.0.1';

/** Installations are named by letters. */
export const maximumInstallations = 26;

/** The processes of a demo: brokers on consecutive ports, installation by installation, then the simulators. */
export function planDemo(options: DemoOptions): DemoPlan {
  const simulated = range(options.installations);
  const all = range(options.installations + options.libvirt.length);
  const site = { id: 'demo', name: 'Demo', installations: all.map((at) => siteEntry(at, options)) };
  const firstSimulatorPort = options.port + all.length * options.brokers;
  const simulators = simulated.map((at) => planSimulator(at, firstSimulatorPort + at, options));
  const brokers = all.flatMap((at) => {
    const uri = options.libvirt[at - options.installations];
    const libvirt = uri === undefined ? null : libvirtUri(uri);
    const driver =
      libvirt === null ? { kind: 'simulator', url: simulators[at]!.url } : { kind: 'libvirt', uri: libvirt };
    return range(options.brokers).map((nth): PlannedBroker => {
      const { id: broker, url } = site.installations[at]!.brokers[nth]!;
      const config = stringify({
        site,
        installation: installationId(at),
        broker,
        driver,
        timeouts: { drainMs: 2_000 },
      });
      const port = options.port + at * options.brokers + nth;
      return { role: 'broker', installation: installationId(at), broker, port, url, libvirt, config };
    });
  });
  return { brokers, simulators };
}

/** A libvirt uri: an absolute path is the socket of a session daemon. */
export function libvirtUri(socketOrUri: string): string {
  return isAbsolute(socketOrUri) ? `qemu+unix:///session?socket=${encodeURI(socketOrUri)}` : socketOrUri;
}

function planSimulator(at: number, port: number, { vms, seed, churn }: DemoOptions): PlannedSimulator {
  const installation = installationId(at);
  const settings = { host, port, installation, vms, seed, churn };
  const args = ['simulate', ...Object.entries(settings).flatMap(([name, value]) => [`--${name}`, String(value)])];
  return { role: 'simulator', installation, broker: null, port, url: `http://${host}:${port}`, args };
}

function siteEntry(at: number, { brokers, port }: DemoOptions) {
  const id = installationId(at);
  return {
    id,
    name: `Demo ${letter(at).toUpperCase()}`,
    brokers: range(brokers).map((nth) => ({
      id: `${id}-${nth + 1}`,
      url: `http://${host}:${port + at * brokers + nth}`,
    })),
  };
}

function installationId(at: number): string {
  return `demo-${letter(at)}`;
}

function letter(at: number): string {
  return String.fromCharCode('a'.charCodeAt(0) + at);
}

function range(length: number): number[] {
  return Array.from({ length }, (_, at) => at);
}
