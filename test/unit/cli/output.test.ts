import { describe, expect, test } from '@jest/globals';

import { coverageLine } from '../../../src/cli/output/coverage.ts';
import { formatAnswer } from '../../../src/cli/output/format.ts';
import { remarksOf } from '../../../src/cli/output/remarks.ts';
import { columnsOf, cutTo, visibleText } from '../../../src/cli/output/text.ts';
import type { Answer } from '../../../src/client/answer.ts';

function answer(data: Answer['data'], rest: Partial<Answer> = {}): Answer {
  return { data, errors: [], extensions: {}, endpoint: 'http://b', status: 200, ...rest };
}

const machines = {
  virtualMachines: {
    nodes: [
      { name: 'web', cpuCount: 4, host: { name: 'h1' }, labels: [{ key: 'app', value: 'shop' }], ipAddresses: [] },
      { name: 'database', cpuCount: 16, host: null, labels: [], ipAddresses: ['10.0.0.1', '10.0.0.2'] },
    ],
    totalCount: 2,
    coverage: { complete: true },
  },
};

describe('a table', () => {
  test('has a column for each field, nested ones dotted, numbers to the right and what stands beside below', () => {
    expect(formatAnswer(answer(machines), 'table')).toBe(
      [
        'NAME      CPU_COUNT  HOST.NAME  LABELS    IP_ADDRESSES',
        'web               4  h1         app=shop  -',
        'database         16  -          -         10.0.0.1,10.0.0.2',
        '',
        'totalCount  2',
        '',
      ].join('\n'),
    );
  });

  test('keeps units together in its headings', () => {
    expect(formatAnswer(answer({ nodes: [{ memoryMiB: 1, ipAddresses: [] }] }), 'table')).toBe(
      'MEMORY_MIB  IP_ADDRESSES\n         1  -\n',
    );
  });

  test('shows the rows of edges', () => {
    const data = { hosts: { edges: [{ cursor: 'c', node: { name: 'h1' } }] } };
    expect(formatAnswer(answer(data), 'table')).toBe('NAME\nh1\n');
  });

  test('names each of several root fields, and shows a summary as names and values', () => {
    const data = { a: { count: 3, coverage: { complete: true } }, b: { nodes: [] }, c: null };
    expect(formatAnswer(answer(data), 'table')).toBe('a:\ncount  3\n\nb:\nno rows\n\nc:\nc  -\n');
  });

  test('cuts long values unless it is wide', () => {
    const data = { nodes: [{ name: 'x'.repeat(60) }] };
    expect(formatAnswer(answer(data), 'table')).toBe(`NAME\n${'x'.repeat(47)}…\n`);
    expect(formatAnswer(answer(data), 'wide')).toBe(`NAME\n${'x'.repeat(60)}\n`);
  });

  test('obeys no control characters of a name', () => {
    const data = { nodes: [{ name: 'a\u001b[2Jb\nc\u202e' }] };
    expect(formatAnswer(answer(data), 'table')).toBe('NAME\na\\x1b[2Jb\\x0ac\\u{202e}\n');
    expect(formatAnswer(answer(data), 'name')).toBe('a\\x1b[2Jb\\x0ac\\u{202e}\n');
  });
});

describe('other formats', () => {
  test('json is the whole answer', () => {
    const whole = answer({ a: null }, { errors: [{ message: 'no' }], extensions: { coverage: {} } });
    expect(JSON.parse(formatAnswer(whole, 'json'))).toEqual({
      errors: [{ message: 'no' }],
      data: { a: null },
      extensions: { coverage: {} },
    });
  });

  test('yaml is the whole answer', () => {
    expect(formatAnswer(answer({ a: { b: [1] } }), 'yaml')).toBe('data:\n  a:\n    b:\n      - 1\n');
  });

  test('jsonl is one row a line', () => {
    expect(formatAnswer(answer({ x: { nodes: [{ a: 1 }, { a: 2 }] } }), 'jsonl')).toBe('{"a":1}\n{"a":2}\n');
  });

  test('name is the name of each row, or else its id', () => {
    expect(formatAnswer(answer({ x: [{ name: 'n', id: 'i' }, { id: 'i2' }, null] }), 'name')).toBe('n\ni2\n-\n');
  });
});

describe('remarks', () => {
  const sources = [
    { id: 'installation:a', status: 'OK', message: null },
    { id: 'installation:b', status: 'UNREACHABLE', message: 'connection refused' },
    { id: 'installation:c', status: 'SKIPPED', message: 'not asked for' },
  ];

  test('say who answered, who did not and why', () => {
    expect(coverageLine({ complete: false, sources })).toBe(
      'coverage: partial, 1 of 2 sources: a OK, b UNREACHABLE (connection refused), c SKIPPED (not asked for)',
    );
  });

  test('group the installations by site, and name a site that is away as a whole once', () => {
    const installation = (id: string, site: string, status: string, message: string | null = null) => ({
      ...{ id: `installation:${id}`, tier: 'INSTALLATION', parent: `site:${site}` },
      ...{ status, message },
    });
    const site = (id: string, status: string, message: string | null = null) => ({
      ...{ id: `site:${id}`, tier: 'SITE', parent: null },
      ...{ status, message },
    });
    const all = [
      installation('lyon-a', 'lyon', 'OK'),
      installation('lyon-b', 'lyon', 'STALE', 'the manager is away'),
      installation('oslo-a', 'oslo', 'UNREACHABLE', 'its site: refused'),
      installation('rome-a', 'rome', 'SKIPPED', 'the filter rules it out'),
      installation('york-a', 'york', 'OK'),
      installation('york-b', 'york', 'TIMEOUT'),
      site('oslo', 'UNREACHABLE', 'refused'),
      site('rome', 'SKIPPED', 'the filter rules it out'),
      site('york', 'OK'),
    ];
    expect(coverageLine({ complete: false, sources: all })).toBe(
      'coverage: partial, 3 of 5 installations at 4 sites: lyon: lyon-a OK, lyon-b STALE (the manager is away); ' +
        'oslo UNREACHABLE (refused); rome SKIPPED (the filter rules it out); york: york-a OK, york-b TIMEOUT',
    );
  });

  test('name the field if there are several', () => {
    const coverage = { x: { complete: true, sources: [] }, y: { complete: true, sources: [] } };
    expect(remarksOf(answer({}, { extensions: { coverage } }))).toEqual([
      'x: coverage: complete, 0 of 0 sources: ',
      'y: coverage: complete, 0 of 0 sources: ',
    ]);
  });

  test('name the code and the place of an error', () => {
    const errors = [{ message: 'No source answered', path: ['x', 0], extensions: { code: 'NO_SOURCE_ANSWERED' } }];
    expect(remarksOf(answer(null, { errors }))).toEqual(['error: x.0: No source answered (NO_SOURCE_ANSWERED)']);
  });
});

describe('text for a terminal', () => {
  test('letters that are wide take two columns and combining marks none', () => {
    expect(['a', 'é', 'e\u0301', '漢字', '🏃'].map(columnsOf)).toEqual([1, 1, 1, 4, 2]);
  });

  test('a cut never exceeds its columns nor splits a letter', () => {
    expect([cutTo('漢字漢字', 5), cutTo('abc', 3), cutTo('🏃🏃🏃', 4)]).toEqual(['漢字…', 'abc', '🏃…']);
  });

  test('ordinary text of any language stays as it is', () => {
    expect(visibleText('Zürich-東京 €')).toBe('Zürich-東京 €');
  });
});
