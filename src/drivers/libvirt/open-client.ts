import { abortable } from '../../core/abort.ts';
import type { Clock } from '../../core/clock.ts';
import { createDeadline } from '../../core/deadline.ts';
import type { LibvirtClient } from './client.ts';
import { createClient } from './client-calls.ts';
import type { Ask } from './client-calls.ts';
import { connectSocket } from './connect-socket.ts';
import { createErrorMaker, isRefusal, LibvirtError } from './errors.ts';
import type { ErrorMaker } from './errors.ts';
import { authTypes, domainMessages, fabricMessages, procedures } from './procedures.ts';
import { createRpcConnection } from './rpc.ts';
import type { RpcConnection } from './rpc.ts';
import type { LibvirtTarget } from './uri.ts';
import { readDomain } from './wire-types.ts';
import type { DomainRef } from './wire-types.ts';
import { createXdrWriter } from './xdr.ts';
import type { XdrReader, XdrWriter } from './xdr.ts';

// Opens a connection to a daemon: connects, authenticates, opens, and passes its events on.

/** What a connection needs. */
export interface ClientOptions {
  readonly target: LibvirtTarget;
  /** For messages. */
  readonly uri: string;
  readonly clock: Clock;
  /** How long one call may take once it is sent, in milliseconds. */
  readonly callTimeoutMs: number;
  readonly keepAliveMs: number;
  readonly onDomainEvent?: (domain: DomainRef) => void;
  readonly onFabricEvent?: () => void;
}

/**
 * Connects, authenticates and opens.
 * @throws SitewideError of a driver code, or the signal's reason.
 */
export async function openClient(options: ClientOptions, signal: AbortSignal): Promise<LibvirtClient> {
  const { target, uri, clock, callTimeoutMs, keepAliveMs } = options;
  const errors = createErrorMaker(uri);
  const connection = createRpcConnection({
    socket: await connectInTime(options, errors, signal),
    clock,
    errors,
    keepAliveMs,
    onEvent: (procedure, payload) => dispatch(procedure, payload, options),
  });
  const ask = createAsk(connection, callTimeoutMs);
  try {
    await authenticate(ask, errors, signal);
    await openFirst(ask, target.names, signal);
    return createClient({ connection, ask, errors, callTimeoutMs });
  } catch (thrown) {
    await connection[Symbol.asyncDispose]();
    throw thrown;
  }
}

async function connectInTime(
  { target, clock, callTimeoutMs }: ClientOptions,
  errors: ErrorMaker,
  signal: AbortSignal,
): ReturnType<typeof connectSocket> {
  using deadline = createDeadline({ clock, timeoutMs: callTimeoutMs, parent: signal });
  try {
    return await abortable(connectSocket(target.sockets, errors, deadline.signal), deadline.signal);
  } catch (thrown) {
    const late = thrown === deadline.signal.reason && !signal.aborted;
    throw late ? errors.unreachable(`it took no connection in ${callTimeoutMs} ms`, thrown) : thrown;
  }
}

function dispatch(procedure: number, payload: XdrReader, { onDomainEvent, onFabricEvent }: ClientOptions): void {
  if (domainMessages.has(procedure)) {
    payload.i32();
    onDomainEvent?.(readDomain(payload));
  } else if (fabricMessages.has(procedure)) {
    onFabricEvent?.();
  }
}

function createAsk(connection: RpcConnection, callTimeoutMs: number): Ask {
  return async ({ procedure, write, read, timeoutMs = callTimeoutMs }, signal) => {
    const payload = createXdrWriter();
    write?.(payload);
    return read(await connection.call(procedure, payload.toBuffer(), { signal, timeoutMs }));
  };
}

/** A unix socket says who we are; polkit may still want to be asked. A password dialogue (SASL) is not held. */
async function authenticate(ask: Ask, errors: ErrorMaker, signal: AbortSignal): Promise<void> {
  const types = await ask({ procedure: procedures.authList, read: (from) => from.array(4, () => from.i32()) }, signal);
  if (types.length === 0 || types.includes(authTypes.none)) {
    return;
  }
  if (!types.includes(authTypes.polkit)) {
    throw errors.fault(new LibvirtError(0, 'it demands SASL authentication, which is not supported'));
  }
  await ask({ procedure: procedures.authPolkit, read: (from) => from.i32() }, signal);
}

/** Opens the first name that the daemon has: one of the system and one of a session refuse each other's. */
async function openFirst(ask: Ask, names: readonly string[], signal: AbortSignal): Promise<void> {
  for (const [index, name] of names.entries()) {
    const write = (to: XdrWriter): XdrWriter => to.bool(true).string(name).u32(0);
    try {
      await ask({ procedure: procedures.open, write, read: () => undefined }, signal);
      return;
    } catch (thrown) {
      if (!isRefusal(thrown) || index === names.length - 1) {
        throw thrown;
      }
    }
  }
}
