/**
 * Bytes of a log as text that a terminal may have: colours (SGR) stay, as do tabs and ends of lines; whatever else moves
 * the cursor, sets a title, asks the terminal something or rings is left out. Knows sequences that are split over pieces.
 */

type State =
  | { readonly name: 'text' }
  /** After ESC. */
  | { readonly name: 'escape' }
  /** After ESC and an intermediate byte, as in `ESC ( B`. */
  | { readonly name: 'intermediate' }
  /** After CSI. */
  | { readonly name: 'control'; readonly parameters: string }
  /** Inside OSC, DCS, APC, PM or SOS, until ST or BEL. */
  | { readonly name: 'string' }
  | { readonly name: 'string-escape' }
  /** A carriage return counts only in front of a line feed. */
  | { readonly name: 'return' };

const text: State = { name: 'text' };
/** What a real colour never needs more of: an endless one must not fill the memory. */
const parameterCharsMax = 64;

export class TerminalText {
  readonly #decoder = new TextDecoder();
  #state: State = text;

  /** What can be said of the log so far. */
  push(bytes: Uint8Array): string {
    return this.#filter(this.#decoder.decode(bytes, { stream: true }));
  }

  /** What is left at its end: a character that was cut in two. */
  end(): string {
    return this.#filter(this.#decoder.decode());
  }

  #filter(characters: string): string {
    let shown = '';
    for (const character of characters) {
      const [next, emitted] = step(this.#state, character);
      this.#state = next;
      shown += emitted;
    }
    return shown;
  }
}

function step(state: State, character: string): readonly [State, string] {
  switch (state.name) {
    case 'text':
      return inText(character);
    case 'return':
      return character === '\n' ? [text, '\n'] : inText(character);
    case 'escape':
      return afterEscape(character);
    case 'intermediate':
      return [isBetween(character, ' ', '/') ? state : text, ''];
    case 'control':
      return inControl(state.parameters, character);
    case 'string':
      if (character === '\u0007' || character === '\u009c') return [text, ''];
      return [character === '\u001b' ? { name: 'string-escape' } : state, ''];
    case 'string-escape':
      return character === '\\' ? [text, ''] : afterEscape(character);
  }
}

function inText(character: string): readonly [State, string] {
  if (character === '\u001b') return [{ name: 'escape' }, ''];
  if (character === '\r') return [{ name: 'return' }, ''];
  if (character === '\u009b') return [{ name: 'control', parameters: '' }, ''];
  if ('\u0090\u0098\u009d\u009e\u009f'.includes(character)) return [{ name: 'string' }, ''];
  const isHarmless = character === '\n' || character === '\t' || !isControl(character);
  return [text, isHarmless ? character : ''];
}

function afterEscape(character: string): readonly [State, string] {
  if (character === '[') return [{ name: 'control', parameters: '' }, ''];
  if (character === '\u001b') return [{ name: 'escape' }, ''];
  if (']PX^_'.includes(character)) return [{ name: 'string' }, ''];
  if (isBetween(character, ' ', '/')) return [{ name: 'intermediate' }, ''];
  // A sequence of two bytes ends here; a line that ends inside of one still ends.
  return [text, character === '\n' ? '\n' : ''];
}

function inControl(parameters: string, character: string): readonly [State, string] {
  if (character === '\u001b') return [{ name: 'escape' }, ''];
  if (character === '\n') return [text, '\n'];
  if (isBetween(character, ' ', '?') && parameters.length < parameterCharsMax) {
    return [{ name: 'control', parameters: parameters + character }, ''];
  }
  const isColour = character === 'm' && /^[\d;:]*$/.test(parameters);
  return [text, isColour ? `\u001b[${parameters}m` : ''];
}

function isControl(character: string): boolean {
  return (
    character < ' ' ||
    isBetween(character, '\u007f', '\u009f') ||
    isBetween(character, '\u202a', '\u202e') ||
    isBetween(character, '\u2066', '\u2069')
  );
}

function isBetween(character: string, first: string, last: string): boolean {
  return character >= first && character <= last;
}
