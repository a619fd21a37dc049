import { createHash } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { generate, loadContext } from '@graphql-codegen/cli';
import { type DocumentNode, getOperationAST, Kind, print } from 'graphql';

import { composeBaseSchema } from './generate-supergraph.ts';

// Makes everything under schema/generated/. With --check it writes nothing and fails if a file is not what it would make.

interface Made {
  readonly path: string;
  readonly content: string;
}

const root = fileURLToPath(new URL('..', import.meta.url));
const marker = 'Made by "npm run generate". Edit schema/ or src/client/documents/ instead.';
const check = process.argv.includes('--check');

await settle(makeSchemas());
await settle(await makeCode());
await settle(await makeManifest());

/** The composed schemas. They come first, because codegen reads the API schema. */
function makeSchemas(): readonly Made[] {
  const { supergraph, api } = composeBaseSchema();
  return [
    { path: 'schema/generated/supergraph.graphql', content: `# ${marker}\n${supergraph}` },
    { path: 'schema/generated/api.graphql', content: `# ${marker}\n${api}` },
  ];
}

/** The TypeScript of codegen.yml. */
async function makeCode(): Promise<readonly Made[]> {
  const context = await loadContext(join(root, 'codegen.yml'));
  context.updateConfig({ silent: true });
  const outputs = (await generate(context, false)) as readonly {
    readonly filename: string;
    readonly content: string;
  }[];
  return outputs.map(({ filename, content }) => ({ path: filename, content: `// ${marker}\n${content.trim()}\n` }));
}

/** The documents of this program's own clients, which brokers may be told to trust, as clients send them. */
async function makeManifest(): Promise<readonly Made[]> {
  const client = (await import('../schema/generated/client.ts')) as Readonly<Record<string, unknown>>;
  const operations = Object.values(client)
    .filter((value): value is DocumentNode => (value as DocumentNode).kind === Kind.DOCUMENT)
    .flatMap((document) => {
      const operation = getOperationAST(document);
      const body = print(document);
      const id = createHash('sha256').update(body).digest('hex');
      return operation ? [{ id, name: operation.name?.value, type: operation.operation, body }] : [];
    });
  // The format of Apollo's tools, which other tools read as well.
  const manifest = { format: 'apollo-persisted-query-manifest', version: 1, operations };
  return [{ path: 'schema/generated/documents.json', content: `${JSON.stringify(manifest, null, 2)}\n` }];
}

/** Writes what changed, or with --check names it. */
async function settle(files: readonly Made[]): Promise<void> {
  for (const { path, content } of files) {
    const file = join(root, path);
    const present = await readFile(file, 'utf8').catch(() => null);
    if (present === content) {
      continue;
    }
    if (check) {
      process.stderr.write(
        `${path} is not up to date: ${firstDifference(present, content)}. Run "npm run generate".\n`,
      );
      process.exitCode = 1;
      continue;
    }
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, content);
    process.stdout.write(`${path} written\n`);
  }
}

function firstDifference(present: string | null, wanted: string): string {
  if (present === null) {
    return 'it does not exist';
  }
  const lines = present.split('\n');
  const at = wanted.split('\n').findIndex((line, index) => line !== lines[index]);
  const line = at === -1 ? wanted.split('\n').length : at;
  return `line ${line + 1} is "${lines[line] ?? ''}" and should be "${wanted.split('\n')[line] ?? ''}"`;
}
