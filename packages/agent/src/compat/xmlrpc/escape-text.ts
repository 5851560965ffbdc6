/** Any text made fit to stand between two XML tags. Knows nothing of XML-RPC. */

/** What XML needs escaped, and what it cannot carry at all: control characters, lone surrogates, two non-characters. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const SPECIAL = /[&<>\x00-\x08\x0b-\x1f\ud800-\udfff\ufffe\uffff]/u;
const EVERY_SPECIAL = new RegExp(SPECIAL, 'gu');
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const UNCARRIED = /[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]/u;

/**
 * Escapes the text. Control characters become their pictures (ESC is shown as `␛`): a log with colours in it is read, where
 * Supervisor's answer is not XML any more and breaks the client. A carriage return arrives as one, which a bare one would
 * not: XML readers turn it into a newline.
 */
export function escapeText(text: string): string {
  return SPECIAL.test(text) ? text.replace(EVERY_SPECIAL, escapeCharacter) : text;
}

/** Whether the text comes out of XML as it went in: nothing in it has to be replaced by something else. */
export function isCarriedByXml(text: string): boolean {
  return !UNCARRIED.test(text);
}

function escapeCharacter(char: string): string {
  switch (char) {
    case '&':
      return '&amp;';
    case '<':
      return '&lt;';
    case '>':
      return '&gt;';
    case '\r':
      return '&#13;';
    default: {
      const code = char.charCodeAt(0);
      return code < 0x20 ? String.fromCharCode(0x2400 + code) : '\ufffd';
    }
  }
}
