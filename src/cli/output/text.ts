// Text for a terminal. Names of machines come from many hands; none of them may move the cursor or hide what follows.

/** Control characters, invisible marks, those that turn the direction of writing, halves of characters, line ends. */
const dangerous = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;

/** The text with what a terminal would obey made visible, for example `\x1b`. */
export function visibleText(text: string): string {
  return text.replace(dangerous, (character) => {
    const hex = character.codePointAt(0)!.toString(16);
    return hex.length <= 2 ? `\\x${hex.padStart(2, '0')}` : `\\u{${hex}}`;
  });
}

/** How many columns a terminal needs for the text: none for combining marks, two for wide East Asian letters and emoji. */
export function columnsOf(text: string): number {
  let columns = 0;
  for (const character of text) {
    columns += widthOf(character);
  }
  return columns;
}

/** At most so many columns, with `…` where something was cut. */
export function cutTo(text: string, columns: number): string {
  if (columnsOf(text) <= columns) {
    return text;
  }
  let kept = '';
  let used = 0;
  for (const character of text) {
    used += widthOf(character);
    if (used > columns - 1) {
      break;
    }
    kept += character;
  }
  return `${kept}…`;
}

function widthOf(character: string): number {
  if (/^[\x20-\x7e]$/.test(character)) {
    return 1;
  }
  if (/^\p{Mark}$/u.test(character)) {
    return 0;
  }
  const wide = /^[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]$/;
  return wide.test(character) || /^\p{Emoji_Presentation}$/u.test(character) ? 2 : 1;
}
