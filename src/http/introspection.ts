import { type DocumentNode, Kind, visit, BREAK } from 'graphql';

import { anonymous, type Principal } from '../model/principal.ts';

// Who may see the schema: what there is to ask for, and by that where to look for weaknesses. Errors of validation go on
// telling what is wrong, but no longer what would be right.

/** To whom the schema is shown: to everybody, to those who say who they are, to nobody. */
export type Introspection = 'on' | 'authenticated' | 'off';

/** Who asks. */
interface Asker {
  readonly principal: Principal;
  /** True for another broker, which has the schema anyway. */
  readonly isPart?: boolean;
}

/** True if the schema is not shown to who asks. */
export function hidesSchema(introspection: Introspection, { principal, isPart = false }: Asker): boolean {
  const isAnonymous = principal.subject === anonymous.subject && principal.site === null;
  return !isPart && (introspection === 'off' || (introspection === 'authenticated' && isAnonymous));
}

const askingForIt = new WeakMap<DocumentNode, boolean>();

/** True if a document asks for the schema, anywhere in it. */
export function asksForSchema(document: DocumentNode): boolean {
  const known = askingForIt.get(document);
  if (known !== undefined) {
    return known;
  }
  let asks = false;
  visit(document, {
    [Kind.FIELD]({ name }) {
      asks ||= schemaFields.has(name.value);
      return asks ? BREAK : undefined;
    },
  });
  askingForIt.set(document, asks);
  return asks;
}

/** `_service` prints it for other gateways. */
const schemaFields = new Set(['__schema', '__type', '_service']);

/** The message without what graphql-js guesses that was meant. */
export function withoutSuggestion(message: string): string {
  return message.replace(/ ?Did you mean .+\?$/s, '');
}
