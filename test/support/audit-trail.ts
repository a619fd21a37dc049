import { expect } from '@jest/globals';

import { chainHash, noHash } from '../../src/core/hash-chain.ts';
import type { AuditEvent, AuditRecord } from '../../src/model/audit.ts';
import { ask } from './postgres.ts';

// The audit trail of an installation as its database has it.

/** The trail, oldest first; fails if it is no chain. */
export async function trailOf(url: string): Promise<readonly (AuditRecord & Pick<AuditEvent, 'sequence' | 'at'>)[]> {
  const events = await ask<{ [Column in keyof AuditEvent]: string }>(
    url,
    `select sequence, at_ms as at, previous_hash as "previousHash", hash, record from audit_event order by sequence`,
  );
  const [first] = events;
  let previous = { sequence: Number(first?.sequence ?? 1) - 1, at: 0, hash: first?.previousHash ?? noHash };
  return events.map(({ sequence, at, ...event }) => {
    const read = { ...event, sequence: Number(sequence), at: Number(at) };
    expect(read).toMatchObject({ sequence: previous.sequence + 1, previousHash: previous.hash, hash: chainHash(read) });
    expect(read.at).toBeGreaterThan(previous.at);
    previous = read;
    return { ...(JSON.parse(read.record) as AuditRecord), sequence: read.sequence, at: read.at };
  });
}
