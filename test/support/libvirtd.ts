import { execFile, spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, chownSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { globSync } from 'node:fs';
import { createConnection } from 'node:net';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';

import { eventually } from '../contract/eventually.ts';
import type { Requirement } from './requirements.ts';

// A real libvirt daemon for one test file: unprivileged, in a folder of its own, with real QEMU guests. It touches nothing
// of the machine's own libvirt, and whatever it started is ended by its process id.

/** What the tests of libvirt need. */
export const libvirtRequirement: Requirement = {
  commands: ['libvirtd', 'virsh', 'qemu-system-x86_64', 'qemu-img', 'setpriv'],
  packages: ['qemu-system-x86', 'qemu-utils', 'libvirt-daemon-system', 'libvirt-clients', 'libvirt-daemon-driver-qemu'],
};

/** A guest to define. It has no system to boot, which no test needs. */
export interface GuestSpec {
  readonly name: string;
  readonly memoryMiB?: number;
  readonly title?: string;
  /** XML for <metadata>. */
  readonly metadata?: string;
  /** XML for <devices>. */
  readonly devices?: string;
}

/** A running daemon. Disposing it ends the daemon and its guests and removes its folder. */
export interface Libvirtd extends AsyncDisposable {
  readonly folder: string;
  readonly socket: string;
  /** Of the QEMU driver. */
  readonly uri: string;
  /** Of the driver that only plays in memory. */
  readonly testUri: string;
  /** Runs virsh on the QEMU driver and gives what it prints. */
  virsh(...args: readonly string[]): Promise<string>;
  /** Defines a guest and gives its UUID. */
  defineGuest(spec: GuestSpec): Promise<string>;
  /** Ends the daemon as a crash does; the guests go on. */
  kill(): Promise<void>;
  /** Starts it again after `kill`. */
  restart(): Promise<void>;
  /** Stops it without closing anything. */
  freeze(): void;
  unfreeze(): void;
  stop(): Promise<void>;
}

/** Whom the daemon runs as if the tests run as root, who is not allowed to have a session: nobody, on any system. */
const unprivileged = 65_534;
const isRoot = process.getuid?.() === 0;
const run = promisify(execFile);

/** Starts a daemon and waits until it takes connections. */
export async function startLibvirtd(): Promise<Libvirtd> {
  const folder = createFolder();
  const socket = join(folder, 'run/libvirt/libvirt-sock');
  const uri = `qemu+unix:///session?socket=${socket}`;
  const environment = environmentIn(folder);
  let daemon = await launch(folder, socket);

  async function virsh(...args: readonly string[]): Promise<string> {
    const [command, ...rest] = asUnprivileged(['virsh', '-c', uri, ...args]);
    const { stdout } = await run(command!, rest, { env: environment, timeout: 30_000 });
    return stdout.trim();
  }

  async function kill(): Promise<void> {
    if (daemon.exitCode === null && daemon.signalCode === null) {
      daemon.kill('SIGKILL');
      await once(daemon, 'exit');
    }
  }

  async function stop(): Promise<void> {
    await kill();
    killGuests(folder);
    // A guest that is dying may still write to its log.
    rmSync(folder, { recursive: true, force: true, maxRetries: 10 });
  }

  return {
    folder,
    socket,
    uri,
    testUri: `test+unix:///default?socket=${socket}`,
    virsh,
    async defineGuest(spec) {
      const path = join(folder, 'home', `${spec.name}.xml`);
      writeFileSync(path, guestXml(spec));
      await virsh('define', path);
      return virsh('domuuid', spec.name);
    },
    kill,
    async restart() {
      daemon = await launch(folder, socket);
    },
    freeze: () => void daemon.kill('SIGSTOP'),
    unfreeze: () => void daemon.kill('SIGCONT'),
    stop,
    [Symbol.asyncDispose]: stop,
  };
}

/** A folder with everything the daemon reads and writes. The address of a socket holds 107 bytes, so the name is short. */
function createFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'lv-'));
  chmodSync(folder, 0o711);
  for (const part of ['run', 'home', 'home/.config', 'home/.config/libvirt', 'home/.cache']) {
    mkdirSync(join(folder, part), { mode: 0o700 });
  }
  // Without this the daemon hands the guests' output to virtlogd, which does not run here.
  writeFileSync(join(folder, 'home/.config/libvirt/qemu.conf'), 'stdio_handler = "file"\n');
  if (isRoot) {
    for (const path of [folder, ...globSync(['run', 'home', 'home/**', 'home/.*', 'home/.*/**'], { cwd: folder })]) {
      chownSync(path === folder ? folder : join(folder, path), unprivileged, unprivileged);
    }
  }
  return folder;
}

function environmentIn(folder: string): NodeJS.ProcessEnv {
  const home = join(folder, 'home');
  return {
    PATH: `${process.env['PATH']}:/usr/sbin:/sbin`,
    LC_ALL: 'C',
    HOME: home,
    XDG_RUNTIME_DIR: join(folder, 'run'),
    XDG_CONFIG_HOME: join(home, '.config'),
    XDG_CACHE_HOME: join(home, '.cache'),
  };
}

function asUnprivileged(command: readonly string[]): readonly string[] {
  const id = String(unprivileged);
  return isRoot ? ['setpriv', `--reuid=${id}`, `--regid=${id}`, '--clear-groups', ...command] : command;
}

async function launch(folder: string, socket: string): Promise<ChildProcess> {
  // setpriv becomes the daemon, so that the child's id is the daemon's. The time-out ends one that was left behind.
  const [command, ...args] = asUnprivileged(['libvirtd', '-p', join(folder, 'run/libvirtd.pid'), '--timeout', '600']);
  const daemon = spawn(command!, args, { env: environmentIn(folder), stdio: ['ignore', 'ignore', 'pipe'] });
  let complaints = '';
  daemon.stderr?.setEncoding('utf8').on('data', (text: string) => (complaints += text));
  try {
    await eventually(() => knock(socket), 15_000);
  } catch (thrown) {
    daemon.kill('SIGKILL');
    throw new Error(`libvirtd did not start: ${complaints}`, { cause: thrown });
  }
  return daemon;
}

async function knock(socket: string): Promise<void> {
  const connection = createConnection({ path: socket });
  try {
    await once(connection, 'connect');
  } finally {
    connection.destroy();
  }
}

/** Guests outlive their daemon. Their ids are in files, and are believed only if the process is of this folder. */
function killGuests(folder: string): void {
  for (const file of globSync(join(folder, 'run/libvirt/qemu/run/*.pid'))) {
    const pid = Number(readFileSync(file, 'utf8'));
    if (isOurs(pid, folder)) {
      process.kill(pid, 'SIGKILL');
    }
  }
}

function isOurs(pid: number, folder: string): boolean {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(basename(folder));
  } catch {
    // No such process any more.
    return false;
  }
}

function guestXml({ name, memoryMiB = 16, title, metadata = '', devices = '' }: GuestSpec): string {
  return `<domain type='qemu'>
  <name>${name}</name>${title === undefined ? '' : `<title>${title}</title>`}
  <metadata>${metadata}</metadata>
  <memory unit='MiB'>${memoryMiB}</memory>
  <vcpu>1</vcpu>
  <os><type arch='x86_64' machine='pc'>hvm</type></os>
  <features><acpi/></features>
  <devices><controller type='usb' model='none'/><memballoon model='none'/>${devices}</devices>
</domain>`;
}
