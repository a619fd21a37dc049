import { describe, expect, test } from '@jest/globals';

import { parseBytes } from '../../../src/cli/vm/change.ts';
import { filterOf, textFilter } from '../../../src/cli/vm/filter.ts';

describe('the filter of the command line', () => {
  test.each([
    ['web', { eq: 'web' }],
    ['web*', { startsWith: 'web' }],
    ['*web', { endsWith: 'web' }],
    ['*web*', { contains: 'web' }],
    ['*', { startsWith: '' }],
  ])('reads the pattern %s', (pattern, filter) => {
    expect(textFilter(pattern)).toEqual(filter);
  });

  test('is null if no option says anything', () => {
    expect(filterOf({})).toBeNull();
  });

  test('takes options of one kind as alternatives, and wants all kinds to hold', () => {
    expect(
      filterOf({
        name: ['a', 'b*'],
        state: ['RUNNING', 'PAUSED'],
        site: ['s'],
        installation: ['x'],
        label: ['env=prod', 'team'],
      }),
    ).toEqual({
      and: [
        { or: [{ name: { eq: 'a' } }, { name: { startsWith: 'b' } }] },
        { powerState: ['RUNNING', 'PAUSED'] },
        { site: { in: ['s'] } },
        { installation: { in: ['x'] } },
        {
          label: [
            { key: 'env', eq: 'prod' },
            { key: 'team', exists: true },
          ],
        },
      ],
    });
  });
});

test('sizes are read with their unit, and nothing else is taken for one', () => {
  expect(parseBytes('20GiB')).toBe(20 * 2 ** 30);
  expect(parseBytes('512')).toBe(512);
  for (const wrong of ['', 'GiB', '1.5GiB', '20GB', '-1', '0', '99999999TiB']) {
    expect(() => parseBytes(wrong)).toThrow('It must be a size such as 20GiB');
  }
});
