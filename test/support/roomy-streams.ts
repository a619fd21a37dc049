import type { StreamLimits } from '../../src/http/socket-options.ts';

// Limits of streams that no test meets unless it lowers them.

export const roomyStreams: StreamLimits = {
  sockets: 200,
  perSocket: 100,
  perBroker: 10_000,
  perAddress: 200,
  messagesPerSecond: 1_000_000,
  messagesBurst: 1_000_000,
};
