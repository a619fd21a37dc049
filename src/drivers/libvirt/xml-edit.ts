import { XMLParser } from 'fast-xml-parser';

// Changing libvirt's XML in place: everything that is not changed is written as it was read, in the order in which it was.

/** An element or a text, as a node of the parsed document. */
export interface EditNode {
  readonly name: string;
  /** By name, with entities as they are written. */
  readonly attributes: Record<string, string>;
  children: (EditNode | string)[];
}

/** What the parser makes: one key is the name, `:@` has the attributes. */
type RawNode = { readonly [name: string]: unknown };

const attributesKey = ':@';
const textKey = '#text';
const cdataKey = '#cdata';
const parser = new XMLParser({
  ignoreAttributes: false,
  attributeNamePrefix: '',
  preserveOrder: true,
  parseTagValue: false,
  parseAttributeValue: false,
  trimValues: false,
  processEntities: false,
  ignoreDeclaration: true,
  cdataPropName: cdataKey,
});

/** The root element of a document that the daemon wrote. */
export function editXml(xml: string): EditNode {
  const nodes = (parser.parse(xml) as RawNode[]).map(fromRaw);
  return nodes.find((node): node is EditNode => typeof node !== 'string') ?? element('missing');
}

/** The document as text. */
export function printXml({ name, attributes, children }: EditNode): string {
  // Within the other kind of quotes, a quotation mark may have stood as it is.
  const written = Object.entries(attributes).map(([key, value]) => ` ${key}="${value.replaceAll('"', '&quot;')}"`);
  const content = children.map((each) => (typeof each === 'string' ? each : printXml(each))).join('');
  return `<${name}${written.join('')}>${content}</${name}>`;
}

/** A new element. Texts are taken as they are meant, and escaped. */
export function element(
  name: string,
  attributes: Readonly<Record<string, string>> = {},
  children: readonly (EditNode | { readonly text: string })[] = [],
): EditNode {
  const escaped = Object.entries(attributes).map(([key, value]) => [key, escapeXml(value)] as const);
  return {
    name,
    attributes: Object.fromEntries(escaped),
    children: children.map((each) => ('text' in each ? escapeXml(each.text) : each)),
  };
}

/** The elements of this name in an element. */
export function elements(node: EditNode, name: string): readonly EditNode[] {
  return node.children.filter((each): each is EditNode => typeof each !== 'string' && each.name === name);
}

/** Puts an element where those of its name are, or at the end; null only takes those away. */
export function replaceElements(node: EditNode, name: string, replacement: EditNode | null): void {
  const isOne = (each: EditNode | string): boolean => typeof each !== 'string' && each.name === name;
  const at = node.children.findIndex(isOne);
  const rest = node.children.filter((each) => !isOne(each));
  if (replacement !== null) {
    rest.splice(at === -1 ? rest.length : at, 0, replacement);
  }
  node.children = rest;
}

/** A text as XML, for content and for attributes. Line ends and tabs are kept by their numbers. */
export function escapeXml(value: string): string {
  return value.replace(/[&<>"'\r\n\t]/g, (character) => `&#${character.charCodeAt(0)};`);
}

function fromRaw(raw: RawNode): EditNode | string {
  const name = Object.keys(raw).find((key) => key !== attributesKey) ?? textKey;
  if (name === textKey) {
    return String(raw[textKey]);
  }
  const children = (raw[name] as RawNode[]).map(fromRaw);
  if (name === cdataKey) {
    return `<![CDATA[${children.filter((each) => typeof each === 'string').join('')}]]>`;
  }
  return { name, attributes: { ...(raw[attributesKey] as Record<string, string> | undefined) }, children };
}
