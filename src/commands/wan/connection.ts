import { connect, type Socket } from 'node:net';

import type { Lane } from './lane.ts';
import type { Meter } from './meter.ts';

// One connection through a relay: bytes, ends and resets travel over the lanes, as does the handshake, so that the first
// request over a new connection arrives a round trip later than over an open one.

/** What is wrong with the way at the moment. */
export type WanFault =
  | { readonly kind: 'none' }
  /** Nothing moves; nothing is lost, and everything goes on when the fault ends. */
  | { readonly kind: 'stall' }
  /** Every connection is reset, new ones as well. */
  | { readonly kind: 'reset' }
  /** Connections are accepted, and everything in both directions is lost. */
  | { readonly kind: 'black-hole' }
  /** What is sent in one direction is lost, `up` being that of requests; no new connection comes about. */
  | { readonly kind: 'half-open'; readonly dead: 'up' | 'down' };

/** A connection through a relay. */
export interface WanConnection {
  /** The fault changed. Connections that lost something are reset as soon as they can carry again. */
  adapt(): void;
  reset(): void;
}

interface ConnectionOptions {
  /** From the side that connects; paused. */
  readonly near: Socket;
  readonly target: { readonly host: string; readonly port: number };
  readonly lanes: { readonly up: Lane; readonly down: Lane };
  readonly meter: Meter;
  readonly fault: () => WanFault;
  /** Both sockets are closed. */
  readonly onClosed: () => void;
}

type Direction = 'up' | 'down';

/** Carries a connection that was accepted. */
export function carryConnection(options: ConnectionOptions): WanConnection {
  const { near, target, lanes, fault, onClosed } = options;
  let far: Socket | null = null;
  let hasBegun = false;
  let hasLost = false;
  const flows: Flow[] = [];
  const send = (direction: Direction, deliver: () => void): void => {
    if (isDead(direction, fault())) {
      hasLost = true;
    } else {
      lanes[direction].carry(0, deliver);
    }
  };
  const reset = (): void => {
    near.resetAndDestroy();
    far?.resetAndDestroy();
  };
  const open = (): void => {
    if (near.destroyed || far!.destroyed) {
      reset();
      return;
    }
    flows.push(startFlow('up', near, far!), startFlow('down', far!, near));
  };
  const startFlow = (direction: Direction, source: Socket, sink: Socket): Flow =>
    createFlow({ ...options, direction, source, sink, send, onLoss: () => (hasLost = true) });
  const dial = (): void => {
    far = connect({ ...target, noDelay: true, allowHalfOpen: true });
    let isConnected = false;
    far.pause();
    far.on('error', () => undefined);
    far.once('connect', () => {
      isConnected = true;
      send('down', open);
    });
    far.once('close', () => {
      if (!isConnected) {
        send('down', () => near.resetAndDestroy());
      }
      closed();
    });
  };
  const begin = (): void => {
    hasBegun = true;
    send('up', () => near.destroyed || dial());
  };
  const closed = (): void => {
    if (near.closed && (far === null || far.closed)) {
      onClosed();
    }
  };
  const adapt = (): void => {
    const { kind } = fault();
    if (kind === 'reset' || (kind === 'none' && hasLost)) {
      reset();
    } else if (kind !== 'stall' && !hasBegun) {
      begin();
    }
    flows.forEach((flow) => flow.adapt());
  };
  near.on('error', () => undefined).once('close', closed);
  adapt();
  return { adapt, reset };
}

interface FlowOptions extends ConnectionOptions {
  readonly direction: Direction;
  readonly source: Socket;
  readonly sink: Socket;
  readonly send: (direction: Direction, deliver: () => void) => void;
  readonly onLoss: () => void;
}

/** What moves in one direction of a connection. */
interface Flow {
  adapt(): void;
}

/** Moves the bytes of one direction. It takes no more than the lane's window: the sender waits as it would for TCP. */
function createFlow({ direction, source, sink, send, onLoss, fault, lanes, meter }: FlowOptions): Flow {
  const lane = lanes[direction];
  let underWay = 0;
  let hasEnded = false;
  const adapt = (): void => {
    if (fault().kind === 'stall' || underWay > lane.windowBytes) {
      source.pause();
    } else {
      source.resume();
    }
  };
  source.on('data', (chunk: Buffer) => {
    meter[direction](chunk);
    if (isDead(direction, fault())) {
      onLoss();
      return;
    }
    underWay += chunk.length;
    adapt();
    lane.carry(chunk.length, () => {
      sink.write(chunk, () => {
        underWay -= chunk.length;
        adapt();
      });
    });
  });
  source.once('end', () => {
    hasEnded = true;
    send(direction, () => sink.end());
  });
  source.once('close', () => {
    if (!hasEnded) {
      send(direction, () => sink.resetAndDestroy());
    }
  });
  adapt();
  return { adapt };
}

function isDead(direction: Direction, fault: WanFault): boolean {
  return fault.kind === 'black-hole' || (fault.kind === 'half-open' && fault.dead === direction);
}
