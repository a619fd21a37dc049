import { attribute, child, childNames, children, text } from './xml.ts';
import type { XmlNode } from './xml.ts';

// What others have noted on a domain in its <metadata>: libosinfo the operating system, and we labels and annotations. libvirt keeps
// one element for each namespace; the prefix is anyone's choice, so elements are found by namespace.

/**
 * The namespace of our element:
 * `<x:metadata xmlns:x="https://sitewide.dev/metadata/v1"><x:label key="env" value="prod"/><x:annotation key="a" value="b"/></x:metadata>`.
 */
export const metadataNamespace = 'https://sitewide.dev/metadata/v1';
const libosinfoNamespace = 'http://libosinfo.org/xmlns/libvirt/domain/1.0';

/** The labels of a domain. */
export function readLabels(domain: XmlNode): Readonly<Record<string, string>> {
  return readPairs(domain, 'label');
}

/** The annotations of a domain: what libvirt has a place for, and what we have put into ours. */
export function readAnnotations(domain: XmlNode): Readonly<Record<string, string>> {
  const entries = ['title', 'description'].map((name) => [name, text(child(domain, name))] as const);
  const native = entries.filter((entry): entry is [string, string] => entry[1] !== null);
  return { ...Object.fromEntries(native), ...readPairs(domain, 'annotation') };
}

function readPairs(domain: XmlNode, name: string): Readonly<Record<string, string>> {
  const found = elementOf(domain, metadataNamespace);
  const pairs = found === null ? [] : children(found.element, `${found.prefix}${name}`);
  return Object.fromEntries(
    pairs.flatMap((pair) => {
      const key = attribute(pair, 'key');
      return key === null ? [] : [[key, attribute(pair, 'value') ?? '']];
    }),
  );
}

/** The operating system that libosinfo names, for example `debian 12` for `http://debian.org/debian/12`. */
export function readGuestOs(domain: XmlNode): string | null {
  const found = elementOf(domain, libosinfoNamespace);
  const id = found === null ? null : attribute(child(found.element, `${found.prefix}os`), 'id');
  const path = id?.replace(/^\w+:\/\/[^/]*\/?/, '').replaceAll('/', ' ');
  return path || id;
}

interface NamespacedElement {
  readonly element: XmlNode;
  /** Empty, or ending in a colon. */
  readonly prefix: string;
}

function elementOf(domain: XmlNode, namespace: string): NamespacedElement | null {
  const metadata = child(domain, 'metadata');
  for (const name of childNames(metadata)) {
    const prefix = name.slice(0, name.indexOf(':') + 1);
    const declaration = prefix === '' ? 'xmlns' : `xmlns:${prefix.slice(0, -1)}`;
    const element = children(metadata, name).find((node) => attribute(node, declaration) === namespace);
    if (element !== undefined) {
      return { element, prefix };
    }
  }
  return null;
}
