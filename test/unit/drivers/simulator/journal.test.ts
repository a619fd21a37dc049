import { expect, test } from '@jest/globals';

import { createJournal } from '../../../../src/drivers/simulator/journal.ts';
import { remove } from '../../../../src/drivers/simulator/manager.ts';

test('a journal gives each batch as one line of JSON', () => {
  const journal = createJournal();
  journal.append(1, [remove('vm-1')]);
  const line = journal.lineOf(1);
  expect(line?.endsWith('\n')).toBe(true);
  expect(JSON.parse(line ?? '')).toEqual({ type: 'changes', revision: 1, changes: [remove('vm-1')] });
});

test('a full journal forgets its oldest batches and keeps the newest, however large', () => {
  const journal = createJournal(200);
  for (let revision = 1; revision <= 10; revision += 1) {
    journal.append(revision, [remove(`vm-${revision}`)]);
  }
  expect(journal.lineOf(1)).toBeNull();
  expect(journal.lineOf(10)).not.toBeNull();
  journal.append(11, [remove('x'.repeat(500))]);
  expect(journal.lineOf(10)).toBeNull();
  expect(journal.lineOf(11)).toContain('xxx');
});

test('a journal has no line for a revision that has not come yet', () => {
  expect(createJournal().lineOf(1)).toBeNull();
});
