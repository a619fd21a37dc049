import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

import { Provider } from 'oidc-provider';

import { createSigningKey } from './token-issuer.ts';

// A real OpenID Connect provider with the device flow, and a user with a browser, who logs in there.

/** A provider that runs. Disposing ends it. */
export interface LoginProvider extends AsyncDisposable {
  readonly url: string;
  /** How often tokens were asked for; a login asks until the user is done. */
  readonly grants: readonly string[];
  /** Whether it answers; it begins with that. */
  behave(how: 'ANSWERS' | 'REFUSES'): void;
}

/** What `sitewide login` is called there. */
export const clientId = 'sitewide-cli';
/** What a token for the brokers is asked for with. */
export const resource = 'https://brokers.example';

/** Starts one. @param lifeSeconds How long its access tokens are good. */
export async function startLoginProvider(lifeSeconds: number): Promise<LoginProvider> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const { privateKey } = await createSigningKey();
  const { key_ops: _, ...exported } = await crypto.subtle.exportKey('jwk', privateKey);
  const key = { ...exported, kid: 'one', alg: 'ES256', use: 'sig' };
  const provider = new Provider(url, {
    clients: [
      {
        client_id: clientId,
        token_endpoint_auth_method: 'none',
        application_type: 'native',
        id_token_signed_response_alg: 'ES256',
        grant_types: ['urn:ietf:params:oauth:grant-type:device_code', 'refresh_token'],
        redirect_uris: [],
        response_types: [],
      },
    ],
    jwks: { keys: [key] },
    cookies: { keys: ['for tests'] },
    ttl: { IdToken: lifeSeconds },
    rotateRefreshToken: true,
    scopes: ['openid', 'offline_access'],
    findAccount: (_, id) => ({ accountId: id, claims: () => ({ sub: id }) }),
    extraTokenClaims: () => ({ groups: ['operators'] }),
    features: {
      deviceFlow: { enabled: true },
      revocation: { enabled: true },
      resourceIndicators: {
        enabled: true,
        useGrantedResource: () => true,
        getResourceServerInfo: () => ({
          scope: '',
          audience: 'sitewide',
          accessTokenFormat: 'jwt',
          accessTokenTTL: lifeSeconds,
          jwt: { sign: { alg: 'ES256' } },
        }),
      },
    },
  });
  const grants: string[] = [];
  provider.on('grant.success', (context) => grants.push(String(context.oidc.params?.['grant_type'])));
  const answer = provider.callback();
  let how: 'ANSWERS' | 'REFUSES' = 'ANSWERS';
  server.on('request', (request, response) => {
    if (how === 'REFUSES') {
      response.writeHead(503).end();
      return;
    }
    void answer(request, response);
  });
  return {
    url,
    grants,
    behave: (next) => void (how = next),
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** What a user does in a browser: opens the page, and fills in each form that comes until there are no more. */
export async function logInAtPage(page: string, user: string): Promise<void> {
  const jar = new Map<string, string>();
  let html = await open(jar, page);
  for (let forms = 0; forms < 8; forms += 1) {
    const form = /<form[^>]* action="([^"]+)"[^>]*>/.exec(html);
    if (form === null || html.includes('Sign-in Success')) {
      break;
    }
    const fields = new URLSearchParams({ login: user, password: 'anything' });
    for (const [input] of html.matchAll(/<input[^>]*>/g)) {
      const name = /name="([^"]+)"/.exec(input)?.[1];
      const value = /value="([^"]*)"/.exec(input)?.[1];
      if (name !== undefined && value !== undefined) fields.set(name, value);
    }
    html = await open(jar, new URL(form[1]!, page).href, fields);
  }
  if (!html.includes('Sign-in Success')) {
    throw new Error(`The user is lost at:\n${html}`);
  }
}

/** A page, after all redirections, with the cookies of a browser. */
async function open(jar: Map<string, string>, url: string, body?: URLSearchParams): Promise<string> {
  const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join('; ');
  const response = await fetch(url, {
    redirect: 'manual',
    headers: { cookie },
    ...(body && { method: 'POST', body }),
  });
  for (const line of response.headers.getSetCookie()) {
    const [, name, value] = /^([^=]+)=([^;]*)/.exec(line)!;
    jar.set(name!, value!);
  }
  const location = response.headers.get('location');
  return location === null ? response.text() : open(jar, new URL(location, url).href);
}
