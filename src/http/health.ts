import type { ServerResponse } from 'node:http';

import { sendJson } from './answer.ts';

// What a supervisor or a load balancer asks: does the process run, and should it be sent requests?

/** Whether a broker should be sent requests. */
export interface Readiness {
  readonly ready: boolean;
  /** Why not, one sentence each; may name what is only partly well although it is ready. */
  readonly reasons: readonly string[];
}

/** Answers `/health/live` and `/health/ready`; false if the path is neither. */
export function answerHealth(path: string, response: ServerResponse, ready: () => Readiness): boolean {
  if (path === '/health/live') {
    sendJson(response, 200, { status: 'live' });
    return true;
  }
  if (path === '/health/ready') {
    const { ready: isReady, reasons } = ready();
    sendJson(response, isReady ? 200 : 503, { status: isReady ? 'ready' : 'not ready', reasons });
    return true;
  }
  return false;
}
