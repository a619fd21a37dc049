import { isIP } from 'node:net';
import type { IncomingMessage, ServerResponse } from 'node:http';

import { SitewideError } from '../core/errors.ts';

// What browsers are told and kept from. They let any page send some requests to anywhere, with whatever their user can
// reach, and leave it to the server to say which pages may; and a page whose name leads to the broker's address all of a
// sudden counts as the broker's own for them (DNS rebinding), unless the broker answers in its own names only.

/** Which pages may ask. */
export interface PageRules {
  /** The origins of other pages that may ask, for example `https://dashboard.example.org`. */
  readonly origins: readonly string[];
  /** The names that this broker has at present, in small letters; addresses and `localhost` need not be among them. */
  readonly hosts: () => readonly string[];
}

/** No pages but the broker's own, under any name of it. */
export const ownPagesOnly: PageRules = { origins: [], hosts: () => ['*'] };

/**
 * Refuses a request in the name of another host, and tells the browser what it may do with the answer.
 * @throws SitewideError `HOST_REFUSED`; for a question whether a page of another may ask, `ORIGIN_REFUSED`.
 */
export function receivePage(
  request: IncomingMessage,
  response: ServerResponse,
  rules: PageRules,
): 'answer' | 'answered' {
  const { headers, method } = request;
  setSecurityHeaders(request, response);
  refuseForeignHost(request, rules);
  const { origin } = headers;
  if (rules.origins.length > 0) {
    response.appendHeader('vary', 'origin');
  }
  const mayAsk = origin !== undefined && rules.origins.includes(origin);
  if (mayAsk) {
    response.setHeader('access-control-allow-origin', origin);
    response.setHeader('access-control-expose-headers', exposed);
  }
  if (method !== 'OPTIONS' || headers['access-control-request-method'] === undefined) {
    return 'answer';
  }
  if (!mayAsk) {
    throw originRefused(request);
  }
  response.setHeader('access-control-allow-methods', 'GET, POST');
  response.setHeader('access-control-allow-headers', understood);
  response.setHeader('access-control-max-age', keptSeconds);
  response.writeHead(204).end();
  return 'answered';
}

/**
 * Refuses a WebSocket to a page of another. Browsers say which page it is, and nothing else keeps it away.
 * @throws SitewideError `HOST_REFUSED` or `ORIGIN_REFUSED`.
 */
export function refuseForeignPage(request: IncomingMessage, rules: PageRules): void {
  refuseForeignHost(request, rules);
  const { origin, host = '' } = request.headers;
  const isOwn = origin === undefined || URL.parse(origin)?.host === host.toLowerCase();
  if (!isOwn && !rules.origins.includes(origin)) {
    throw originRefused(request);
  }
}

/** What pages of others may say. Nothing by which brokers know one another is among it. */
const understood = [
  'accept',
  'apollo-require-preflight',
  'authorization',
  'content-type',
  'sitewide-cost',
  'sitewide-deadline-ms',
  'sitewide-explain',
  'sitewide-request-id',
  'traceparent',
  'tracestate',
].join(', ');
/** What they may read. */
const exposed =
  'retry-after, sitewide-broker, sitewide-installation, sitewide-request-id, sitewide-schema, sitewide-site';
/** How long a browser need not ask again whether a page may ask; what is not allowed any more ends no later. */
const keptSeconds = '600';

/** A year, as is common. */
const strictSeconds = 31_536_000;

/** There is nothing here that a page could show, run or embed. Brokers are no browsers, and are spared the bytes. */
function setSecurityHeaders({ headers, socket }: IncomingMessage, response: ServerResponse): void {
  response.setHeader('x-content-type-options', 'nosniff');
  if (headers['sitewide-tier'] !== undefined) {
    return;
  }
  response.setHeader('content-security-policy', "default-src 'none'; frame-ancestors 'none'");
  response.setHeader('cross-origin-resource-policy', 'same-origin');
  response.setHeader('referrer-policy', 'no-referrer');
  response.setHeader('x-frame-options', 'DENY');
  if ('encrypted' in socket) {
    response.setHeader('strict-transport-security', `max-age=${strictSeconds}`);
  }
}

function refuseForeignHost({ headers: { host } }: IncomingMessage, { hosts }: PageRules): void {
  // Browsers always send one.
  if (host === undefined) {
    return;
  }
  const name = host.replace(/:\d*$/, '').toLowerCase();
  // Nobody can make an address lead elsewhere.
  const isAddress = isIP(name.replace(/^\[|\]$/g, '')) !== 0;
  const isLocal = name === 'localhost' || name.endsWith('.localhost');
  if (!isAddress && !isLocal && !hosts().some((allowed) => allowed === name || allowed === '*')) {
    throw new SitewideError('HOST_REFUSED', { host: `"${host.slice(0, 100)}"` });
  }
}

function originRefused({ headers: { origin = '', host = '' } }: IncomingMessage): SitewideError {
  return new SitewideError('ORIGIN_REFUSED', { origin: origin.slice(0, 100), host: host.slice(0, 100) });
}
