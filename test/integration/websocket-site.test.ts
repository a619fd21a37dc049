import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createClient } from 'graphql-ws';
import { WebSocket } from 'ws';

import { silentLogger } from '../../src/telemetry/logger.ts';
import { findFreePorts } from '../support/free-ports.ts';
import { query } from '../support/graphql.ts';
import { openReady } from '../support/raw-socket.ts';
import { createFollowedSite, type FollowedSite, type Member } from '../support/site-file.ts';

// WebSockets at real brokers: two installations that follow one site file.

let site: FollowedSite;
let members: readonly [Member, Member];

beforeAll(async () => {
  const port = await findFreePorts(2);
  members = [
    { installation: 'a', broker: 'a-1', url: `http://127.0.0.1:${port}` },
    { installation: 'b', broker: 'b-1', url: `http://127.0.0.1:${port + 1}` },
  ];
  site = await createFollowedSite();
  await site.write(members);
  await Promise.all(members.map((member) => site.start(member, 20, silentLogger)));
});

afterAll(async () => {
  await site?.[Symbol.asyncDispose]();
});

describe('a query over a WebSocket', () => {
  test('is answered for the whole site as over HTTP, with its coverage', async () => {
    const text = '{ virtualMachines(first: 30) { totalCount nodes { name } } }';
    using raw = await openReady(`${members[0].url}/graphql`);
    raw.send({ id: '1', type: 'subscribe', payload: { query: text } });
    const { payload } = (await raw.take()) as { readonly payload: Answered };
    const { data } = await query(`${members[0].url}/graphql`, text);
    expect(payload.data).toEqual(data);
    const { complete, sources } = payload.extensions.coverage.virtualMachines;
    expect(complete).toBe(true);
    expect(sources.map(({ id, status }) => [id, status])).toEqual([
      ['installation:a', 'OK'],
      ['installation:b', 'OK'],
    ]);
  });

  test('is refused where its coverage is not met, as over HTTP', async () => {
    using raw = await openReady(`${members[0].url}/graphql`);
    const text = 'query @coverage(sources: ["installation:x"]) { virtualMachines { totalCount } }';
    raw.send({ id: '1', type: 'subscribe', payload: { query: text } });
    expect(await raw.take()).toMatchObject({
      type: 'next',
      payload: { data: { virtualMachines: null }, errors: [{ extensions: { code: 'UNKNOWN_SOURCE' } }] },
    });
  });
});

interface Answered {
  readonly data: unknown;
  readonly extensions: {
    readonly coverage: {
      readonly virtualMachines: {
        readonly complete: boolean;
        readonly sources: readonly { readonly id: string; readonly status: string }[];
      };
    };
  };
}

interface Changed {
  readonly siteChanged: { readonly installations: readonly { readonly brokers: readonly { readonly id: string }[] }[] };
}

test('a stream of an installation goes on while its site changes', async () => {
  const url = `${members[0].url.replace('http', 'ws')}/installation/graphql`;
  const client = createClient({ url, webSocketImpl: WebSocket, retryAttempts: 0 });
  const stream = client.iterate({
    query: 'subscription { siteChanged { installations { brokers { id } } } }',
  });
  const untilThereAre = async (wanted: readonly string[]): Promise<void> => {
    for (;;) {
      const { value, done } = await stream.next();
      expect(done).not.toBe(true);
      const { installations } = (value?.data as Changed).siteChanged;
      const found = installations.flatMap(({ brokers }) => brokers.map(({ id }) => id));
      if (JSON.stringify(found) === JSON.stringify(wanted)) {
        return;
      }
    }
  };
  await untilThereAre(['a-1', 'b-1']);
  await site.write([members[0]]);
  await untilThereAre(['a-1']);
  await site.write(members);
  await untilThereAre(['a-1', 'b-1']);
  await client.dispose();
});
