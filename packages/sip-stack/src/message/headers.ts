import type { Parsed } from "../kernel/parsed.ts";
import { HeaderField, type Known, type Reader } from "./header-field.ts";
import { headerKey } from "./names.ts";
import { trimBlanks } from "./split.ts";

/**
 * The header fields of a message: ordered, immutable, values as they were written (unfolded and trimmed), names
 * compared without case and with compact forms expanded, RFC 3261 section 7.3.1. Iterating gives the fields as written.
 */
export interface Headers extends Iterable<readonly [name: string, value: string]> {
  /** The first field's value as written, a comma-joined list unsplit. */
  get(name: string): string | undefined;
  /** Every value; headers that are lists (Via, Route, Contact, Allow ...) are split at their commas. */
  all(name: string): readonly string[];
  /** The value of every field of this name as written, comma-joined lists unsplit. */
  written(name: string): readonly string[];
  /** What `reader` makes of the first value, read once however often it is asked for; `undefined` when there is none. */
  first<T>(name: string, reader: Reader<T>): Parsed<T> | undefined;
  /** What `reader` makes of every value of {@link all}, each read once however often it is asked for. */
  each<T>(name: string, reader: Reader<T>): readonly Parsed<T>[];
  has(name: string): boolean;
  /** Only the fields of these names, in the order of the names, each under its name as it is given. */
  only(names: readonly string[]): Headers;
  /** These fields, then those of the others in their order. */
  and(...others: readonly Headers[]): Headers;
  /** All fields of this name replaced by one, at the place of the first; appended when there was none. */
  with(name: string, value: string): Headers;
  /**
   * Only the first value replaced, in place: what a receiver does to the top Via. Appended when there was none.
   * `known`: what a reader would make of the new value.
   */
  withFirst<T>(name: string, value: string, known?: Known<T>): Headers;
  /** One more field at the end. */
  plus(name: string, value: string): Headers;
  without(name: string): Headers;
  /** The fields as lines of a message; Content-Length stands there once and is `bodyLength`. */
  lines(bodyLength: number): string;
}

class FieldList implements Headers {
  readonly #fields: readonly HeaderField[];

  constructor(fields: readonly HeaderField[]) {
    this.#fields = fields;
  }

  get(name: string): string | undefined {
    return this.#find(headerKey(name))?.value;
  }

  all(name: string): readonly string[] {
    const fields = this.#named(headerKey(name));
    return fields.length === 1 ? fields[0]!.values : fields.flatMap((field) => field.values);
  }

  written(name: string): readonly string[] {
    return this.#named(headerKey(name)).map((field) => field.value);
  }

  first<T>(name: string, reader: Reader<T>): Parsed<T> | undefined {
    const key = headerKey(name);
    for (const field of this.#fields) {
      if (field.key === key && field.values.length > 0) return field.read(reader, 0);
    }
    return undefined;
  }

  each<T>(name: string, reader: Reader<T>): readonly Parsed<T>[] {
    return this.#named(headerKey(name)).flatMap((field) => field.values.map((_, index) => field.read(reader, index)));
  }

  has(name: string): boolean {
    return this.#find(headerKey(name)) !== undefined;
  }

  only(names: readonly string[]): Headers {
    const chosen: HeaderField[] = [];
    for (const name of names) {
      const key = headerKey(name);
      for (const field of this.#fields) if (field.key === key) chosen.push(field.under(name));
    }
    return new FieldList(chosen);
  }

  and(...others: readonly Headers[]): Headers {
    return new FieldList(this.#fields.concat(...others.map(fieldsOf)));
  }

  with(name: string, value: string): Headers {
    return this.#replace(field(name, value), true);
  }

  withFirst<T>(name: string, value: string, known?: Known<T>): Headers {
    const values = this.#find(headerKey(name))?.values ?? [];
    const rest = values.length > 1 ? `, ${values.slice(1).join(", ")}` : "";
    return this.#replace(new HeaderField(name, oneLine(`${value}${rest}`), 0, known), false);
  }

  plus(name: string, value: string): Headers {
    return new FieldList([...this.#fields, field(name, value)]);
  }

  without(name: string): Headers {
    const key = headerKey(name);
    return new FieldList(this.#fields.filter((field) => field.key !== key));
  }

  lines(bodyLength: number): string {
    let text = "";
    let counted = false;
    for (const { name, key, value } of this.#fields) {
      const isLength = key === "content-length";
      if (isLength && counted) continue;
      counted ||= isLength;
      text += `${name}: ${isLength ? bodyLength : value}\r\n`;
    }
    return counted ? text : `${text}Content-Length: ${bodyLength}\r\n`;
  }

  /** The fields themselves, for {@link Headers.and}. */
  static fieldsOf(this: void, headers: Headers): readonly HeaderField[] {
    return headers instanceof FieldList ? headers.#fields : Array.from(headers, ([name, value]) => field(name, value));
  }

  *[Symbol.iterator](): Iterator<readonly [string, string]> {
    for (const { name, value } of this.#fields) yield [name, value];
  }

  #find(key: string): HeaderField | undefined {
    for (const field of this.#fields) if (field.key === key) return field;
    return undefined;
  }

  #named(key: string): HeaderField[] {
    const named: HeaderField[] = [];
    for (const field of this.#fields) if (field.key === key) named.push(field);
    return named;
  }

  #replace(replacement: HeaderField, dropOthers: boolean): Headers {
    const first = this.#fields.findIndex((field) => field.key === replacement.key);
    if (first === -1) return new FieldList([...this.#fields, replacement]);
    const kept = this.#fields.filter((field, at) => at <= first || !dropOthers || field.key !== replacement.key);
    return new FieldList(kept.with(first, replacement));
  }
}

const { fieldsOf } = FieldList;

function field(name: string, value: string): HeaderField {
  return new HeaderField(name, oneLine(value), 0);
}

/** Text without line breaks: one would become a header of its own on the wire. Trimmed. */
export function oneLine(value: string): string {
  return trimBlanks(/[\r\n]/.test(value) ? value.replace(/[\r\n]+/g, " ") : value);
}

/** Header fields in the given order. A line break inside a value becomes a space. */
export function headers(entries: Iterable<readonly [string, string]> = []): Headers {
  const fields: HeaderField[] = [];
  for (const [name, value] of entries) fields.push(field(name, value));
  return new FieldList(fields);
}

/** Header fields that were read from a message: each is known to be one line. */
export function headersOf(fields: readonly HeaderField[]): Headers {
  return new FieldList(fields);
}
