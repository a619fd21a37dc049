import { basename, dirname, join } from 'node:path';

import { Command, InvalidArgumentError } from 'commander';

import type { CertificateRequest, Validity } from '../../auth/certificate/authority.ts';
import { readCertificate } from '../../auth/certificate/certificate.ts';
import { SitewideError } from '../../core/errors.ts';
import { peerUri, readPeerUri } from '../../model/peer.ts';
import { authorityIn, type PairFiles, readText, reading, refuseOverwriting, writePair } from './authority-folder.ts';
import { showCommand } from './show.ts';

// `sitewide certs`: a small authority for the certificates of brokers. Any other one will do as well.

const dayMs = 86_400_000;
/** Clocks differ; what was issued here a moment ago has to be good elsewhere at once. */
const slackMs = 300_000;
const authorityDays = 3_650;
const brokerDays = 90;

const examples = `
Examples:
  $ sitewide certs init-ca
      certificates/ca.crt goes to every broker; certificates/ca.key stays where it is
  $ sitewide certs issue --site lyon --installation lyon-a --broker lyon-a-1 --host a1.lyon.example
      certificates/lyon-a-1.crt and .key, for that broker
  $ sitewide certs issue --clients portal --host portal.lyon.example
      a certificate for clients only, for "tls.clients" of brokers behind one name
  $ sitewide certs renew certificates/lyon-a-1.crt
      the same for another 90 days; a running broker takes it up by itself
  $ sitewide certs revoke certificates/lyon-a-1.crt
      certificates/revoked.crl goes to every broker; they take it up by themselves
  $ sitewide certs show certificates/*.crt

docs/guide/certificates.md says how authorities are exchanged, and what certificates of other authorities have to contain.`;

/** The command. */
export function certsCommand(): Command {
  const command = new Command('certs').description('Issue, renew and revoke the certificates of brokers.');
  command.addHelpText('after', examples);
  addAuthority(command);
  addIssue(command);
  addRenew(command);
  addRevoke(command);
  command.addCommand(showCommand());
  return command;
}

interface FolderOptions {
  readonly dir: string;
  readonly days: number;
  readonly force: boolean;
}

function withFolder(command: Command, days: number | null): Command {
  command.option('--dir <folder>', 'where the authority keeps its files', 'certificates');
  return days === null
    ? command
    : command
        .option('--days <number>', 'for how long it is valid', wholeDays, days)
        .option('--force', 'replace what is there', false);
}

function addAuthority(command: Command): void {
  withFolder(command.command('init-ca'), authorityDays)
    .description('Make an authority.')
    .option('--name <name>', 'what people see it called', 'sitewide')
    .action(async ({ dir, name, days, force }: FolderOptions & { readonly name: string }) => {
      const folder = authorityIn(dir);
      const validity = validFor(days);
      await folder.create(name, validity, force);
      say(`${folder.certificateFile}: authority "${name}", until ${day(validity.notAfter)}. Every broker needs it.`);
      say(`${folder.keyFile}: its key. Whoever has it can make brokers: keep it offline.`);
      say(`${folder.revokedFile}: what it has revoked: nothing.`);
    });
}

interface IssueOptions extends FolderOptions {
  readonly site?: string;
  readonly installation?: string;
  readonly broker?: string;
  readonly clients?: string;
  readonly host: readonly string[];
}

function addIssue(command: Command): void {
  const issue = withFolder(command.command('issue'), brokerDays)
    .description('Issue a certificate to a broker.')
    .option('--site <id>', 'the site of the broker')
    .option('--installation <id>', 'its installation')
    .option('--broker <id>', 'the broker')
    .option('--clients <name>', 'instead: a certificate for clients only, and what its files are called')
    .option('--host <name>', 'a host name or address under which it is reached; repeat it for others', collect, [])
    .action(async (options: IssueOptions) => {
      const { dir, days, force, host: hosts } = options;
      if (hosts.length === 0) {
        return issue.error('error: at least one --host is needed');
      }
      const identity = identityFrom(options);
      if (identity === undefined) {
        return issue.error('error: either --site, --installation and --broker are needed, each an id, or --clients');
      }
      const files = filesOf(join(dir, `${identity?.broker ?? options.clients!}.crt`));
      await refuseOverwriting([files.certificateFile, files.keyFile], force);
      await issueTo(files, dir, { identity, hosts, ...validFor(days) });
    });
}

