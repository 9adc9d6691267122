import { type Parsed, parsed } from "../kernel/parsed.ts";
import { headerKey, isList } from "./names.ts";
import { splitOutside } from "./split.ts";

/** Reads one value of a header: `parseVia`, `parseNameAddr` ... To be a function that always gives the same outcome. */
export type Reader<T> = (text: string) => Parsed<T>;

/** What a reader makes of a field's first value, where it is known already. */
export type Known<T> = { readonly reader: Reader<T>; readonly value: T };

/**
 * One header field as it was written, unfolded and trimmed. What has once been made of it (its key, the values of a list,
 * what a reader read) is kept: fields never change, and are shared by all messages that are made of one.
 */
export class HeaderField {
  readonly name: string;
  readonly value: string;
  readonly key: string;
  /** Its offset in the message, 0 for one that we made. */
  readonly at: number;
  #values: readonly string[] | undefined;
  #reader: Reader<unknown> | undefined;
  #outcomes: (Parsed<unknown> | undefined)[] | undefined;

  constructor(name: string, value: string, at: number, known?: Known<unknown>) {
    this.name = name;
    this.value = value;
    this.key = headerKey(name);
    this.at = at;
    this.#reader = known?.reader;
    this.#outcomes = known && [parsed(known.value)];
  }

  /** The same field under this spelling of its name. */
  under(name: string): HeaderField {
    return this.name === name ? this : new HeaderField(name, this.value, this.at);
  }

  /** The values of a list, split at its commas; of any other header the one value. */
  get values(): readonly string[] {
    this.#values ??= isList(this.key) ? listValues(this.value) : [this.value];
    return this.#values;
  }

  /** What `reader` makes of the value number `index`. The last reader's outcomes are remembered. */
  read<T>(reader: Reader<T>, index: number): Parsed<T> {
    if (this.#reader !== reader) this.#outcomes = undefined;
    this.#reader = reader;
    this.#outcomes ??= [];
    const outcome = (this.#outcomes[index] ?? reader(this.values[index] ?? "")) as Parsed<T>;
    this.#outcomes[index] = outcome;
    return outcome;
  }
}

function listValues(value: string): readonly string[] {
  if (value !== "" && !value.includes(",")) return [value];
  return splitOutside(value, ",").filter((part) => part !== "");
}
