import fc from 'fast-check';

import type { Vm } from '../../src/model/vm.ts';
import { vm } from '../support/builders.ts';

// Texts, numbers and machines that are likely to break something: few different values, so that ties are common, and the
// corners of Unicode and of floating point.

/** Texts with NUL, characters beyond U+FFFF, those that UTF-16 misorders against them, and lone surrogates. */
export const nastyText = fc
  .array(
    fc.constantFrom(
      '',
      'a',
      'b',
      'B',
      'é',
      '\0',
      '\x01',
      '\xff',
      '\ud7ff',
      '\ue000',
      '\uffff',
      '😀',
      '\ud83d',
      '\ude00',
      '\u{10ffff}',
    ),
    {
      maxLength: 4,
    },
  )
  .map((characters) => characters.join(''));

/** Numbers with both zeros, the tiny and the huge. */
export const nastyNumber = fc.oneof(
  fc.constantFrom(
    0,
    -0,
    1,
    -1,
    0.5,
    Number.MAX_SAFE_INTEGER,
    Number.MIN_SAFE_INTEGER,
    Number.MAX_VALUE,
    -Number.MAX_VALUE,
    5e-324,
    -5e-324,
  ),
  fc.double({ noNaN: true }),
);

const host = fc.constantFrom('h1', 'h2', 'h3').map((name) => ({ localId: name, name }));
const few = fc.constantFrom(0, 1, 2, 4096);

/** What may differ between machines; the local id is given by the test. */
export const vmFields = fc.record({
  name: nastyText,
  powerState: fc.constantFrom('RUNNING', 'STOPPED', 'PAUSED', 'UNKNOWN'),
  cpuCount: fc.option(few),
  memoryMiB: fc.option(few),
  guestOs: fc.option(fc.constantFrom('Debian', 'DEBIAN', 'İstanbul', '')),
  host: fc.option(host),
  ipAddresses: fc.array(fc.constantFrom('10.0.0.1', '10.0.0.2', 'fe80::1'), { maxLength: 2 }),
  labels: fc.dictionary(fc.constantFrom('app', 'zone', 'constructor'), fc.constantFrom('', 'x', 'y')),
  createdAt: fc.option(few),
  bootedAt: fc.option(few),
  cpuUsage: fc.option(fc.constantFrom(0, 0.5, 1)),
});

/** Machines with local ids 0, 1, 2 … */
export const vms: fc.Arbitrary<Vm[]> = fc
  .array(vmFields, { maxLength: 24 })
  .map((all) => all.map((fields, at) => vm({ ...fields, localId: String(at) })));

/** Any order of machines. */
export const vmOrder = fc.record({
  field: fc.constantFrom(
    'NAME',
    'POWER_STATE',
    'CPU_COUNT',
    'MEMORY',
    'HOST',
    'INSTALLATION',
    'CREATED_AT',
    'BOOTED_AT',
  ),
  direction: fc.constantFrom('ASC', 'DESC'),
} as const);
