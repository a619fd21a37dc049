import type { IncomingMessage } from 'node:http';

import { messageOf, SitewideError } from '../core/errors.ts';
import type { PeerIdentity } from '../model/peer.ts';
import type { Logger } from '../telemetry/logger.ts';
import type { Listener, Reception } from './reception.ts';

// Where brokers come in nobody else learns anything, whatever is asked for: not even whether there is something. What is a
// question is received like all questions; this is for the rest, of which there is no other record.

/** What it takes to tell. */
export interface DoorOptions {
  readonly listener: Listener;
  readonly peerOf: (request: IncomingMessage) => PeerIdentity | null;
  readonly reception: Reception;
  readonly logger: Logger;
}

/**
 * Refuses whoever is no broker that is known here, and logs it; lets everybody pass where not only brokers come in.
 * @throws SitewideError `CERTIFICATE_…` or `PEER_UNKNOWN`.
 */
export function requireKnownBroker(request: IncomingMessage, options: DoorOptions): void {
  const { listener, peerOf, reception, logger } = options;
  if (listener !== 'PEERS') {
    return;
  }
  try {
    reception.admit(peerOf(request));
  } catch (thrown) {
    if (thrown instanceof SitewideError) {
      const facts = { errorCodes: [thrown.code], reason: messageOf(thrown), caller: request.socket.remoteAddress };
      logger.info(facts, 'Somebody was refused where brokers come in.');
    }
    throw thrown;
  }
}
