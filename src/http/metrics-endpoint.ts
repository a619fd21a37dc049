import type { IncomingMessage, ServerResponse } from 'node:http';

import { SitewideError } from '../core/errors.ts';
import type { Metrics } from '../telemetry/metrics.ts';

// What Prometheus reads. It tells of numbers and of names from the configuration, never of what was asked or answered.

const path = '/metrics';

interface MetricsRequest {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly url: URL;
}

/**
 * Answers `/metrics`; false if that is not the path.
 * @throws SitewideError `METHOD_NOT_ALLOWED`.
 */
export async function answerMetrics({ request, response, url }: MetricsRequest, metrics: Metrics): Promise<boolean> {
  if (url.pathname !== path) {
    return false;
  }
  const method = request.method ?? '';
  if (method !== 'GET' && method !== 'HEAD') {
    response.setHeader('allow', 'GET, HEAD');
    throw new SitewideError('METHOD_NOT_ALLOWED', { method, path, allowed: 'GET, HEAD' });
  }
  const text = await metrics.text();
  response.writeHead(200, { 'content-type': metrics.contentType, 'content-length': Buffer.byteLength(text) });
  response.end(text);
  return true;
}
