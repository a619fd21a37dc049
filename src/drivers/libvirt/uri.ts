import { SitewideError } from '../../core/errors.ts';

// Which daemon a connection URI means, in libvirt's own notation. Only unix sockets of this machine: what another
// transport would need (certificates, ssh) is refused by name rather than ignored.

/** Where a daemon is and what to ask it for. */
export interface LibvirtTarget {
  /** What the daemon is asked to open, for example `qemu:///system`; the first that it has is taken. */
  readonly names: readonly string[];
  /** Paths of sockets; the first that exists is taken. */
  readonly sockets: readonly string[];
}

const allowed =
  'allowed are qemu:///system, qemu:///session, test:///default, each also as qemu+unix:///system?socket=/path, and ' +
  'the path of a socket';
/** What each driver of the daemon can open. */
const paths: ReadonlyMap<string, readonly string[]> = new Map([
  ['qemu', ['/system', '/session']],
  ['test', ['/default']],
]);
/** A unix socket's address holds 108 bytes, the last of them zero. */
const maxSocketPathBytes = 107;

/**
 * Reads a connection URI.
 * @param environment Where XDG_RUNTIME_DIR is looked up for the default socket of a session.
 * @throws SitewideError DRIVER_URI_INVALID
 */
export function parseLibvirtUri(uri: string, environment: NodeJS.ProcessEnv = process.env): LibvirtTarget {
  if (uri.startsWith('/')) {
    return { names: ['qemu:///system', 'qemu:///session'], sockets: [checkedSocket(uri, uri)] };
  }
  const url = URL.parse(uri);
  if (url === null) {
    throw invalid(uri, 'it is not a URI');
  }
  const [driver = '', transport, ...rest] = url.protocol.slice(0, -1).split('+');
  const known = paths.get(driver);
  if (known === undefined) {
    throw invalid(uri, `"${driver}" is not a driver that it knows`);
  }
  if (rest.length > 0 || (transport !== undefined && transport !== 'unix')) {
    throw invalid(uri, `the transport "${[transport, ...rest].join('+')}" is not supported`);
  }
  if (url.host !== '' || url.username !== '') {
    throw invalid(uri, `it names the host "${url.host}", but only daemons of this machine can be reached`);
  }
  if (!known.includes(url.pathname)) {
    throw invalid(uri, `"${url.pathname}" is not a path that ${driver} has`);
  }

  return { names: [`${driver}://${url.pathname}`], sockets: socketsOf(uri, url, environment) };
}

function socketsOf(uri: string, url: URL, environment: NodeJS.ProcessEnv): readonly string[] {
  const unknown = [...url.searchParams.keys()].filter((key) => key !== 'socket');
  if (unknown.length > 0) {
    throw invalid(uri, `the parameter "${unknown[0]}" is not supported, only "socket" is`);
  }
  const socket = url.searchParams.get('socket');
  if (socket !== null) {
    return [checkedSocket(uri, socket)];
  }
  const modular = url.protocol.startsWith('qemu') ? ['virtqemud-sock'] : [];
  const names = ['libvirt-sock', ...modular];
  if (url.pathname !== '/session') {
    return names.flatMap((name) => [`/run/libvirt/${name}`, `/var/run/libvirt/${name}`]);
  }
  const folder = environment['XDG_RUNTIME_DIR'] ?? (environment['HOME'] && `${environment['HOME']}/.cache`);
  if (!folder) {
    throw invalid(uri, 'neither XDG_RUNTIME_DIR nor HOME tells where the socket of a session is');
  }
  return names.map((name) => checkedSocket(uri, `${folder}/libvirt/${name}`));
}

function checkedSocket(uri: string, path: string): string {
  if (!path.startsWith('/')) {
    throw invalid(uri, `the socket "${path}" is not an absolute path`);
  }
  if (Buffer.byteLength(path) > maxSocketPathBytes) {
    throw invalid(uri, `the path of the socket is longer than ${maxSocketPathBytes} bytes`);
  }
  return path;
}

function invalid(uri: string, problem: string): SitewideError {
  return new SitewideError('DRIVER_URI_INVALID', { driver: 'libvirt', uri, problem: `${problem}; ${allowed}` });
}
