import { type Parsed, parsed, unparsed } from "../kernel/parsed.ts";
import { limits } from "../message/limits.ts";
import { ByteBuffer } from "./byte-buffer.ts";

/**
 * What a stream holds, in order. `lineBreaks`: so many between two messages (keep-alives). `broken`: the boundary of
 * messages is lost, nothing more will come; `status` is what a request that starts like `bytes` is answered with.
 */
export type Framed =
  | { readonly kind: "message"; readonly bytes: Uint8Array }
  | { readonly kind: "lineBreaks"; readonly count: number }
  | { readonly kind: "broken"; readonly bytes: Uint8Array; readonly status: 400 | 413 | 513; readonly why: string };

const headEnd = "\r\n\r\n";
const carriageReturn = 13;
const lineFeed = 10;
const tokenByte = /[A-Za-z0-9.!%*_+`'~-]/;
const lengthPattern = /\r\n(?:content-length|l)[ \t]*:((?:[^\r\n]|\r\n[ \t])*)/gi;

/**
 * Cuts a stream into messages by their Content-Length, RFC 3261 section 18.3, wherever the pieces it comes in end.
 * Holds one message at most, takes linear time and never throws.
 */
export class StreamFraming {
  readonly #buffer = new ByteBuffer();
  #searched = 0;
  #messageLength: number | undefined;
  #isBroken = false;

  /** Whether a message has begun and not ended. */
  get isInMessage(): boolean {
    return this.#buffer.length > 0;
  }

  /** Takes the next piece of the stream and gives what became whole. */
  *push(chunk: Uint8Array): Generator<Framed> {
    if (this.#isBroken) return;
    this.#buffer.append(chunk);
    for (let framed = this.#next(); framed !== undefined; framed = this.#next()) yield framed;
  }

  #next(): Framed | undefined {
    if (this.#buffer.length === 0) return undefined;
    if (this.#searched > 0) return this.#message();
    if (this.#mayBeLineBreak()) return undefined;
    return this.#lineBreaks() ?? this.#garbage() ?? this.#message();
  }

  #mayBeLineBreak(): boolean {
    return this.#buffer.length === 1 && this.#buffer.view()[0] === carriageReturn;
  }

  #lineBreaks(): Framed | undefined {
    const view = this.#buffer.view();
    let count = 0;
    while (view[2 * count] === carriageReturn && view[2 * count + 1] === lineFeed) count += 1;
    if (count === 0) return undefined;
    this.#buffer.drop(2 * count);
    return { kind: "lineBreaks", count };
  }

  #garbage(): Framed | undefined {
    const first = this.#buffer.view()[0] ?? 0;
    return tokenByte.test(String.fromCharCode(first)) ? undefined : this.#broken(400, "not SIP");
  }

  #message(): Framed | undefined {
    const length = this.#messageLength ?? this.#readHead();
    if (typeof length !== "number") return length;
    this.#messageLength = length;
    if (this.#buffer.length < length) return undefined;
    this.#messageLength = undefined;
    this.#searched = 0;
    return { kind: "message", bytes: this.#buffer.take(length) };
  }

  /** The length of the whole message once its head is there. */
  #readHead(): number | Framed | undefined {
    const view = this.#buffer.view();
    const end = view.indexOf(headEnd, Math.max(0, this.#searched - headEnd.length + 1));
    this.#searched = view.length;
    const atLeast = end === -1 ? view.length - headEnd.length + 1 : end;
    if (atLeast > limits.headBytes) return this.#broken(513, "headers are too large");
    return end === -1 ? undefined : this.#readLength(view, end);
  }

  #readLength(view: Buffer, end: number): number | Framed {
    const body = contentLength(view.toString("latin1", 0, end));
    if (!body.ok) return this.#broken(400, body.why);
    const length = end + headEnd.length + body.value;
    return length > limits.messageBytes ? this.#broken(413, "message is too large") : length;
  }

  #broken(status: 400 | 413 | 513, why: string): Framed {
    this.#isBroken = true;
    const bytes = this.#buffer.take(Math.min(this.#buffer.length, limits.headBytes + headEnd.length));
    this.#buffer.drop(this.#buffer.length);
    return { kind: "broken", bytes, status, why };
  }
}

/** The one value of Content-Length, which a stream must have, RFC 3261 section 20.14. */
function contentLength(head: string): Parsed<number> {
  const values = Array.from(head.matchAll(lengthPattern), ([, value = ""]) => value.trim());
  const [first] = values;
  if (first === undefined) return unparsed(0, "Content-Length: missing");
  if (values.some((value) => value !== first)) return unparsed(0, "Content-Length: differs from itself");
  return /^\d{1,9}$/.test(first) ? parsed(Number(first)) : unparsed(0, "Content-Length: is not a number");
}
