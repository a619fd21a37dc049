import { describe, expect, test } from '@jest/globals';

import { readSelector } from '../../../src/model/label-selector.ts';

const labels = { team: 'web', env: 'prod', 'example.com/tier': 'front' };

describe('label selectors', () => {
  test.each([
    ['team=web', true],
    ['team==web', true],
    ['team = web', true],
    ['team=db', false],
    ['team!=db', true],
    ['team!=web', false],
    ['owner!=web', true],
    ['env in (prod, stage)', true],
    ['env in (stage)', false],
    ['env notin (stage, test)', true],
    ['owner notin (alice)', true],
    ['env notin (prod)', false],
    ['team', true],
    ['owner', false],
    ['!owner', true],
    ['!team', false],
    ['team=', false],
    ['example.com/tier=front', true],
    ['team=web, env in (prod,stage), !owner', true],
    ['team=web,env in (stage),!owner', false],
    ['toString', false],
  ])('%s', (text, expected) => {
    expect(readSelector(text)?.(labels)).toBe(expected);
  });

  test.each([
    '',
    ' ',
    'team=web,',
    ',team',
    'team=web env=prod',
    'env in prod',
    'env in (a',
    '=web',
    'team=~web',
    '!!x',
  ])('refuses %j', (text) => {
    expect(readSelector(text)).toBeNull();
  });
});
