import { metadataTypes } from './change-calls.ts';
import type { LibvirtClient } from './client.ts';
import type { DomainRef } from './wire-types.ts';
import { attribute, child } from './xml.ts';
import type { XmlNode } from './xml.ts';
import { element, printXml } from './xml-edit.ts';

// Notes of operations on domains. libvirt tells of a note to whoever watches, at any broker, where it tells nothing of a
// snapshot. It is written under the domain's lock, so that a call which a broker that is gone has left on its way is over
// when the note is there. And a deletion that has taken disks away already is told by it from one that has not begun.

/** `last`: the operation that was there last; `deletion`: the one that takes the machine away. */
export type Mark = 'last' | 'deletion';

const namespaces: Readonly<Record<Mark, string>> = {
  last: 'https://sitewide.dev/last-operation/v1',
  deletion: 'https://sitewide.dev/deletion/v1',
};

/** Notes the operation on the domain, once whatever is under way with the domain is over. */
export async function markDomain(
  client: LibvirtClient,
  ref: DomainRef,
  {
    mark = 'last',
    operationId,
    signal,
  }: { readonly mark?: Mark; readonly operationId: string; readonly signal: AbortSignal },
): Promise<void> {
  const value = printXml(element('operation', { id: operationId }));
  const { element: type } = metadataTypes;
  // Without flags a domain that is on keeps it in its present state only, which is enough for each of the three ends.
  const metadata = { type, value, key: `sitewide-${mark}`, uri: namespaces[mark], flags: 0 };
  await client.change.setMetadata(ref, metadata, signal);
}

/** The operation that is noted on a domain. */
export function readMark(domain: XmlNode, mark: Mark): string | null {
  return attribute(child(domain, 'metadata', `sitewide-${mark}:operation`), 'id');
}
