/**
 * What programs read: json, yaml and jsonl. Every document says the version of its shape and its kind; within a version
 * fields are added and never renamed, and one that has no value is null.
 */

export const schemaVersion = 1;

export interface Document {
  readonly kind: string;
  readonly [field: string]: unknown;
}

export function renderJson(document: Document): string {
  return `${escaped(JSON.stringify(stamped(document), nullForNone, 2))}\n`;
}

export function renderJsonLine(document: Document): string {
  return `${escaped(JSON.stringify(stamped(document), nullForNone))}\n`;
}

/** The same values as json. */
export async function renderYaml(document: Document): Promise<string> {
  // The default export: yaml is CommonJS, and only so are its names found in the bundle too.
  const { default: yaml } = await import('yaml');
  return yaml.stringify(JSON.parse(JSON.stringify(stamped(document), nullForNone)));
}

function stamped(document: Document): Document & { readonly schema: number } {
  return { schema: schemaVersion, ...document };
}

/** JSON leaves controls from DEL on as they are; a terminal must not have them. They only ever stand inside of texts. */
function escaped(json: string): string {
  return json.replace(/[\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g, (char) => {
    return `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`;
  });
}

function nullForNone(_key: string, value: unknown): unknown {
  return value === undefined ? null : value;
}
