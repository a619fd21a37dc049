import { type Dispatcher } from 'undici';

import type { Clock } from '../../core/clock.ts';
import { SitewideError } from '../../core/errors.ts';
import { powerActions, type Action, type Capabilities } from '../../model/action.ts';
import type { ActionResult, Finding, Order } from '../driver.ts';
import { findingSchema, taskLineSchema, type TaskLine } from './action-protocol.ts';
import { faultError, lostError, protocolError, translated } from './driver-errors.ts';
import { readJsonLines } from './json-lines.ts';

// The driver's way of having a simulated manager change something.

interface ActionClientOptions {
  readonly uri: string;
  readonly dispatcher: Dispatcher;
  readonly clock: Clock;
}

/** All there is. */
export const capabilities: Capabilities = {
  actions: [
    'SET_POWER_STATE',
    'CREATE_VIRTUAL_MACHINE',
    'DELETE_VIRTUAL_MACHINE',
    'RECONFIGURE_VIRTUAL_MACHINE',
    'CREATE_SNAPSHOT',
    'REVERT_TO_SNAPSHOT',
    'DELETE_SNAPSHOT',
    'CLONE_VIRTUAL_MACHINE',
    'MIGRATE_VIRTUAL_MACHINE',
  ],
  powerActions,
};

/** A manager that says nothing about a task for so long is lost, in milliseconds. */
const silenceMs = 30_000;
const cancelTimeoutMs = 1_000;

/** `Driver.apply`. */
export async function applyAction(options: ActionClientOptions, action: Action, order: Order): Promise<ActionResult> {
  const { uri, clock } = options;
  const { signal, onProgress } = order;
  try {
    signal.throwIfAborted();
    const { body } = await post(options, '/v1/actions', { action, order });
    for await (const lines of readJsonLines(body, { clock, silenceMs })) {
      for (const line of lines.map((each) => readLine(uri, each))) {
        if (line.type === 'done') return { vm: line.vm };
        if (line.type === 'refused') throw refusalOf(line, order);
        onProgress?.(line.progress, line.step);
      }
    }
    throw lostError(uri, 'the answer to an action was cut short');
  } catch (thrown) {
    if (signal.aborted) {
      await cancel(options, order);
      throw signal.reason;
    }
    throw translated(uri, thrown);
  }
}

/** `Driver.reconcile`. */
export async function reconcileAction(options: ActionClientOptions, action: Action, order: Order): Promise<Finding> {
  const { uri } = options;
  try {
    order.signal.throwIfAborted();
    const { body } = await post(options, '/v1/actions/reconcile', { action, order });
    const finding = findingSchema.safeParse(await body.json());
    if (!finding.success) throw protocolError(uri, 'it found something that is not of the protocol');
    const { data } = finding;
    return data.outcome === 'DONE' ? { outcome: 'DONE', result: { vm: data.vm } } : data;
  } catch (thrown) {
    order.signal.throwIfAborted();
    throw translated(uri, thrown);
  }
}

async function post(
  { uri, dispatcher }: ActionClientOptions,
  path: string,
  { action, order }: { readonly action: Action; readonly order: Order },
): Promise<Dispatcher.ResponseData> {
  const { operationId, epoch, signal } = order;
  const response = await dispatcher.request({
    origin: uri,
    path,
    method: 'POST',
    signal,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ operationId, epoch, action }),
  });
  if (response.statusCode !== 200) {
    throw errorOf(uri, { path, order, statusCode: response.statusCode, text: await response.body.text() });
  }
  return response;
}

/** An answer that is no stream of lines. */
function errorOf(
  uri: string,
  {
    path,
    order,
    statusCode,
    text,
  }: { readonly path: string; readonly order: Order; readonly statusCode: number; readonly text: string },
): SitewideError {
  const { error } = parsed(text);
  if (error?.code === 'STALE_EPOCH') {
    return new SitewideError('STALE_EPOCH', { operation: order.operationId, epoch: order.epoch });
  }
  if (error?.code === 'INVALID_ARGUMENT') {
    return new SitewideError('ACTION_IMPOSSIBLE', { problem: error.message.replace(/\.$/, '') });
  }
  return faultError(uri, `${path} was answered with ${statusCode}: ${text.slice(0, 300).trim()}`);
}

function parsed(text: string): { readonly error?: { readonly code: string; readonly message: string } } {
  try {
    return JSON.parse(text) as ReturnType<typeof parsed>;
  } catch {
    // What stands there instead goes into the message as it is.
    return {};
  }
}

function readLine(uri: string, line: unknown): TaskLine {
  const result = taskLineSchema.safeParse(line);
  if (!result.success) {
    throw protocolError(uri, `${JSON.stringify(line).slice(0, 80)} is no line about an action`);
  }
  return result.data;
}

function refusalOf(
  { code, message }: Extract<TaskLine, { type: 'refused' }>,
  { operationId, epoch }: Order,
): SitewideError {
  switch (code) {
    case 'ACTION_IMPOSSIBLE':
      return new SitewideError('ACTION_IMPOSSIBLE', { problem: message.replace(/\.$/, '') });
    case 'STALE_EPOCH':
    case 'CANCELLED':
      // Only a newer owner, or this one by itself, ends a task.
      return new SitewideError('STALE_EPOCH', { operation: operationId, epoch });
  }
}

/** Whether it came in time is found out by looking. */
async function cancel({ uri, dispatcher }: ActionClientOptions, { operationId, epoch }: Order): Promise<void> {
  const path = `/v1/actions/${encodeURIComponent(operationId)}?epoch=${epoch}`;
  const signal = AbortSignal.timeout(cancelTimeoutMs);
  await dispatcher
    .request({ origin: uri, path, method: 'DELETE', signal })
    .then(({ body }) => body.dump())
    .catch(() => undefined);
}
