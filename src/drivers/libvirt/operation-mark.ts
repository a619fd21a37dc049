import type { LibvirtClient } from './client.ts';
import { metadataTypes } from './change-calls.ts';
import { attribute, child, children } from './xml.ts';
import type { XmlNode } from './xml.ts';
import type { DomainRef } from './wire-types.ts';

// A note on a domain of the last operation that needed one. It serves three ends. libvirt tells of it to whoever watches, at
// any broker, where it tells nothing of a snapshot. It is written under the domain's lock, so that a call which a broker
// that is gone has left on its way is over when the note is there. And it tells a deletion that it has begun already.

const markNamespace = 'https://sitewide.dev/operation/v1';

/** Notes the operation on the domain, once everything that changes the domain is over. */
export async function markDomain(
  client: LibvirtClient,
  ref: DomainRef,
  { operationId, signal }: { readonly operationId: string; readonly signal: AbortSignal },
): Promise<void> {
  // The same note again would be no news to a watch; a domain that is on keeps it in its present state only.
  const value = `<operation last="${operationId}"/>`;
  const mark = { type: metadataTypes.element, value, key: 'sitewide-operation', uri: markNamespace, flags: 0 };
  await client.change.setMetadata(ref, mark, signal);
}

/** The operation that a domain was marked with last. */
export function readMark(domain: XmlNode): string | null {
  const elements = children(child(domain, 'metadata'), 'sitewide-operation:operation');
  return attribute(elements[0] ?? null, 'last');
}
