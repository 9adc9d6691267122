/** What reading something from outside gives: a value, or where and why it could not be read. Never an exception. */
export type Parsed<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly at: number; readonly why: string };

export const parsed = <T>(value: T): Parsed<T> => ({ ok: true, value });

export const refused = (why: string, at = 0): Parsed<never> => ({ ok: false, at, why });
