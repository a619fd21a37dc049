import { Command, Option } from 'commander';

import { type CertificateFacts, readCertificate } from '../../auth/certificate/certificate.ts';
import { revokedIn } from '../../auth/certificate/revocation.ts';
import { peerUri } from '../../model/peer.ts';
import { readText, reading } from './authority-folder.ts';

// `sitewide certs show`: what certificates say, and whether they are good.

interface ShowOptions {
  readonly revoked?: string;
  readonly output: 'text' | 'json';
}

interface Shown extends CertificateFacts {
  readonly file: string;
  readonly state: 'VALID' | 'EXPIRED' | 'NOT_YET_VALID' | 'REVOKED';
}

const failed = 1;

/** The command. */
export function showCommand(): Command {
  return new Command('show')
    .description('Show what certificates say. Ends with 1 if one of them is not valid.')
    .argument('<files...>', 'certificates')
    .option('--revoked <file>', 'a revocation list to look them up in')
    .addOption(new Option('-o, --output <form>', 'how').choices(['text', 'json']).default('text'))
    .action(async (files: readonly string[], { revoked, output }: ShowOptions) => {
      const serials = await revokedSerials(revoked);
      const shown: Shown[] = [];
      for (const file of files) {
        const facts = await reading(file, async () => readCertificate(await readText(file)));
        shown.push({ file, ...facts, state: stateOf(facts, serials) });
      }
      process.stdout.write(output === 'json' ? `${JSON.stringify(shown, null, 2)}\n` : shown.map(textOf).join('\n'));
      process.exitCode = shown.every(({ state }) => state === 'VALID') ? 0 : failed;
    });
}

async function revokedSerials(file: string | undefined): Promise<ReadonlySet<string>> {
  if (file === undefined) {
    return new Set();
  }
  const text = await readText(file);
  const revoked = await reading(file, () => revokedIn(Buffer.from(text, 'latin1')));
  return new Set(revoked.map(({ serial }) => serial));
}

function stateOf({ serial, notBefore, notAfter }: CertificateFacts, revoked: ReadonlySet<string>): Shown['state'] {
  const now = Date.now();
  if (revoked.has(serial)) {
    return 'REVOKED';
  }
  return now >= notAfter.getTime() ? 'EXPIRED' : now < notBefore.getTime() ? 'NOT_YET_VALID' : 'VALID';
}

function textOf({ file, identity, isAuthority, ...facts }: Shown): string {
  const whose = identity ? peerUri(identity) : isAuthority ? 'an authority' : 'no broker';
  const lines = [
    ['state', facts.state],
    ['of', whose],
    ['hosts', facts.hosts.join(', ')],
    ['valid', `${facts.notBefore.toISOString()} to ${facts.notAfter.toISOString()}`],
    ['subject', facts.subject],
    ['issuer', facts.issuer],
    ['serial', facts.serial],
    ['sha-256', facts.fingerprint],
  ];
  return `${file}\n${lines.map(([name, value]) => `  ${name!.padEnd(8)} ${value}\n`).join('')}`;
}
