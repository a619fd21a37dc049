import { mkdir, readFile, rename, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

import {
  type CertificateAuthority,
  createCertificateAuthority,
  type IssuedCertificate,
  openCertificateAuthority,
  type Validity,
} from '../../auth/certificate/authority.ts';
import { type RevokedCertificate, revokedIn, signRevocations } from '../../auth/certificate/revocation.ts';
import { messageOf, SitewideError } from '../../core/errors.ts';

// The folder of an authority: its certificate, its key, and the list of what it has revoked. Nothing in it is overwritten
// unless that is asked for, and nobody ever finds half a file.

/** The folder of an authority. */
export interface AuthorityFolder {
  readonly certificateFile: string;
  readonly keyFile: string;
  readonly revokedFile: string;
  /** Makes the authority. */
  create(name: string, validity: Validity, force: boolean): Promise<void>;
  /** @throws SitewideError `CERTIFICATE_FILE_INVALID`, as everything here. */
  open(): Promise<CertificateAuthority>;
  revoked(): Promise<readonly RevokedCertificate[]>;
  /** Signs the list anew. */
  revoke(revoked: readonly RevokedCertificate[], times: Pick<ListTimes, 'thisUpdate' | 'nextUpdate'>): Promise<void>;
}

interface ListTimes {
  readonly thisUpdate: Date;
  readonly nextUpdate: Date;
}

/** An authority in a folder, which may have none yet. */
export function authorityIn(folder: string): AuthorityFolder {
  const [certificateFile, keyFile, revokedFile] = ['ca.crt', 'ca.key', 'revoked.crl'].map((name) => join(folder, name));
  const own = async (): Promise<IssuedCertificate> => ({
    certificate: await readText(certificateFile!),
    key: await readText(keyFile!),
  });
  const revoke: AuthorityFolder['revoke'] = async (revoked, times) =>
    writeWhole(revokedFile!, await signRevocations(await own(), { revoked, ...times }), 0o644);
  return {
    certificateFile: certificateFile!,
    keyFile: keyFile!,
    revokedFile: revokedFile!,
    revoke,
    async create(name, validity, force) {
      await refuseOverwriting([certificateFile!, keyFile!], force);
      const made = await createCertificateAuthority(name, validity);
      await writePair({ certificateFile: certificateFile!, keyFile: keyFile! }, made);
      await revoke([], { thisUpdate: validity.notBefore, nextUpdate: validity.notAfter });
    },
    async open() {
      const pair = await own();
      return reading(certificateFile!, () => openCertificateAuthority(pair));
    },
    async revoked() {
      const list = await readFile(revokedFile!).catch((thrown: unknown) => {
        throw unreadable(revokedFile!, thrown);
      });
      return reading(revokedFile!, () => revokedIn(list));
    },
  };
}

/** Where a certificate and its key are. */
export interface PairFiles {
  readonly certificateFile: string;
  readonly keyFile: string;
}

/** Writes both, the key first, so that a broker that follows them reads them when both are there. */
export async function writePair({ certificateFile, keyFile }: PairFiles, pair: IssuedCertificate): Promise<void> {
  await writeWhole(keyFile, pair.key, 0o600);
  await writeWhole(certificateFile, pair.certificate, 0o644);
}

/** @throws SitewideError `CERTIFICATE_FILE_INVALID` if one of them is there. */
export async function refuseOverwriting(files: readonly string[], force: boolean): Promise<void> {
  for (const file of force ? [] : files) {
    const found = await stat(file).catch(() => null);
    if (found) {
      throw new SitewideError('CERTIFICATE_FILE_INVALID', {
        file,
        problem: 'it is there already; --force replaces it',
      });
    }
  }
}

/** @throws SitewideError `CERTIFICATE_FILE_INVALID`. */
export async function readText(file: string): Promise<string> {
  return readFile(file, 'latin1').catch((thrown: unknown) => {
    throw unreadable(file, thrown);
  });
}

/** Gives what the work gives. @throws SitewideError `CERTIFICATE_FILE_INVALID` for whatever it throws. */
export async function reading<Value>(file: string, work: () => Value | Promise<Value>): Promise<Value> {
  try {
    return await work();
  } catch (cause) {
    throw new SitewideError('CERTIFICATE_FILE_INVALID', { file, problem: messageOf(cause) }, { cause });
  }
}

function unreadable(file: string, cause: unknown): SitewideError {
  const problem = `it cannot be read: ${messageOf(cause)}`;
  return new SitewideError('CERTIFICATE_FILE_INVALID', { file, problem }, { cause });
}

async function writeWhole(file: string, text: string, mode: number): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  const next = `${file}.new`;
  try {
    await writeFile(next, text, { mode });
    await rename(next, file);
  } catch (cause) {
    const problem = `it cannot be written: ${messageOf(cause)}`;
    throw new SitewideError('CERTIFICATE_FILE_INVALID', { file, problem }, { cause });
  }
}
