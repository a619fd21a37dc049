import { describe, expect, test } from '@jest/globals';

import { createSnapshot } from '../../../src/inventory/snapshot.ts';
import { createStateBox } from '../../../src/inventory/state.ts';
import type { InventoryState } from '../../../src/inventory/state.ts';
import type { Action } from '../../../src/model/action.ts';
import type { PowerState } from '../../../src/model/vm.ts';
import { settle } from '../../../src/operations/settle.ts';
import { inventory, vm } from '../../support/builders.ts';
import { createManualClock, settle as turns } from '../../support/manual-clock.ts';

const stop: Action = { kind: 'SET_POWER_STATE', vm: 'vm', action: 'FORCE_STOP' };
const reset: Action = { kind: 'SET_POWER_STATE', vm: 'vm', action: 'RESET' };
const overtaken = 'Done; the inventory has not shown it, so something else has followed.';

/** Waits for an effect of an action that was done just now. */
function settling(action: Action, powerState: PowerState = 'RUNNING') {
  const clock = createManualClock();
  const box = createStateBox(clock);
  const show = (state: PowerState): void =>
    box.reached(createSnapshot('a', inventory({ VirtualMachine: [vm({ name: 'vm', powerState: state })] })));
  show(powerState);
  const lease = new AbortController();
  let confirmedAt: number | null = null;
  const current = (): InventoryState => ({ ...box.current(), ...(confirmedAt !== null && { asOf: confirmedAt }) });
  const result: { told?: string | null; thrown?: unknown } = {};
  const feed = { current, changed: box.changed };
  settle({ inventory: feed, clock, lease: lease.signal, timeoutMs: 60_000 }, action, 'vm').then(
    (told) => (result.told = told),
    (thrown: unknown) => (result.thrown = thrown),
  );
  return {
    clock,
    box,
    show,
    lease,
    result,
    confirm(at: number) {
      confirmedAt = at;
    },
  };
}

describe('success', () => {
  test('is told as soon as the inventory shows it', async () => {
    const { show, result } = settling(stop);
    await turns();
    expect(result).toEqual({});
    show('STOPPED');
    await turns();
    expect(result).toEqual({ told: null });
  });

  test('is told with a word of doubt when a watch in force has not shown it for 3 s', async () => {
    const { clock, result } = settling(stop);
    await clock.advance(2_900);
    expect(result).toEqual({});
    await clock.advance(600);
    expect(result).toEqual({ told: overtaken });
  });

  test('is not told as long as nobody has confirmed the watch since, although the inventory counts as current', async () => {
    const { clock, confirm, result, show } = settling(stop);
    confirm(clock.now());
    await clock.advance(6_000);
    expect(result).toEqual({});
    show('STOPPED');
    await turns();
    expect(result).toEqual({ told: null });
  });

  test('waits for an inventory that is not current, until the time is over', async () => {
    const { clock, box, result } = settling(stop);
    box.lost('the manager is away');
    await clock.advance(59_000);
    expect(result).toEqual({});
    await clock.advance(2_000);
    expect(result).toEqual({ told: 'Done; the inventory is not current and has not shown it.' });
  });

  test('of what leaves nothing to be seen waits for a moment only', async () => {
    const { clock, result } = settling(reset);
    await clock.advance(900);
    expect(result).toEqual({});
    await clock.advance(600);
    expect(result).toEqual({ told: null });
  });

  test('is nothing that this broker tells when it has lost the lease', async () => {
    const { lease, result, clock } = settling(stop);
    await turns();
    lease.abort(new Error('lost'));
    await turns();
    expect(result).toEqual({ thrown: new Error('lost') });
    expect(clock.sleepers).toBe(0);
  });
});
