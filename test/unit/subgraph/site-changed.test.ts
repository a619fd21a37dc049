import { expect, test } from '@jest/globals';

import type { BrokerView, SiteView } from '../../../src/model/site.ts';
import { createManualClock, settle } from '../../support/manual-clock.ts';
import { follow, schemaOf, stateOf } from '../../support/subgraph.ts';

test('the stream of the site tells of it at once and when something lasting is different', async () => {
  const clock = createManualClock();
  const seen: BrokerView = {
    ...{ id: 'a-2', endpoint: 'http://a-2', state: 'UP', lastError: null },
    ...{ latencyMs: 1, p95Ms: 1, inFlight: 0, since: 0 },
  };
  let broker = seen;
  const siteView = (): SiteView => ({
    ...{ id: 'lyon', name: 'Lyon', answeredBy: 'a-1' },
    installations: [{ id: 'a', name: 'A', driver: null, brokers: [broker] }],
  });
  const schema = schemaOf({ current: () => stateOf(null), clock, siteView });
  const source = 'subscription { siteChanged { installations { brokers { state latencyMs } } } }';
  const stream = follow(schema, { source, signal: new AbortController().signal });
  const next = async () => (await stream.next()).value?.data.siteChanged.installations[0].brokers[0] as unknown;
  expect(await next()).toEqual({ state: 'UP', latencyMs: 1 });
  const change = next();
  broker = { ...seen, latencyMs: 7, inFlight: 3 };
  await clock.advance(2_000);
  broker = { ...broker, state: 'DOWN' };
  await clock.advance(1_000);
  expect(await change).toEqual({ state: 'DOWN', latencyMs: 7 });
  await stream.return(undefined);
  await settle();
  expect(clock.sleepers).toBe(0);
});
