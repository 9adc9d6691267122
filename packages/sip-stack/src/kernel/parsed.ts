/** Why and where (offset in bytes or characters of the input) something a peer sent could not be read. */
export type Unparsed = { readonly ok: false; readonly at: number; readonly why: string };

/** What reading a peer's input gives: the value, or a failure that is data and not an exception. */
export type Parsed<T> = { readonly ok: true; readonly value: T } | Unparsed;

/** The value was read. */
export function parsed<T>(value: T): Parsed<T> {
  return { ok: true, value };
}

/** The input is wrong at offset `at`; `why` is one phrase for a log line or a reason phrase, without input in it. */
export function unparsed(at: number, why: string): Unparsed {
  return { ok: false, at, why };
}
