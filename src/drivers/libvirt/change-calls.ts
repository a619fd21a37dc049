import type { Ask, Question } from './client-calls.ts';
import { procedures } from './procedures.ts';
import { readDomain, writeDomain } from './wire-types.ts';
import type { DomainRef } from './wire-types.ts';
import type { XdrReader, XdrWriter } from './xdr.ts';

// The calls that change domains, and those that are asked before. What is on the way has no time limit of its own here: saving the memory of a large machine
// takes minutes, the caller's signal ends the wait, and pings tell whether the daemon is there.

/** The longest that such a call may take, in milliseconds: a day, which is to say that something else is the limit. */
export const changeTimeoutMs = 86_400_000;

/** Changes domains. Every method throws as `RpcConnection.call` does. */
export interface ChangeCalls {
  /** From off, or from its saved memory if it has one. */
  start(domain: DomainRef, signal: AbortSignal): Promise<void>;
  /** Asks the guest, and does not wait for it. */
  shutdown(domain: DomainRef, signal: AbortSignal): Promise<void>;
  destroy(domain: DomainRef, signal: AbortSignal): Promise<void>;
  /** Asks the guest, and does not wait for it. */
  reboot(domain: DomainRef, signal: AbortSignal): Promise<void>;
  reset(domain: DomainRef, signal: AbortSignal): Promise<void>;
  suspend(domain: DomainRef, signal: AbortSignal): Promise<void>;
  resume(domain: DomainRef, signal: AbortSignal): Promise<void>;
  /** Wakes a guest that sleeps by its own will. */
  wakeUp(domain: DomainRef, signal: AbortSignal): Promise<void>;
  managedSave(domain: DomainRef, signal: AbortSignal): Promise<void>;
  /** Ends what is under way with a domain, if that can be ended. */
  abortJob(domain: DomainRef, signal: AbortSignal): Promise<void>;
  /** What the next start takes, as XML, with the passwords in it. */
  definition(domain: DomainRef, signal: AbortSignal): Promise<string>;
  /** False for a domain that is gone when it is off. */
  isPersistent(domain: DomainRef, signal: AbortSignal): Promise<boolean>;
  /** What a new domain is best made of, as XML. */
  bestPractice(signal: AbortSignal): Promise<string>;
  /** A domain of the same UUID is replaced. */
  define(xml: string, signal: AbortSignal): Promise<DomainRef>;
  /** @param flags A sum of `undefineFlags`. */
  undefine(domain: DomainRef, flags: number, signal: AbortSignal): Promise<void>;
  /** @param flags A sum of `affect`. */
  setVcpus(
    domain: DomainRef,
    wanted: { readonly count: number; readonly flags: number },
    signal: AbortSignal,
  ): Promise<void>;
  setMetadata(domain: DomainRef, metadata: Metadata, signal: AbortSignal): Promise<void>;
}

/** One thing that is noted on a domain. */
export interface Metadata {
  /** One of `metadataTypes`. */
  readonly type: number;
  /** Null takes it away. */
  readonly value: string | null;
  /** The prefix and the namespace of an element. */
  readonly key: string | null;
  readonly uri: string | null;
  /** A sum of `affect`. */
  readonly flags: number;
}

/** The state to change: neither is the present one. */
export const affect = { live: 1, config: 2 } as const;
/** What goes with the domain: its saved memory, what is known of its snapshots and checkpoints, its firmware's variables. */
export const undefineFlags = { managedSave: 1, snapshots: 2, nvram: 4, checkpoints: 16 } as const;
export const metadataTypes = { description: 0, title: 1, element: 2 } as const;

/** Of the XML of a domain: with passwords, and as it will be when it is started next. */
const definitionFlags = 3;
const text = (from: XdrReader): string => from.string();

/** The methods, by this way to ask. */
export function createChangeCalls(ask: Ask): ChangeCalls {
  const p = procedures;
  const change = <T>(question: Question<T>, signal: AbortSignal): Promise<T> =>
    ask({ timeoutMs: changeTimeoutMs, ...question }, signal);
  const act = (procedure: number, write: (to: XdrWriter) => unknown, signal: AbortSignal): Promise<void> =>
    change({ procedure, write, read: () => undefined }, signal);
  const plain = (procedure: number) => (ref: DomainRef, signal: AbortSignal) =>
    act(procedure, (to) => writeDomain(to, ref), signal);
  const flagged = (procedure: number) => (ref: DomainRef, signal: AbortSignal) =>
    act(procedure, (to) => writeDomain(to, ref).u32(0), signal);
  return {
    start: plain(p.domainCreate),
    shutdown: plain(p.domainShutdown),
    destroy: plain(p.domainDestroy),
    reboot: flagged(p.domainReboot),
    reset: flagged(p.domainReset),
    suspend: plain(p.domainSuspend),
    resume: plain(p.domainResume),
    wakeUp: flagged(p.domainPmWakeup),
    managedSave: flagged(p.domainManagedSave),
    abortJob: plain(p.domainAbortJob),
    definition: (ref, signal) =>
      ask({ procedure: p.domainGetXml, write: (to) => writeDomain(to, ref).u32(definitionFlags), read: text }, signal),
    isPersistent: (ref, signal) =>
      ask(
        { procedure: p.domainIsPersistent, write: (to) => writeDomain(to, ref), read: (from) => from.i32() === 1 },
        signal,
      ),
    // No emulator, architecture, machine or kind of domain is named: what is preferred is answered.
    bestPractice: (signal) =>
      change(
        {
          procedure: p.getDomainCapabilities,
          write: (to) => to.bool(false).bool(false).bool(false).bool(false).u32(0),
          read: text,
        },
        signal,
      ),
    define: (xml, signal) =>
      change({ procedure: p.domainDefineXml, write: (to) => to.string(xml), read: readDomain }, signal),
    undefine: (ref, flags, signal) => act(p.domainUndefine, (to) => writeDomain(to, ref).u32(flags), signal),
    setVcpus: (ref, { count, flags }, signal) =>
      act(p.domainSetVcpus, (to) => writeDomain(to, ref).u32(count).u32(flags), signal),
    setMetadata: (ref, metadata, signal) => act(p.domainSetMetadata, (to) => writeMetadata(to, ref, metadata), signal),
  };
}

function writeMetadata(to: XdrWriter, ref: DomainRef, { type, value, key, uri, flags }: Metadata): XdrWriter {
  const texts = [value, key, uri];
  writeDomain(to, ref).i32(type);
  texts.forEach((text) => to.optional(text, (writer, present) => writer.string(present)));
  return to.u32(flags);
}
