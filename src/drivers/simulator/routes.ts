import type { IncomingMessage, ServerResponse } from 'node:http';

import type { Clock } from '../../core/clock.ts';
import { SitewideError } from '../../core/errors.ts';
import type { Vm } from '../../model/vm.ts';
import { checked, readBody, sendJson } from './answers.ts';
import { orderSchema } from './action-protocol.ts';
import { streamEvents } from './event-stream.ts';
import type { FaultInjector } from './faults.ts';
import { streamInventory } from './inventory-stream.ts';
import { remove, upsert } from './manager.ts';
import type { Manager } from './manager.ts';
import { afterSchema, epochSchema, faultsSchema, linesMediaType, protocolVersion, vmSpecSchema } from './protocol.ts';
import type { Random } from './random.ts';
import type { Tasks } from './tasks.ts';
import { edited } from './vm-edits.ts';

// What the simulated manager answers to. Drivers use `about`, `inventory`, `events` and `actions`, which faults can spoil;
// tests and people look at and change the world by `vms`, `effects` and `faults`, which always work.

/** What the routes work on. */
export interface RouteContext {
  readonly installation: string;
  readonly manager: Manager;
  readonly faults: FaultInjector;
  readonly clock: Clock;
  readonly random: Random;
  readonly heartbeatMs: number;
  readonly tasks: Tasks;
}

interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly url: URL;
  /** The last part of the path, for routes that end with an id. */
  readonly id: string;
  /** Aborts when the caller goes away or the manager ends. */
  readonly signal: AbortSignal;
}

type Handler = (exchange: Exchange, context: RouteContext) => void | Promise<void>;

/** By method and path; `:id` stands for one part of the path. */
const routes: Readonly<Record<string, Handler>> = {
  'GET /v1/about': spoilable(about),
  'GET /v1/inventory': spoilable(({ response, signal }, context) => streamInventory(response, { ...context, signal })),
  'GET /v1/events': spoilable(events),
  'POST /v1/actions': spoilable(postAction),
  'POST /v1/actions/reconcile': spoilable(reconcile),
  'GET /v1/effects': getEffects,
  'GET /v1/faults': ({ response }, { faults }) => sendJson(response, 200, faults.current),
  'PUT /v1/faults': putFaults,
  'DELETE /v1/faults': deleteFaults,
  'GET /v1/vms': ({ response }, { manager }) => sendJson(response, 200, [...manager.vms()].map(brief)),
  'POST /v1/vms': postVm,
  'GET /v1/vms/:id': (exchange, context) => sendJson(exchange.response, 200, vmOf(exchange, context)),
  'PATCH /v1/vms/:id': patchVm,
  'DELETE /v1/vms/:id': deleteVm,
  'DELETE /v1/actions/:id': ({ response, url, id }, { tasks }) => {
    tasks.cancel(id, checked(epochSchema, url.searchParams.get('epoch'), 'epoch'));
    response.writeHead(204).end();
  },
};

/**
 * Answers one request.
 * @throws SitewideError, among others NOT_FOUND, before anything was answered.
 */
export async function answer(exchange: Omit<Exchange, 'id'>, context: RouteContext): Promise<void> {
  const method = exchange.request.method ?? 'GET';
  const { pathname } = exchange.url;
  const [, folder, id = ''] = /^(\/v1\/(?:vms|actions))\/([^/]+)$/.exec(pathname) ?? [];
  const handler = routes[`${method} ${pathname}`] ?? routes[`${method} ${folder}/:id`];
  if (handler === undefined) {
    throw notFound(`${method} ${pathname}`);
  }
  await handler({ ...exchange, id }, context);
}

function spoilable(handler: Handler): Handler {
  return async (exchange, context) => {
    if (await context.faults.shouldFail(exchange.signal)) {
      throw new SitewideError('SIMULATED_FAULT', {});
    }
    await handler(exchange, context);
  };
}

function about({ response }: Exchange, { installation, manager }: RouteContext): void {
  const { instance, revision } = manager;
  sendJson(response, 200, {
    product: 'sitewide simulator',
    protocol: protocolVersion,
    installation,
    instance,
    revision,
  });
}

async function events({ response, url, signal }: Exchange, context: RouteContext): Promise<void> {
  const { manager } = context;
  const after = checked(afterSchema, url.searchParams.get('after') ?? manager.revision, 'after');
  if (after > manager.revision || (after < manager.revision && manager.journal.lineOf(after + 1) === null)) {
    throw new SitewideError('REVISION_GONE', { after, revision: manager.revision });
  }
  await streamEvents(response, { ...context, after, signal });
}

/** The answer is told as it goes; whoever leaves does not end the task. */
async function postAction({ request, response }: Exchange, { tasks }: RouteContext): Promise<void> {
  const order = await readBody(request, orderSchema);
  let isBegun = false;
  await tasks.run(order, (line) => {
    if (!isBegun) response.writeHead(200, { 'content-type': linesMediaType });
    isBegun = true;
    response.write(`${JSON.stringify(line)}\n`);
  });
  response.end();
}

async function reconcile({ request, response }: Exchange, { tasks }: RouteContext): Promise<void> {
  sendJson(response, 200, tasks.reconcile(await readBody(request, orderSchema)));
}

function getEffects({ response, url }: Exchange, { tasks }: RouteContext): void {
  const after = checked(afterSchema, url.searchParams.get('after') ?? 0, 'after');
  sendJson(response, 200, tasks.effects.after(after));
}

async function putFaults({ request, response }: Exchange, { faults }: RouteContext): Promise<void> {
  faults.set(await readBody(request, faultsSchema));
  sendJson(response, 200, faults.current);
}

function deleteFaults({ response }: Exchange, { faults }: RouteContext): void {
  faults.set({});
  sendJson(response, 200, faults.current);
}

async function postVm({ request, response }: Exchange, context: RouteContext): Promise<void> {
  const { manager } = context;
  const { powerState = 'RUNNING', ...spec } = await readBody(request, vmSpecSchema);
  const vm = edit(manager.newVm(powerState, context.clock.now()), spec, context);
  manager.commit([upsert(vm)]);
  sendJson(response, 201, vm);
}

async function patchVm(exchange: Exchange, context: RouteContext): Promise<void> {
  const spec = await readBody(exchange.request, vmSpecSchema);
  const vm = edit(vmOf(exchange, context), spec, context);
  context.manager.commit([upsert(vm)]);
  sendJson(exchange.response, 200, vm);
}

function deleteVm(exchange: Exchange, context: RouteContext): void {
  const { localId } = vmOf(exchange, context);
  context.manager.commit([remove(localId)]);
  exchange.response.writeHead(204).end();
}

function edit(vm: Vm, spec: Parameters<typeof edited>[1], { manager, clock, random }: RouteContext): Vm {
  return edited(vm, spec, { hosts: manager.hosts, now: clock.now(), random });
}

function vmOf({ id, url }: Exchange, { manager }: RouteContext): Vm {
  const vm = manager.vm(id);
  if (vm === undefined) {
    throw notFound(url.pathname);
  }
  return vm;
}

function brief({ localId, name, powerState }: Vm): Pick<Vm, 'localId' | 'name' | 'powerState'> {
  return { localId, name, powerState };
}

function notFound(path: string): SitewideError {
  return new SitewideError('NOT_FOUND', { path });
}
