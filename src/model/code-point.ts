// The order of texts. JavaScript compares UTF-16 code units, which puts characters beyond U+FFFF before U+E000; lists,
// keys and merges of all tiers use the order of code points instead, which is also the order of UTF-8 bytes.

/** Below 0, 0 or above 0 as `a` comes before, with or after `b` by Unicode code point. */
export function compareText(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let at = 0; at < length; at += 1) {
    if (a.charCodeAt(at) !== b.charCodeAt(at)) {
      return compareFrom(a, b, at);
    }
  }
  return a.length - b.length;
}

/** The texts differ at this unit first. If a high surrogate stands before it, the difference may be in that character. */
function compareFrom(a: string, b: string, at: number): number {
  const before = at === 0 ? 0 : a.charCodeAt(at - 1);
  const paired = before >= 0xd800 && before <= 0xdbff ? a.codePointAt(at - 1)! - b.codePointAt(at - 1)! : 0;
  return paired === 0 ? a.codePointAt(at)! - b.codePointAt(at)! : paired;
}
