import { X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';

import { expect, test } from '@jest/globals';

import { identityOf, readCertificate } from '../../../../src/auth/certificate/certificate.ts';
import { readRevocations, revokedIn } from '../../../../src/auth/certificate/revocation.ts';
import { createTestAuthority } from '../../../support/certificates.ts';

const identity = { site: 'lyon', installation: 'lyon-a', broker: 'lyon-a-1' };

test('a certificate says which broker it is of, where that is reached, and for how long', async () => {
  await using authority = await createTestAuthority();
  const { certificate, key } = await authority.issue(identity, { hosts: ['broker.example', '127.0.0.1', '::1'] });
  const facts = readCertificate(certificate);
  expect(facts).toMatchObject({ identity, issuer: 'CN=test authority', isAuthority: false });
  expect(facts.hosts).toEqual(['broker.example', '127.0.0.1', '::1']);
  expect(facts.notAfter.getTime() - facts.notBefore.getTime()).toBe(31 * 86_400_000);
  expect(new X509Certificate(certificate).verify(new X509Certificate(authority.certificate).publicKey)).toBe(true);
  expect(key).toMatch(/^-----BEGIN PRIVATE KEY-----/);
});

test('the certificate of an authority is one, and of no broker', async () => {
  await using authority = await createTestAuthority();
  expect(readCertificate(authority.certificate)).toMatchObject({ identity: null, isAuthority: true });
});

test('the certificate of a listener for clients is of no broker', async () => {
  await using authority = await createTestAuthority();
  const { certificate } = await authority.issue(null);
  expect(identityOf(new X509Certificate(certificate))).toBeNull();
});

test('a certificate may be renewed with its key', async () => {
  await using authority = await createTestAuthority();
  const first = await authority.issue(identity);
  const second = await authority.issue(identity, { key: first.key });
  expect(second.key).toBe(first.key);
  expect(second.serial).not.toBe(first.serial);
});

test('a list revokes what it names, of its own authority only', async () => {
  await using authority = await createTestAuthority();
  await using other = await createTestAuthority('another one');
  const [good, bad] = [await authority.issue(identity), await authority.issue(identity)];
  const foreign = await other.issue(identity);
  await authority.revoke(bad.serial, foreign.serial);
  const list = await readFile(authority.revokedFile);
  const authorities = [other, authority].map(({ certificate }) => new X509Certificate(certificate));
  const { isRevoked } = await readRevocations([list], authorities);
  const verdicts = [good, bad, foreign].map(({ certificate }) => isRevoked(new X509Certificate(certificate)));
  expect(verdicts).toEqual([false, true, false]);
  expect(revokedIn(list).map(({ serial }) => serial)).toEqual([bad.serial, foreign.serial]);
});

test('a list that none of the authorities has signed is refused', async () => {
  await using authority = await createTestAuthority();
  await using other = await createTestAuthority('another one');
  const lists = [await readFile(other.revokedFile)];
  await expect(readRevocations(lists, [new X509Certificate(authority.certificate)])).rejects.toThrow(
    'the revocation list of "CN=another one" is signed by none of the authorities',
  );
});
