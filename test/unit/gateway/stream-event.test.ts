import { describe, expect, test } from '@jest/globals';

import { encodeRevisions, type Place, type RevisionVector } from '../../../src/core/revision-vector.ts';
import { clientEvent, judgeEvent, type Known, readEvent } from '../../../src/gateway/stream-event.ts';

const at = (revision: number, part = 0, feed = 'f'): Place => ({ feed, revision, part });
const origin = {
  source: 'installation:a',
  responseName: 'changes',
  ownPlaces: (installation: string | null, { a }: RevisionVector) => (installation === 'a' && a ? { a } : null),
};
const event = (place: Place, type = 'ADDED', others: RevisionVector = {}) => ({
  source: 'site:x',
  installation: type === 'BOOKMARK' ? null : 'a',
  type,
  places: { ...others, a: place },
  value: {},
  errors: [],
});

interface Given extends Partial<Omit<Known, 'taken' | 'came'>> {
  readonly taken?: RevisionVector;
  readonly came?: RevisionVector;
}
const known = ({ taken = {}, came = {}, ...given }: Given = {}): Known => ({
  taken: new Map(Object.entries(taken)),
  came: new Map(Object.entries(came)),
  afterGap: new Set(),
  isShared: false,
  ...given,
});

describe('an event of a source', () => {
  test('is read with its place, which has to be one of that source', () => {
    const token = encodeRevisions({ a: at(3), b: at(4) });
    const value = { sw__resumeToken: token, sw__type: 'ADDED', sw__source: 'installation:a', node: null };
    expect(readEvent({ data: { changes: value } }, origin)).toEqual({
      source: 'installation:a',
      installation: 'a',
      type: 'ADDED',
      places: { a: at(3) },
      value,
      errors: [],
    });
    const foreign = { ...value, sw__resumeToken: encodeRevisions({ b: at(3) }) };
    expect(readEvent({ data: { changes: foreign } }, origin)).toContain('somebody else');
    expect(readEvent({ data: { changes: { ...value, sw__source: 'installation:b' } } }, origin)).toContain(
      'somebody else',
    );
    expect(readEvent({ data: { changes: { ...value, sw__resumeToken: 'x' } } }, origin)).toContain('nobody can read');
    expect(readEvent({ data: { changes: {} } }, origin)).toContain('without a place');
    expect(readEvent({ data: { changes: null } }, origin)).toBeNull();
  });

  test('is new after the last one that was taken, and else a duplicate', () => {
    expect(judgeEvent(event(at(3)), known())).toBe('new');
    expect(judgeEvent(event(at(3, 1)), known({ taken: { a: at(3) } }))).toBe('new');
    expect(judgeEvent(event(at(3)), known({ taken: { a: at(3) } }))).toBe('duplicate');
    expect(judgeEvent(event(at(2)), known({ taken: { a: at(3) } }))).toBe('duplicate');
  });

  test('that goes back behind what came before it, or is of another life of the feed, is a fault', () => {
    expect(judgeEvent(event(at(2)), known({ taken: { a: at(5) }, came: { a: at(3) } }))).toBe('backwards');
    expect(judgeEvent(event(at(9, 0, 'g')), known({ taken: { a: at(5) } }))).toBe('backwards');
    expect(judgeEvent(event(at(9, 0, 'g')), known({ came: { a: at(5) }, taken: { a: at(5) } }))).toBe('backwards');
  });

  test('of changes that were missed is always new, and so is how things are now, at the same place', () => {
    expect(judgeEvent(event(at(1, 0, 'g'), 'GAP'), known({ taken: { a: at(5) }, came: { a: at(5) } }))).toBe('new');
    expect(judgeEvent(event(at(5)), known({ taken: { a: at(5) }, came: { a: at(5) }, afterGap: new Set('a') }))).toBe(
      'new',
    );
  });

  test('is given to the client with a token of ours and without what only the merge needs', () => {
    const value = { mine: 'old', sw__resumeToken: 'old', node: { id: '1' }, sw__type: 'ADDED' };
    const names = {
      asked: new Map([
        ['mine', 'resumeToken'],
        ['node', 'node'],
      ]),
    };
    expect(clientEvent(value, 'new', names)).toEqual({ mine: 'new', node: { id: '1' } });
  });

  test('is given to a tier above with what its own merge needs', () => {
    const value = { sw__resumeToken: 'old', sw__type: 'ADDED', sw__source: 'installation:a' };
    const names = {
      asked: new Map([
        ['sw__resumeToken', 'resumeToken'],
        ['sw__type', 'type'],
      ]),
    };
    expect(clientEvent(value, 'new', names)).toEqual({ sw__resumeToken: 'new', sw__type: 'ADDED' });
  });
});

describe('an event of a site', () => {
  const taken = { a: at(5), b: at(7) };

  test('is judged by the place of its own installation; those of the others only may not go back', () => {
    expect(judgeEvent(event(at(6), 'ADDED', { b: at(7) }), known({ taken }))).toBe('new');
    expect(judgeEvent(event(at(5), 'ADDED', { b: at(9) }), known({ taken }))).toBe('duplicate');
    expect(judgeEvent(event(at(6), 'ADDED', { b: at(6) }), known({ taken, came: taken }))).toBe('backwards');
    expect(judgeEvent(event(at(6), 'ADDED', { b: at(7, 0, 'g') }), known({ taken }))).toBe('backwards');
  });

  test('without a change of anything is new if any place is, also one that nobody has told of', () => {
    expect(judgeEvent(event(at(5), 'BOOKMARK', { b: at(8) }), known({ taken }))).toBe('new');
    expect(judgeEvent(event(at(5), 'BOOKMARK', { b: at(7), c: at(1) }), known({ taken }))).toBe('new');
    expect(judgeEvent(event(at(5), 'BOOKMARK', { b: at(7) }), known({ taken }))).toBe('duplicate');
  });

  test('that tells how all parts of a thing are is new if any part is, in whatever life of its feed', () => {
    const shared = known({ taken, came: taken, isShared: true });
    expect(judgeEvent(event(at(5), 'ADDED', { b: at(8) }), shared)).toBe('new');
    expect(judgeEvent(event(at(5), 'ADDED', { b: at(1, 0, 'g') }), shared)).toBe('new');
    expect(judgeEvent(event(at(5), 'ADDED', { b: at(7) }), shared)).toBe('duplicate');
  });
});
