/** What becomes of something a peer sent: a value, or where and why it cannot be read. Never an exception. */
export type Parsed<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly at: number; readonly why: string };
