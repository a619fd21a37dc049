import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';

import { type Cmdb, startCmdb } from '../../examples/cmdb-subgraph/server.ts';

// The example of an operator's own subgraph, by itself. What a broker makes of it is tested with the gateway.

describe('the cmdb subgraph', () => {
  let cmdb: Cmdb;

  beforeAll(async () => {
    cmdb = await startCmdb({ port: 0, host: '127.0.0.1' });
  });

  afterAll(async () => {
    await cmdb.close();
  });

  test('resolves references to machines, always the same way', async () => {
    const query = `query ($of: [_Any!]!) {
      _entities(representations: $of) { ... on VirtualMachine { id owner costCentre } }
    }`;
    const of = ['one', 'two', 'one'].map((id) => ({ __typename: 'VirtualMachine', id }));
    const { _entities: entities } = await ask(cmdb.url, query, { of });
    expect(entities[0]).toEqual({
      id: 'one',
      owner: expect.any(String),
      costCentre: expect.stringMatching(/^CC-\d+$/),
    });
    expect(entities[1].id).toBe('two');
    expect(entities[2]).toEqual(entities[0]);
  });

  test('divides the machines among the cost centres', async () => {
    const among = Array.from({ length: 40 }, (_, at) => `machine ${at}`);
    const { costCentres } = await ask(cmdb.url, '{ costCentres { code } }', {});
    const query =
      'query ($of: String!, $among: [ID!]!) { machinesOf(costCentre: $of, among: $among) { id costCentre } }';
    const parts: { id: string; costCentre: string }[] = [];
    for (const { code } of costCentres) {
      const { machinesOf } = await ask(cmdb.url, query, { of: code, among });
      expect(machinesOf.every(({ costCentre }: { costCentre: string }) => costCentre === code)).toBe(true);
      parts.push(...machinesOf);
    }
    expect(parts.map(({ id }) => id).sort()).toEqual([...among].sort());
  });

  test('prints its SDL for composition', async () => {
    const { _service: service } = await ask(cmdb.url, '{ _service { sdl } }', {});
    expect(service.sdl).toContain('type VirtualMachine');
  });
});

test('the cmdb program says where it answers and ends on SIGTERM', async () => {
  const program = fileURLToPath(new URL('../../examples/cmdb-subgraph/server.ts', import.meta.url));
  const child = spawn(process.execPath, [program, '--port', '0'], {
    stdio: ['ignore', 'pipe', 'inherit'],
    // Apollo Server treats signals differently under NODE_ENV=test, which Jest sets.
    env: { ...process.env, NODE_ENV: 'development' },
  });
  try {
    const ended = once(child, 'exit');
    const [line] = (await once(createInterface(child.stdout), 'line')) as [string];
    expect(line).toMatch(/^cmdb ready http:\/\/127\.0\.0\.1:\d+\/$/);
    child.kill('SIGTERM');
    expect(await ended).toEqual([0, null]);
  } finally {
    child.kill('SIGKILL');
  }
});

// eslint-disable-next-line @typescript-eslint/no-explicit-any -- answers are looked at by the claims, field by field.
async function ask(url: string, query: string, variables: object): Promise<any> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query, variables }),
  });
  const { data, errors } = (await response.json()) as { data: unknown; errors?: unknown };
  expect(errors).toBeUndefined();
  return data;
}
