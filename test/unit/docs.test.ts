import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { describe, expect, test } from '@jest/globals';
import { buildSchema, extendSchema, Kind, parse, validate } from 'graphql';

import { errorTable } from '../../src/core/errors.ts';

// What the documentation says about the project is true of the project, as far as a machine can tell.

const root = fileURLToPath(new URL('../../', import.meta.url));
const read = (path: string): string => readFileSync(join(root, path), 'utf8');
/** What clients see where the example of an own subgraph is configured. */
const joinedSchema = extendSchema(
  buildSchema(read('schema/generated/api.graphql')),
  parse(`
    extend type Query { machinesOf(costCentre: String!, among: [ID!]!): [VirtualMachine!] }
    extend type VirtualMachine { owner: String costCentre: String }
  `),
);
const pages = globSync(['*.md', 'docs/**/*.md', 'examples/**/*.md'], { cwd: root }).sort();
const { scripts } = JSON.parse(read('package.json')) as { readonly scripts: Readonly<Record<string, string>> };

describe('the pages of errors', () => {
  const codes = Object.keys(errorTable).sort();

  test('are one for each code', () => {
    const names = globSync('*.md', { cwd: join(root, 'docs/errors') }).filter((name) => name !== 'README.md');
    expect(names.map((name) => name.slice(0, -'.md'.length)).sort()).toEqual(codes);
  });

  test('are all in the index', () => {
    const listed = [...read('docs/errors/README.md').matchAll(/^- \[(\w+)\]\(\1\.md\): \S/gm)].map(([, code]) => code);
    expect(listed.sort()).toEqual(codes);
  });

  test.each(Object.entries(errorTable))('%s: says what the table says', (code, { message, status, retryable }) => {
    const page = read(`docs/errors/${code}.md`);
    expect(page.startsWith(`# ${code}\n`)).toBe(true);
    expect(page).toContain(`- Message: \`${message}\`\n`);
    expect(page).toContain(`- HTTP status when it is the whole answer: ${status}\n`);
    expect(page).toContain(`- Worth asking again unchanged: ${retryable ? 'yes' : 'no'}\n`);
    expect(page.match(/^## .*$/gm)).toEqual(['## Cause', '## What to do', '## Example']);
  });
});

describe('the commands of the documentation', () => {
  test('are the two of the README', () => {
    expect(read('README.md')).toContain('$ npm ci && npm start\n');
    expect(read('README.md')).toContain('$ npm ci && npm test\n');
  });

  test.each(pages)('%s: every npm script exists', (path) => {
    const used = [...read(path).matchAll(/npm (?:run )?(start|test|run [\w:]+)/g)].map(([, name]) => name!);
    for (const name of used.map((words) => words.replace('run ', ''))) {
      expect(Object.keys(scripts)).toContain(name);
    }
  });

  test('the table of checks names the steps of npm run check', () => {
    const steps = [...scripts['check']!.matchAll(/npm run ([\w:]+)/g)].map(([, name]) => name);
    const rows = [...read('CONTRIBUTING.md').matchAll(/^\| `([\w:]+)`/gm)].map(([, name]) => name);
    expect(rows).toEqual(steps);
  });

  test.each(pages)('%s: every command of the program exists', (path) => {
    const main = read('src/main.ts');
    for (const [, name] of read(path).matchAll(/\$ (?:npx )?sitewide (\w+)/g)) {
      expect(main).toContain(`  ${name}: {`);
    }
  });
});

describe('the pages', () => {
  test.each(pages)('%s: every link within the project leads somewhere', (path) => {
    for (const [, target] of read(path).matchAll(/\]\((?!https?:|#)([^)#]+)(?:#[^)]*)?\)/g)) {
      expect([target, existsSync(join(root, dirname(path), target!))]).toEqual([target, true]);
    }
  });

  test.each(pages)('%s: every GraphQL operation in it is valid', (path) => {
    for (const [, text] of read(path).matchAll(/^```graphql\n([\s\S]*?)^```$/gm)) {
      const document = parse(text!);
      if (document.definitions.every(({ kind }) => kind === Kind.OPERATION_DEFINITION)) {
        expect(validate(joinedSchema, document)).toEqual([]);
      }
    }
  });

  test('every record of a decision is in the index', () => {
    const records = globSync('0*.md', { cwd: join(root, 'docs/adr') }).sort();
    const listed = [...read('docs/adr/README.md').matchAll(/\((0\d{3}-[\w-]+\.md)\)/g)].map(([, name]) => name);
    expect(listed).toEqual(records);
  });
});
