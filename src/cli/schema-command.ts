import { readFile } from 'node:fs/promises';

import { Command, Option } from 'commander';

import { SitewideError } from '../core/errors.ts';
import { connectTo } from './connection.ts';
import { withCredentials, type CredentialOptions } from './credentials.ts';
import { interruptible } from './interrupt.ts';

// `sitewide schema`: the schema as SDL, of this program or of a running broker.

const kinds = ['base', 'api', 'supergraph'] as const;
type Kind = (typeof kinds)[number];

const examples = `
Kinds:
  base        the Federation 2 subgraph that every broker is, to be composed into a supergraph of your own
  api         what clients may ask
  supergraph  the composed supergraph of this program alone (not with --endpoint: brokers do not show theirs)

Examples:
  $ sitewide schema > sitewide.graphql
  $ sitewide schema --kind api
  $ sitewide schema --kind api --endpoint http://127.0.0.1:4000/graphql`;

interface SchemaOptions extends CredentialOptions {
  readonly kind: Kind;
  readonly endpoint?: string;
}

/** The command. */
export function schemaCommand(): Command {
  return withCredentials(new Command('schema'))
    .description('Prints the GraphQL schema as SDL.')
    .addOption(new Option('-k, --kind <kind>', 'which schema').choices(kinds).default('base'))
    .option('-e, --endpoint <url>', 'ask this broker instead of the files of this program')
    .addHelpText('after', examples)
    .action(async (options: SchemaOptions, command: Command) => {
      const { kind, endpoint } = options;
      if (endpoint !== undefined && kind === 'supergraph') {
        command.error('error: brokers do not show their supergraph; leave out --endpoint, or ask for base or api');
      }
      process.stdout.write(
        endpoint === undefined ? await ownSchema(kind) : await schemaOf({ ...options, endpoint }, kind),
      );
    });
}

async function ownSchema(kind: Kind): Promise<string> {
  if (kind === 'base') {
    return (await import('../core/sdl.ts')).baseSdl;
  }
  return readFile(new URL(`../../schema/generated/${kind}.graphql`, import.meta.url), 'utf8');
}

/** Options that name a broker. */
interface Asked extends SchemaOptions {
  readonly endpoint: string;
}

async function schemaOf(asked: Asked, kind: Kind): Promise<string> {
  if (kind === 'base') {
    const { _service: service } = await ask(asked, '{ _service { sdl } }');
    return `${(service as { readonly sdl: string }).sdl.trim()}\n`;
  }
  const { buildClientSchema, getIntrospectionQuery, printSchema } = await import('graphql');
  const introspection = await ask(asked, getIntrospectionQuery({ specifiedByUrl: true, inputValueDeprecation: true }));
  return `${printSchema(buildClientSchema(introspection as unknown as Parameters<typeof buildClientSchema>[0]))}\n`;
}

async function ask({ endpoint, ...options }: Asked, query: string): Promise<Readonly<Record<string, unknown>>> {
  const { transport } = await connectTo({ ...options, endpoint: [endpoint] });
  const { data, errors } = await interruptible((signal) => transport.request(query, {}, { signal }));
  if (!data) {
    const problem = `${endpoint} does not show its schema: ${errors.map(({ message }) => message).join('; ')}`;
    throw new SitewideError('ENDPOINT_UNREACHABLE', { problem });
  }
  return data;
}
