import { expect, test } from '@jest/globals';

import { drawExplanation } from '../../../src/cli/output/explain.ts';
import { columnsOf } from '../../../src/cli/output/text.ts';

const attempt = { endpoint: 'http://b', choice: null, message: null, sentBytes: 300, receivedBytes: 20_480 };
const explain = {
  totalMs: 100,
  queryPlan: null,
  fields: [
    {
      ...{
        path: 'virtualMachines',
        field: 'virtualMachines',
        crossing: 'scatter',
        rows: 20,
        startedMs: 0,
        endedMs: 100,
      },
      sources: [
        { id: 'installation:a', status: 'OK', message: null, rows: 20 },
        { id: 'installation:b', status: 'SKIPPED', message: 'the filter rules it out', rows: null },
      ],
    },
  ],
  requests: [
    {
      ...{
        source: 'installation:a',
        fields: ['virtualMachines'],
        status: 'OK',
        message: null,
        startedMs: 0,
        endedMs: 90,
      },
      attempts: [
        {
          ...attempt,
          broker: 'a-1',
          reason: 'FIRST',
          status: 'TIMEOUT',
          message: 'no answer',
          startedMs: 0,
          endedMs: 50,
        },
        {
          ...attempt,
          broker: 'a-2',
          reason: 'RETRY',
          status: 'OK',
          choice: 'the only one',
          startedMs: 50,
          endedMs: 90,
        },
      ],
    },
  ],
  subgraphs: [],
};

test('the drawing is a tree with bars on one scale of time', () => {
  expect(draw(explain, 91)).toEqual([
    'explain: 100 ms at http://a-1/graphql',
    'virtualMachines  scatter, 20 rows           │██████████████████████████████│ 0–100 ms',
    '├─ installation:a  OK, 20 rows',
    '└─ installation:b  SKIPPED (the filter rules it out)',
    'installation:a  OK  for virtualMachines     │███████████████████████████   │ 0–90 ms',
    '├─ FIRST a-1  TIMEOUT (no answer), 300 B →… │███████████████               │ 0–50 ms',
    '└─ RETRY a-2  OK, 300 B → 20.0 KiB          │               ████████████   │ 50–90 ms',
    '   chosen: the only one',
  ]);
});

test.each([30, 60, 80, 200])('no line is wider than a terminal of %i columns', (columns) => {
  const widest = Math.max(...draw(explain, columns).map(columnsOf));
  expect(widest).toBeLessThanOrEqual(Math.max(columns, 40));
});

test('what a broker says cannot move the cursor, and an unknown shape is no accident', () => {
  const evil = { ...explain, requests: [{ source: '\u001b[2J', attempts: 'none' }, null] };
  expect(draw(evil, 80).join('')).toContain('\\x1b[2J');
  expect(draw('yes', 80)).toEqual(['explain: this broker does not say how its answer came about']);
});

test('the plan of the planner stands below', () => {
  expect(draw({ ...explain, queryPlan: 'QueryPlan {\n  Fetch\n}' }, 80).slice(-3)).toEqual([
    'QueryPlan {',
    '  Fetch',
    '}',
  ]);
});

function draw(extension: unknown, columns: number): string[] {
  const answer = { endpoint: 'http://a-1/graphql', extensions: { explain: extension } };
  return drawExplanation(answer, { columns }).trimEnd().split('\n');
}
