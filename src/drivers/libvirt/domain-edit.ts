import type { VmChanges } from '../../model/action.ts';
import { metadataNamespace } from './domain-metadata.ts';
import { element, elements, replaceElements } from './xml-edit.ts';
import type { EditNode } from './xml-edit.ts';

// Changing the definition of a domain. What libvirt has a place for is put there; other annotations, and values that do not
// survive in those places, go into our own element.

type Texts = Readonly<Record<string, string>>;

/** Labels and annotations, as they are to be. */
export interface Notes {
  readonly labels: Texts;
  readonly annotations: Texts;
}

/** Puts an element with this text in the place of those of its name. */
function setText(node: EditNode, name: string, value: string, attributes: Texts = {}): void {
  replaceElements(node, name, element(name, attributes, [{ text: value }]));
}

/** The element of this name in an element; it is made if there is none. */
function childOf(node: EditNode, name: string): EditNode {
  const found = elements(node, name)[0];
  if (found !== undefined) {
    return found;
  }
  const made = element(name);
  replaceElements(node, name, made);
  return made;
}

/** What a machine is made of, from its next start on. */
export function setSizes(domain: EditNode, { cpuCount, memoryMiB }: Pick<VmChanges, 'cpuCount' | 'memoryMiB'>): void {
  if (memoryMiB !== undefined) {
    setText(domain, 'memory', String(memoryMiB), { unit: 'MiB' });
    setText(domain, 'currentMemory', String(memoryMiB), { unit: 'MiB' });
  }
  if (cpuCount !== undefined) {
    setText(domain, 'vcpu', String(cpuCount), { placement: 'static' });
    replaceElements(domain, 'vcpus', null);
  }
}

/** The labels and annotations of a machine, in the places of those there are. */
export function setNotes(domain: EditNode, notes: Notes): void {
  for (const name of ['title', 'description'] as const) {
    const value = nativeText(name, notes.annotations);
    replaceElements(domain, name, value === null ? null : element(name, {}, [{ text: value }]));
  }
  const metadata = childOf(domain, 'metadata');
  for (const { name } of elementsOf(metadata, metadataNamespace)) {
    replaceElements(metadata, name, null);
  }
  replaceElements(metadata, 'sitewide:metadata', notesElement(notes, 'sitewide'));
}

/** Our element. @param prefix Of its namespace; null for the form in which the daemon takes it by itself. */
export function notesElement({ labels, annotations }: Notes, prefix: string | null): EditNode {
  const before = prefix === null ? '' : `${prefix}:`;
  const list = (name: string, texts: Texts): EditNode[] =>
    Object.entries(texts).map(([key, value]) => element(`${before}${name}`, { key, value }));
  const others = Object.entries(annotations).filter(([key]) => nativeText(key, annotations) === null);
  return element(`${before}metadata`, prefix === null ? {} : { [`xmlns:${prefix}`]: metadataNamespace }, [
    ...list('label', labels),
    ...list('annotation', Object.fromEntries(others)),
  ]);
}

/** The annotation that libvirt itself keeps; null if there is none, or if white space or its lack would be lost there. */
export function nativeText(name: string, annotations: Texts): string | null {
  const value = Object.hasOwn(annotations, name) ? annotations[name] : undefined;
  if ((name !== 'title' && name !== 'description') || !value || value !== value.trim()) {
    return null;
  }
  return name === 'title' && value.includes('\n') ? null : value;
}

/** Takes away from a copy what may be in one machine only. */
export function setIdentity(domain: EditNode, { name, uuid }: { readonly name: string; readonly uuid: string }): void {
  setText(domain, 'name', name);
  setText(domain, 'uuid', uuid);
  replaceElements(domain, 'genid', null);
  elements(domain, 'os').forEach((os) => replaceElements(os, 'nvram', null));
  const devices = childOf(domain, 'devices');
  elements(devices, 'interface').forEach((nic) => replaceElements(nic, 'mac', null));
  const metadata = childOf(domain, 'metadata');
  replaceElements(metadata, 'sitewide-operation:operation', null);
}

function elementsOf(metadata: EditNode, namespace: string): readonly EditNode[] {
  return metadata.children.filter(
    (each): each is EditNode => typeof each !== 'string' && Object.values(each.attributes).includes(namespace),
  );
}
