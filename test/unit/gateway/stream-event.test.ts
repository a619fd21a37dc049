import { describe, expect, test } from '@jest/globals';

import { encodeRevisions, type Place } from '../../../src/core/revision-vector.ts';
import { clientEvent, judgeEvent, type Known, readEvent } from '../../../src/gateway/stream-event.ts';

const at = (revision: number, part = 0, feed = 'f'): Place => ({ feed, revision, part });
const origin = { source: 'installation:a', installation: 'a', responseName: 'changes' };
const event = (place: Place, type = 'ADDED') => ({ ...origin, type, place, value: {}, errors: [] });
const known = (given: Partial<Known> = {}): Known => ({ taken: null, came: null, afterGap: false, ...given });

describe('an event of a source', () => {
  test('is read with its place, which has to be one of that source', () => {
    const token = encodeRevisions({ a: at(3) });
    const value = { sw__resumeToken: token, sw__type: 'ADDED', node: null };
    expect(readEvent({ data: { changes: value } }, origin)).toMatchObject({ type: 'ADDED', place: at(3), value });
    const foreign = { ...value, sw__resumeToken: encodeRevisions({ b: at(3) }) };
    expect(readEvent({ data: { changes: foreign } }, origin)).toContain('somebody else');
    expect(readEvent({ data: { changes: { ...value, sw__resumeToken: 'x' } } }, origin)).toContain('nobody can read');
    expect(readEvent({ data: { changes: {} } }, origin)).toContain('without a place');
    expect(readEvent({ data: { changes: null } }, origin)).toBeNull();
  });

  test('is new after the last one that was taken, and else a duplicate', () => {
    expect(judgeEvent(event(at(3)), known())).toBe('new');
    expect(judgeEvent(event(at(3, 1)), known({ taken: at(3) }))).toBe('new');
    expect(judgeEvent(event(at(3)), known({ taken: at(3) }))).toBe('duplicate');
    expect(judgeEvent(event(at(2)), known({ taken: at(3) }))).toBe('duplicate');
  });

  test('that goes back behind what came before it, or is of another life of the feed, is a fault', () => {
    expect(judgeEvent(event(at(2)), known({ taken: at(5), came: at(3) }))).toBe('backwards');
    expect(judgeEvent(event(at(9, 0, 'g')), known({ taken: at(5) }))).toBe('backwards');
    expect(judgeEvent(event(at(9, 0, 'g')), known({ came: at(5), taken: at(5) }))).toBe('backwards');
  });

  test('of changes that were missed is always new, and so is how things are now, at the same place', () => {
    expect(judgeEvent(event(at(1, 0, 'g'), 'GAP'), known({ taken: at(5), came: at(5) }))).toBe('new');
    expect(judgeEvent(event(at(5)), known({ taken: at(5), came: at(5), afterGap: true }))).toBe('new');
  });

  test('is given to the client with a token of ours and without what only the merge needs', () => {
    const value = { mine: 'old', sw__resumeToken: 'old', node: { id: '1' }, sw__type: 'ADDED' };
    expect(clientEvent(value, 'new', ['mine'])).toEqual({ mine: 'new', node: { id: '1' } });
  });
});
