import type { IncomingHttpHeaders } from 'node:http';

// A socket has one request with headers, and a browser cannot set those. So what they say may come again in the payload of
// `connection_init`, for all operations of the socket, and in the `extensions` of one operation.

const understood = [
  'sitewide-assertion',
  'sitewide-cost',
  'sitewide-deadline-ms',
  'sitewide-explain',
  'sitewide-principal',
  'sitewide-request-id',
  'sitewide-sources',
  'sitewide-tier',
  'traceparent',
  'tracestate',
] as const;

/** The headers with those of the payload over them; what else it holds is not ours. */
export function withPayload(headers: IncomingHttpHeaders, payload: object | null | undefined): IncomingHttpHeaders {
  const given: Readonly<Record<string, unknown>> = { ...payload };
  const found = understood.flatMap((name) => {
    const value = given[name];
    return typeof value === 'string' || typeof value === 'number' ? [[name, String(value)] as const] : [];
  });
  return found.length === 0 ? headers : { ...headers, ...Object.fromEntries(found) };
}

/**
 * The headers with those of the payload of `connection_init` over them. There it is also said who opens the socket, for all
 * of its operations: `authorization`, as clients of graphql-ws do.
 */
export function withGreeting(headers: IncomingHttpHeaders, payload: object | null | undefined): IncomingHttpHeaders {
  const { authorization, Authorization = authorization } = (payload ?? {}) as Readonly<Record<string, unknown>>;
  const all = withPayload(headers, payload);
  return typeof Authorization === 'string' ? { ...all, authorization: Authorization } : all;
}
