import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';

import { createAuthenticator, type RunningAuthenticator } from '../../../src/auth/create-authenticator.ts';
import { authSchema } from '../../../src/config/auth-schema.ts';
import type { Principal } from '../../../src/model/principal.ts';
import { eventually } from '../../contract/eventually.ts';
import { createManualClock, type ManualClock, settle } from '../../support/manual-clock.ts';
import { createRecordingLogger, type RecordingLogger } from '../../support/recording-logger.ts';
import { createSigningKey, startTokenIssuer, type TokenIssuer } from '../../support/token-issuer.ts';

// Users by the tokens of an issuer that replaces its keys, goes away and comes back, with a clock that the test moves.

const minuteMs = 60_000;
const { signal } = new AbortController();

let issuer: TokenIssuer;
let clock: ManualClock;
let logger: RecordingLogger;
let authenticator: RunningAuthenticator;
/** Questions to the issuer that are under way. */
let asking = 0;

const countingFetch: typeof fetch = async (input, init) => {
  asking += 1;
  try {
    const response = await fetch(input, init);
    const text = await response.text();
    return new Response(text, response);
  } finally {
    asking -= 1;
  }
};

beforeEach(async () => {
  issuer = await startTokenIssuer();
  clock = createManualClock(Date.now());
  logger = createRecordingLogger();
  authenticator = open();
});

afterEach(async () => {
  await authenticator[Symbol.asyncDispose]();
  await issuer[Symbol.asyncDispose]();
});

function open(settings: object = {}): RunningAuthenticator {
  const config = authSchema.parse({ issuers: [{ issuer: issuer.url, audience: 'sitewide', ...settings }] });
  return createAuthenticator(config, { clock, logger, fetch: countingFetch });
}

async function authenticate(token: string): Promise<Principal> {
  return await authenticator.authenticate(`Bearer ${token}`, signal);
}

/** A token that is good for a week. */
const lasting = (key = issuer.key): Promise<string> => issuer.sign({ exp: clock.now() / 1_000 + 7 * 86_400 }, key);

/** Moves the clock on while the issuer, which has a real one, does what it does. */
async function pass(milliseconds: number): Promise<void> {
  await clock.advance(milliseconds);
  await eventually(() => expect(asking).toBe(0));
  await settle();
}

describe('a principal', () => {
  test('has the subject and groups of the token, and ends with it and the leeway for clocks', async () => {
    const exp = Math.floor(clock.now() / 1_000) + 60;
    expect(await authenticate(await issuer.sign({ exp, groups: ['operators', 'lyon staff', 'operators'] }))).toEqual({
      subject: 'alice',
      groups: ['operators', 'lyon staff'],
      site: null,
      expiresAt: exp * 1_000 + 30_000,
    });
  });

  test('is taken from the claims that the configuration names, with the prefix of the issuer', async () => {
    await authenticator[Symbol.asyncDispose]();
    authenticator = open({ subjectClaim: 'email', groupsClaim: 'https://example.org/roles', prefix: 'corp:' });
    const claims = { email: 'alice@example.org', 'https://example.org/roles': 'admins', groups: ['others'] };
    expect(await authenticate(await issuer.sign(claims))).toMatchObject({
      subject: 'corp:alice@example.org',
      groups: ['corp:admins'],
    });
  });

  test('with a subject that could look like two has none', async () => {
    for (const sub of ['', 'alice of site:oslo', 'alice\u0000', 'a'.repeat(257), 7]) {
      await expect(authenticate(await issuer.sign({ sub }))).rejects.toMatchObject({ code: 'TOKEN_MALFORMED' });
    }
  });

  test('is remembered: the same token costs no further verification, and none is asked for', async () => {
    const token = await issuer.sign();
    const first = await authenticate(token);
    expect(authenticator.authenticate(`Bearer ${token}`, signal)).toBe(first);
    expect(issuer.asked).toBe(1);
  });

  test('that is remembered expires all the same', async () => {
    const token = await issuer.sign({ exp: clock.now() / 1_000 + 60 });
    await authenticate(token);
    await pass(2 * minuteMs);
    await expect(authenticate(token)).rejects.toMatchObject({ code: 'TOKEN_EXPIRED' });
  });
});

describe('clocks that differ', () => {
  test('by less than the leeway matter neither at the beginning nor at the end', async () => {
    const now = clock.now() / 1_000;
    await expect(authenticate(await issuer.sign({ exp: now - 29 }))).resolves.toMatchObject({ subject: 'alice' });
    await expect(authenticate(await issuer.sign({ nbf: now + 29 }))).resolves.toMatchObject({ subject: 'alice' });
    await expect(authenticate(await issuer.sign({ exp: now - 31 }))).rejects.toMatchObject({ code: 'TOKEN_EXPIRED' });
    await expect(authenticate(await issuer.sign({ nbf: now + 31 }))).rejects.toMatchObject({
      code: 'TOKEN_NOT_YET_VALID',
    });
  });
});

