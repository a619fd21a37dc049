import { randomUUID } from 'node:crypto';

import { expect } from '@jest/globals';
import { Agent, fetch } from 'undici';

import { startBroker } from '../../src/commands/broker.ts';
import { parseConfig } from '../../src/config/config.ts';
import { systemClock } from '../../src/core/clock.ts';
import { startSimulator } from '../../src/drivers/simulator/server.ts';
import { eventually } from '../contract/eventually.ts';
import type { CertificateFiles, TestAuthority } from './certificates.ts';
import { createRecordingLogger, type LogLine } from './recording-logger.ts';
import type { TokenIssuer } from './token-issuer.ts';

// One broker that is alone and has users, all of whom may do everything.

/** A broker that runs. Disposing ends it. */
export interface GuardedBroker extends AsyncDisposable {
  /** Where clients come in. */
  readonly url: string;
  /** Where other brokers would come in; null without certificates. */
  readonly peersUrl: string | null;
  /** Trusts its certificate; for `fetch` of undici. */
  readonly dispatcher: Agent;
  /** What it has logged so far, at every level. */
  readonly log: readonly LogLine[];
}

/**
 * Starts one.
 * @param auth The section `auth` of its configuration.
 * @param authority Issues its certificate; without it there is none.
 * @param subgraph The address of an operator's own subgraph.
 */
export async function startGuardedBroker(
  auth: object,
  authority?: TestAuthority,
  subgraph?: string,
): Promise<GuardedBroker> {
  await using started = new AsyncDisposableStack();
  const simulator = await startSimulator({ installation: 'lyon-a', vms: 3, port: 0 });
  started.defer(() => simulator.close());
  const self = { site: 'lyon', installation: 'lyon-a', broker: 'lyon-a-1' };
  const url = `${authority ? 'https' : 'http'}://127.0.0.1:1`;
  const certificate = await authority?.issue(self);
  const text = JSON.stringify({
    site: { id: 'lyon', installations: [{ id: 'lyon-a', brokers: [{ id: 'lyon-a-1', url }] }] },
    installation: 'lyon-a',
    broker: 'lyon-a-1',
    listen: { port: 0, ...(authority && { peers: { port: 0 } }) },
    ...(certificate && { tls: tlsOf(certificate, authority!) }),
    driver: { kind: 'simulator', url: simulator.url },
    timeouts: { drainMs: 100 },
    subgraphs: subgraph === undefined ? [] : [{ name: 'own', url: subgraph, pollIntervalMs: 1_000 }],
    auth,
    roles: {
      bindings: [
        { role: 'admin', subjects: ['*'] },
        { role: 'viewer', subjects: ['anonymous'] },
      ],
    },
  });
  const logger = createRecordingLogger();
  const options = { clock: systemClock, random: Math.random, newId: randomUUID, logger };
  const { address } = started.use(await startBroker(parseConfig(text, { file: 'guarded.yml' }), options));
  const dispatcher = new Agent(authority ? { connect: { ca: authority.certificate } } : {});
  started.defer(() => dispatcher.destroy());
  await eventually(async () => expect((await fetch(`${address.url}/health/ready`, { dispatcher })).status).toBe(200));
  const everything = started.move();
  return {
    url: address.url,
    peersUrl: address.peers?.url ?? null,
    dispatcher,
    log: logger.lines,
    [Symbol.asyncDispose]: () => everything.disposeAsync(),
  };
}

function tlsOf({ certificateFile, keyFile }: CertificateFiles, authority: TestAuthority): object {
  return { certificate: certificateFile, key: keyFile, authorities: [authority.certificateFile] };
}

/** Waits until it takes tokens of this issuer, whose keys it gets at its start; fails with what it says if it does not. */
export async function takesTokensOf(issuer: TokenIssuer, { url, dispatcher, log }: GuardedBroker): Promise<void> {
  await eventually(async () => {
    const { status } = await fetch(`${url}/graphql`, {
      method: 'POST',
      dispatcher,
      headers: { 'content-type': 'application/json', authorization: `Bearer ${await issuer.sign()}` },
      body: JSON.stringify({ query: '{ __typename }' }),
    });
    expect({ status, log: status === 200 ? [] : log.filter(({ level }) => level !== 'info') }).toMatchObject({
      status: 200,
    });
  });
}
