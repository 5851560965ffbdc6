/** What a converter of option values answers: the value, or Supervisor's words for what is wrong and what would be right. */

export type Converted<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly message: string; readonly allowed: string };

export type Converter<T> = (text: string) => Converted<T>;

export function good<T>(value: T): Converted<T> {
  return { ok: true, value };
}

export function bad(message: string, allowed: string): { ok: false; message: string; allowed: string } {
  return { ok: false, message, allowed };
}
