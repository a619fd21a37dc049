import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import {
  createCertificateAuthority,
  type IssuedCertificate,
  openCertificateAuthority,
} from '../../src/auth/certificate/authority.ts';
import { readCertificate } from '../../src/auth/certificate/certificate.ts';
import { signRevocations } from '../../src/auth/certificate/revocation.ts';
import type { PeerIdentity } from '../../src/model/peer.ts';

// An authority for tests, with everything it issues in files of a temporary folder.

/** What is unusual about a certificate. */
export interface Oddity {
  /** Days from now; a broker's begins a day ago and ends in 30 days. */
  readonly from?: number;
  readonly until?: number;
  readonly hosts?: readonly string[];
  /** In PEM. */
  readonly key?: string;
}

/** A certificate in files. */
export interface CertificateFiles extends IssuedCertificate {
  readonly certificateFile: string;
  readonly keyFile: string;
  /** In hexadecimal. */
  readonly serial: string;
}

/** An authority for tests. Disposing it removes its files. */
export interface TestAuthority extends AsyncDisposable, IssuedCertificate {
  readonly directory: string;
  readonly certificateFile: string;
  /** There from the beginning, with nobody in it. */
  readonly revokedFile: string;
  issue(identity: PeerIdentity | null, oddity?: Oddity): Promise<CertificateFiles>;
  /** Writes the list anew with these serials beside those before. */
  revoke(...serials: readonly string[]): Promise<void>;
}

const dayMs = 86_400_000;

/** A new authority. */
export async function createTestAuthority(name = 'test authority'): Promise<TestAuthority> {
  const directory = await mkdtemp(join(tmpdir(), 'sitewide-ca-'));
  const own = await createCertificateAuthority(name, { notBefore: inDays(-2), notAfter: inDays(60) });
  const authority = await openCertificateAuthority(own);
  const certificateFile = join(directory, 'ca.crt');
  const revokedFile = join(directory, 'revoked.crl');
  await writeFile(certificateFile, own.certificate);
  const revoked: string[] = [];
  let count = 0;
  const result: TestAuthority = {
    ...own,
    ...{ directory, certificateFile, revokedFile },
    async issue(identity, { from = -1, until = 30, hosts = ['127.0.0.1', 'localhost'], key } = {}) {
      const validity = { notBefore: inDays(from), notAfter: inDays(until) };
      const issued = await authority.issue({ identity, hosts, ...validity, ...(key !== undefined && { key }) });
      count += 1;
      const base = join(directory, `${identity?.broker ?? 'clients'}-${count}`);
      const files = { certificateFile: `${base}.crt`, keyFile: `${base}.key` };
      await writeFile(files.certificateFile, issued.certificate);
      await writeFile(files.keyFile, issued.key, { mode: 0o600 });
      return { ...issued, ...files, serial: readCertificate(issued.certificate).serial };
    },
    async revoke(...serials) {
      revoked.push(...serials);
      const list = revoked.map((serial) => ({ serial, revokedAt: new Date() }));
      const times = { thisUpdate: new Date(), nextUpdate: inDays(30) };
      await writeFile(revokedFile, await signRevocations(own, { revoked: list, ...times }));
    },
    [Symbol.asyncDispose]: () => rm(directory, { recursive: true, force: true }),
  };
  await result.revoke();
  return result;
}

function inDays(days: number): Date {
  return new Date(Date.now() + days * dayMs);
}
