import { rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';

import { Agent, setGlobalDispatcher } from 'undici';

import type { Clock } from '../core/clock.ts';
import { authorityIn, readText, writePair } from './certs/authority-folder.ts';
import type { DemoPlan } from './demo-plan.ts';

// The certificates of a demo: an authority and those of all brokers, made anew with each start. The demo asks nobody but its
// own brokers, and trusts that authority only.

const dayMs = 86_400_000;
const slackMs = 300_000;
const days = 30;

/** The folder of a demo's certificates, in full: beside that of its databases, which is PostgreSQL's alone. */
export function certificatesIn(data: string): string {
  return `${resolve(data)}-certificates`;
}

/**
 * Makes them.
 * @returns The file that clients have to trust.
 * @throws SitewideError `CERTIFICATE_FILE_INVALID`.
 */
export async function makeDemoCertificates({ brokers }: DemoPlan, folder: string, clock: Clock): Promise<string> {
  await rm(folder, { recursive: true, force: true });
  const validity = { notBefore: new Date(clock.now() - slackMs), notAfter: new Date(clock.now() + days * dayMs) };
  const authority = authorityIn(folder);
  await authority.create('sitewide demo', validity, true);
  const { issue } = await authority.open();
  for (const { site, installation, broker } of brokers) {
    const hosts = ['127.0.0.1', 'localhost'];
    const pair = await issue({ identity: { site, installation, broker }, hosts, ...validity });
    const [certificateFile, keyFile] = ['crt', 'key'].map((end) => join(folder, `${broker}.${end}`));
    await writePair({ certificateFile: certificateFile!, keyFile: keyFile! }, pair);
  }
  return authority.certificateFile;
}

/** Has everything that this process asks trust this authority, and nobody else. */
export async function trustOnly(authorityFile: string): Promise<void> {
  setGlobalDispatcher(new Agent({ connect: { ca: await readText(authorityFile) } }));
}
