import { XMLParser } from 'fast-xml-parser';

// Reading libvirt's XML. Values stay texts; entities other than XML's own are never defined, let alone expanded.

/** An element, or the text of one that has nothing but text. */
export type XmlNode = string | { readonly [name: string]: XmlNode | readonly XmlNode[] | undefined };

const parser = new XMLParser({
  ignoreAttributes: false,
  attributeNamePrefix: '@',
  parseTagValue: false,
  parseAttributeValue: false,
  trimValues: false,
  ignoreDeclaration: true,
  ignorePiTags: true,
  // For numeric references, as libvirt writes a carriage return; it also knows the named ones of HTML, which do no harm.
  htmlEntities: true,
});
/** A document type is where entities are defined. libvirt writes none. */
const documentType = /^\s*(<\?[^>]*\?>\s*)?<!DOCTYPE/i;

/**
 * The root element of this name.
 * @throws What `malformed` makes if there is none.
 */
export function parseXml(xml: string, root: string, malformed: (problem: string, cause?: unknown) => Error): XmlNode {
  if (documentType.test(xml)) {
    throw malformed(`the XML of a ${root} has a document type`);
  }
  let document: XmlNode;
  try {
    document = parser.parse(xml) as XmlNode;
  } catch (thrown) {
    throw malformed(`the XML of a ${root} cannot be read`, thrown);
  }
  const found = child(document, root);
  if (found === null) {
    throw malformed(`there is no element ${root} where one was expected`);
  }
  return found;
}

/** All elements of this name in an element. */
export function children(node: XmlNode | null, name: string): readonly XmlNode[] {
  if (node === null || typeof node === 'string' || !Object.hasOwn(node, name)) {
    return [];
  }
  const found = node[name] ?? [];
  return Array.isArray(found) ? (found as readonly XmlNode[]) : [found as XmlNode];
}

/** The first element of this name in an element, or at the end of a path of names. */
export function child(node: XmlNode | null, ...path: readonly string[]): XmlNode | null {
  return path.reduce<XmlNode | null>((at, name) => children(at, name)[0] ?? null, node);
}

/** The attribute of an element; null if it is missing or empty. */
export function attribute(node: XmlNode | null, name: string): string | null {
  const [found] = children(node, `@${name}`);
  return typeof found === 'string' && found !== '' ? found : null;
}

/** The text of an element without the white space around it; null if it is missing or empty. */
export function text(node: XmlNode | null): string | null {
  const found = typeof node === 'string' ? node : children(node, '#text')[0];
  const trimmed = typeof found === 'string' ? found.trim() : '';
  return trimmed === '' ? null : trimmed;
}

/** The text of an element as a whole number that is not negative; null if it is none. */
export function wholeNumber(value: string | null): number | null {
  const number = value !== null && /^\d+$/.test(value) ? Number(value) : null;
  return number !== null && Number.isSafeInteger(number) ? number : null;
}

/** The names of the elements in an element, as written, with their prefixes. */
export function childNames(node: XmlNode | null): readonly string[] {
  return node === null || typeof node === 'string' ? [] : Object.keys(node).filter((name) => !/^[@#]/.test(name));
}
