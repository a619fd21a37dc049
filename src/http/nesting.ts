import { SitewideError } from '../core/errors.ts';

// A look at a text before it is parsed: graphql-js walks documents and values by recursion, so a thousand brackets inside
// one another would end in a stack overflow instead of a refusal.

/** The deepest that is parsed. Far beyond what any limit of operations allows, far below what a stack holds. */
const maximumNesting = 400;

/**
 * Refuses JSON or GraphQL that is nested too deeply.
 * @throws SitewideError `OPERATION_TOO_COMPLEX`.
 */
export function refuseDeepNesting(text: string): void {
  const found = nestingOf(text);
  if (found > maximumNesting) {
    throw new SitewideError('OPERATION_TOO_COMPLEX', { found, what: 'levels of brackets', limit: maximumNesting });
  }
}

/** How many brackets stand inside one another, those in strings and comments not counted. */
function nestingOf(text: string): number {
  let level = 0;
  let deepest = 0;
  for (let at = 0; at < text.length; at += 1) {
    switch (text.charAt(at)) {
      case '{':
      case '[':
      case '(':
        level += 1;
        deepest = Math.max(deepest, level);
        break;
      case '}':
      case ']':
      case ')':
        level -= 1;
        break;
      case '"':
        at = endOfString(text, at);
        break;
      case '#':
        at = endOf(text.indexOf('\n', at), text);
        break;
      default:
        break;
    }
  }
  return deepest;
}

/** The place of the quote that ends the string beginning here; of a block string, of its last one. */
function endOfString(text: string, start: number): number {
  if (text.startsWith('"""', start)) {
    let end = text.indexOf('"""', start + 3);
    while (end > 0 && text[end - 1] === '\\') {
      end = text.indexOf('"""', end + 3);
    }
    return end < 0 ? text.length : end + 2;
  }
  let at = start + 1;
  while (at < text.length && text[at] !== '"') {
    at += text[at] === '\\' ? 2 : 1;
  }
  return at;
}

function endOf(found: number, text: string): number {
  return found < 0 ? text.length : found;
}
