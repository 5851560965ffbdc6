/** How many columns of a terminal a text takes. Knows plain text only: no control characters, no colours. */

/** Marks that stand on the character before them, and the later parts of Korean syllables. */
const zeroWidth = /^[\p{M}\u1160-\u11ff]$/u;

/** East Asian Wide and Fullwidth (Unicode Standard Annex 11), and what is shown as a picture. */
const doubleWidth =
  /^[\u1100-\u115f\u2329\u232a\u2e80-\u303e\u3041-\ua4cf\ua960-\ua97f\uac00-\ud7a3\uf900-\ufaff\ufe10-\ufe19\ufe30-\ufe6f\uff01-\uff60\uffe0-\uffe6\u{16fe0}-\u{18aff}\u{1aff0}-\u{1b2ff}\u{20000}-\u{3fffd}\p{Emoji_Presentation}]$/u;

/** Half of a flag, which takes two of them. */
const flagHalf = /^\p{Regional_Indicator}$/u;

export function widthOf(text: string): number {
  // Nearly all names; and no property of Unicode need be looked up for them.
  if (/^[ -~]*$/.test(text)) return text.length;
  let width = 0;
  for (const character of text) width += widthOfCharacter(character);
  return width;
}

function widthOfCharacter(character: string): number {
  if (zeroWidth.test(character)) return 0;
  return doubleWidth.test(character) && !flagHalf.test(character) ? 2 : 1;
}