/** Undefined if it is not said well. */
function identityFrom({
  site,
  installation,
  broker,
  clients,
}: IssueOptions): CertificateRequest['identity'] | undefined {
  if (clients !== undefined) {
    return (site ?? installation ?? broker) === undefined ? null : undefined;
  }
  return site === undefined || installation === undefined || broker === undefined
    ? undefined
    : (readPeerUri(peerUri({ site, installation, broker })) ?? undefined);
}

function addRenew(command: Command): void {
  withFolder(command.command('renew'), brokerDays)
    .description('Issue a certificate again, for the same broker and hosts.')
    .argument('<files...>', 'certificates, each with its key beside it')
    .option('--new-key', 'with another key', false)
    .action(
      async (certificates: readonly string[], { dir, days, newKey }: FolderOptions & { readonly newKey: boolean }) => {
        for (const certificateFile of certificates) {
          const files = filesOf(certificateFile);
          const { identity, hosts } = await reading(certificateFile, async () =>
            readCertificate(await readText(certificateFile)),
          );
          const key = newKey ? {} : { key: await readText(files.keyFile) };
          await issueTo(files, dir, { identity, hosts, ...validFor(days), ...key });
        }
      },
    );
}

function addRevoke(command: Command): void {
  withFolder(command.command('revoke'), null)
    .description('Revoke certificates.')
    .argument('<certificates...>', 'their files, or their serial numbers')
    .action(async (certificates: readonly string[], { dir }: FolderOptions) => {
      const folder = authorityIn(dir);
      const known = await folder.revoked();
      const now = new Date();
      const serials = await Promise.all(certificates.map(serialOf));
      const fresh = serials.filter((serial) => !known.some((one) => one.serial === serial));
      const { notAfter } = readCertificate(await readText(folder.certificateFile));
      await folder.revoke([...known, ...fresh.map((serial) => ({ serial, revokedAt: now }))], {
        thisUpdate: now,
        nextUpdate: notAfter,
      });
      say(`${folder.revokedFile}: ${known.length + fresh.length} certificates are revoked. Every broker needs it.`);
    });
}

async function serialOf(certificate: string): Promise<string> {
  if (/^[0-9a-f]{2,40}$/i.test(certificate)) {
    return certificate.toLowerCase();
  }
  return reading(certificate, async () => readCertificate(await readText(certificate)).serial);
}

async function issueTo(files: PairFiles, dir: string, request: CertificateRequest): Promise<void> {
  const authority = await authorityIn(dir).open();
  const issued = await reading(files.keyFile, () => authority.issue(request));
  await writePair(files, issued);
  const whose = request.identity === null ? 'for clients' : peerUri(request.identity);
  say(`${files.certificateFile}: ${whose} at ${request.hosts.join(', ')}, until ${day(request.notAfter)}`);
}

function filesOf(certificateFile: string): PairFiles {
  if (!certificateFile.endsWith('.crt')) {
    throw new SitewideError('CERTIFICATE_FILE_INVALID', {
      file: certificateFile,
      problem: 'its name has to end in .crt',
    });
  }
  return { certificateFile, keyFile: join(dirname(certificateFile), `${basename(certificateFile, '.crt')}.key`) };
}

function validFor(days: number): Validity {
  const now = Date.now();
  return { notBefore: new Date(now - slackMs), notAfter: new Date(now + days * dayMs) };
}

function wholeDays(text: string): number {
  const days = Number(text);
  if (!/^\d+$/.test(text) || days < 1 || days > 36_500) {
    throw new InvalidArgumentError('Allowed is a whole number from 1 to 36500.');
  }
  return days;
}

function collect(value: string, before: readonly string[]): readonly string[] {
  return [...before, value];
}

function day(date: Date): string {
  return date.toISOString().slice(0, 10);
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