describe('an issuer that replaces its keys', () => {
  test('has a token with the new key taken at once, of a hundred at a time too, and that asks for the keys once', async () => {
    await authenticate(await issuer.sign());
    await issuer.rotate(true);
    const tokens = await Promise.all(Array.from({ length: 100 }, (_, nth) => issuer.sign({ sub: `user-${nth}` })));
    const all = await Promise.all(tokens.map(authenticate));
    expect(all.map(({ subject }) => subject)).toEqual(tokens.map((_, nth) => `user-${nth}`));
    expect(issuer.asked).toBe(2);
  });

  test('has those of a key that it withdraws refused within ten minutes, remembered ones too', async () => {
    const old = await lasting();
    await authenticate(old);
    await issuer.rotate(false);
    await pass(6 * minuteMs);
    // This one begins to get the keys again.
    await authenticate(old).catch(() => undefined);
    await eventually(() => expect(issuer.asked).toBe(2));
    await eventually(async () => {
      await expect(authenticate(old)).rejects.toMatchObject({ code: 'TOKEN_SIGNATURE' });
    });
  });

  test('and was not asked for hours is asked before a token of an old key is taken', async () => {
    const old = await lasting();
    await authenticate(old);
    await issuer.rotate(false);
    await pass(180 * minuteMs);
    await expect(authenticate(old)).rejects.toMatchObject({ code: 'TOKEN_SIGNATURE' });
  });

  test('is not asked as often as somebody makes up keys', async () => {
    await authenticate(await issuer.sign());
    for (let nth = 0; nth < 30; nth += 1) {
      const forged = await issuer.sign({ sub: `user-${nth}` }, await createSigningKey());
      await expect(authenticate(forged)).rejects.toMatchObject({ code: 'TOKEN_SIGNATURE' });
    }
    expect(issuer.asked).toBe(6);
    await issuer.rotate(true);
    await pass(11_000);
    await expect(authenticate(await issuer.sign())).resolves.toMatchObject({ subject: 'alice' });
  });

  test('without naming them is understood as well', async () => {
    const unnamed = async () => ({ ...(await createSigningKey()), kid: undefined as never });
    await expect(authenticate(await issuer.sign({}, await unnamed()))).rejects.toMatchObject({
      code: 'TOKEN_SIGNATURE',
    });
    await issuer.rotate(true);
    await expect(
      authenticate(await issuer.sign({}, { ...issuer.key, kid: undefined as never })),
    ).resolves.toMatchObject({
      subject: 'alice',
    });
  });
});

describe('an issuer that is away', () => {
  test.each(['REFUSES', 'HANGS'] as const)(
    'and %s fails nobody whose key is known, for a day',
    async (how) => {
      await authenticate(await lasting());
      issuer.behave(how);
      const known = await issuer.sign({ sub: 'bob', exp: clock.now() / 1_000 + 7 * 86_400 });
      for (let minutes = 0; minutes < 60; minutes += 7) {
        const waiting = authenticate(known);
        await pass(4_000);
        await expect(waiting).resolves.toMatchObject({ subject: 'bob' });
        await pass(7 * minuteMs);
      }
      await pass(25 * 60 * minuteMs);
      const late = authenticate(known);
      const refused = expect(late).rejects.toMatchObject({ code: 'ISSUER_UNAVAILABLE' });
      await pass(4_000);
      await refused;
      issuer.behave('ANSWERS');
      await pass(4_000);
      await expect(authenticate(known)).resolves.toMatchObject({ subject: 'bob' });
    },
    20_000,
  );

  test('from the beginning is named as such, keeps no broker from starting, and is found when it is back', async () => {
    await authenticator[Symbol.asyncDispose]();
    issuer.behave('REFUSES');
    authenticator = open();
    const token = await issuer.sign();
    await expect(authenticate(token)).rejects.toMatchObject({ code: 'ISSUER_UNAVAILABLE', retryable: true });
    issuer.behave('ANSWERS');
    await pass(1_500);
    await expect(authenticate(token)).resolves.toMatchObject({ subject: 'alice' });
  });

  test('is said to be so once, not with every attempt', async () => {
    await authenticate(await lasting());
    issuer.behave('REFUSES');
    const token = await lasting();
    for (let minutes = 0; minutes < 60; minutes += 6) {
      await authenticate(token);
      await pass(6 * minuteMs);
    }
    expect(logger.lines.filter(({ level }) => level === 'warn')).toHaveLength(1);
  });

  test('has a token with a key that is not known yet asked again later, not refused for good', async () => {
    await authenticate(await issuer.sign());
    issuer.behave('REFUSES');
    await issuer.rotate(true);
    await expect(authenticate(await issuer.sign())).rejects.toMatchObject({ code: 'ISSUER_UNAVAILABLE' });
  });
});

test('whoever gives up waiting for an issuer is let go at once', async () => {
  await authenticator[Symbol.asyncDispose]();
  issuer.behave('HANGS');
  authenticator = open();
  const gone = new AbortController();
  const waiting = authenticator.authenticate(`Bearer ${await issuer.sign()}`, gone.signal);
  const given = expect(waiting).rejects.toThrow('gone');
  gone.abort(new Error('gone'));
  await given;
});

test('a discovery document of another issuer is not believed', async () => {
  await using other = await startTokenIssuer();
  const fetchOther: typeof fetch = (input) => fetch((input as string).replace(issuer.url, other.url));
  const config = authSchema.parse({ issuers: [{ issuer: issuer.url, audience: 'sitewide' }] });
  await using fooled = createAuthenticator(config, { clock, logger, fetch: fetchOther });
  const token = await other.sign({ iss: issuer.url });
  await expect(fooled.authenticate(`Bearer ${token}`, signal)).rejects.toMatchObject({ code: 'ISSUER_UNAVAILABLE' });
});

test('an algorithm that the configuration does not name is not taken, though it is a good one', async () => {
  await authenticator[Symbol.asyncDispose]();
  authenticator = open({ algorithms: ['RS256'] });
  await expect(authenticate(await issuer.sign())).rejects.toMatchObject({ code: 'TOKEN_ALGORITHM' });
});
