import { headerKey, isList } from "./names.ts";
import { splitOutside, trimBlanks } from "./split.ts";

/**
 * The header fields of a message: ordered, immutable, values as they were written (unfolded and trimmed), names
 * compared without case and with compact forms expanded, RFC 3261 section 7.3.1. Iterating gives the fields as written.
 */
export interface Headers extends Iterable<readonly [name: string, value: string]> {
  /** The first field's value as written, a comma-joined list unsplit. */
  get(name: string): string | undefined;
  /** Every value; headers that are lists (Via, Route, Contact, Allow ...) are split at their commas. */
  all(name: string): readonly string[];
  has(name: string): boolean;
  /** All fields of this name replaced by one, at the place of the first; appended when there was none. */
  with(name: string, value: string): Headers;
  /** Only the first value replaced, in place: what a receiver does to the top Via. Appended when there was none. */
  withFirst(name: string, value: string): Headers;
  /** One more field at the end. */
  plus(name: string, value: string): Headers;
  without(name: string): Headers;
}

type Field = { readonly key: string; readonly name: string; readonly value: string };

class FieldList implements Headers {
  readonly #fields: readonly Field[];

  constructor(fields: readonly Field[]) {
    this.#fields = fields;
  }

  get(name: string): string | undefined {
    const key = headerKey(name);
    return this.#fields.find((field) => field.key === key)?.value;
  }

  all(name: string): readonly string[] {
    const key = headerKey(name);
    const values = this.#fields.filter((field) => field.key === key).map((field) => field.value);
    return isList(key) ? values.flatMap((value) => listValues(value)) : values;
  }

  has(name: string): boolean {
    return this.get(name) !== undefined;
  }

  with(name: string, value: string): Headers {
    return this.#replace(field(name, value), true);
  }

  withFirst(name: string, value: string): Headers {
    const key = headerKey(name);
    const [, ...rest] = isList(key) ? listValues(this.get(name) ?? "") : [];
    return this.#replace(field(name, [value, ...rest].join(", ")), false);
  }

  plus(name: string, value: string): Headers {
    return new FieldList([...this.#fields, field(name, value)]);
  }

  without(name: string): Headers {
    const key = headerKey(name);
    return new FieldList(this.#fields.filter((field) => field.key !== key));
  }

  *[Symbol.iterator](): Iterator<readonly [string, string]> {
    for (const { name, value } of this.#fields) yield [name, value];
  }

  #replace(replacement: Field, dropOthers: boolean): Headers {
    const first = this.#fields.findIndex((field) => field.key === replacement.key);
    if (first === -1) return new FieldList([...this.#fields, replacement]);
    const kept = this.#fields.filter((field, at) => at <= first || !dropOthers || field.key !== replacement.key);
    return new FieldList(kept.with(first, replacement));
  }
}

function field(name: string, value: string): Field {
  return { key: headerKey(name), name, value: oneLine(value) };
}

// A line break in a value would become a header of its own on the wire.
function oneLine(value: string): string {
  return trimBlanks(value.replace(/[\r\n]+/g, " "));
}

function listValues(value: string): string[] {
  return splitOutside(value, ",").filter((part) => part !== "");
}

/** Header fields in the given order. A line break inside a value becomes a space. */
export function headers(entries: Iterable<readonly [string, string]> = []): Headers {
  return new FieldList(Array.from(entries, ([name, value]) => field(name, value)));
}
