import type { Parsed } from "../kernel/parsed.ts";

/** A line of a description; `at` counts from 1. */
export type SdpLine = { readonly at: number; readonly text: string };

/** The lines before the first m= line, or an m= line with those behind it (RFC 8866 section 5). */
export class SdpSection {
  readonly lines: readonly SdpLine[];
  /** The values of each attribute, in order; a flag has an empty one. */
  readonly #attributes = new Map<string, string[]>();
  constructor(lines: readonly SdpLine[]) {
    this.lines = lines;
    for (const { text } of lines) if (text.startsWith("a=")) this.#add(text.slice(2));
  }

  /** The first value of an attribute. */
  attribute(name: string): string | undefined {
    return this.#attributes.get(name)?.[0];
  }
  /** Every value of an attribute. */
  attributes(name: string): readonly string[] {
    return this.#attributes.get(name) ?? [];
  }

  #add(text: string): void {
    const colon = text.indexOf(":");
    const [name, value] = colon < 0 ? [text, ""] : [text.slice(0, colon), text.slice(colon + 1).trim()];
    const values = this.#attributes.get(name.trim());
    if (values === undefined) this.#attributes.set(name.trim(), [value]);
    else values.push(value);
  }
}

/** An m= line and what it says: RFC 8866 section 5.14. */
export type MediaSection = {
  readonly at: number;
  readonly kind: string;
  /** 0: rejected, or bundle-only; NaN: no number. */
  readonly port: number;
  readonly protocol: string;
  readonly formats: readonly string[];
  readonly section: SdpSection;
};

/** A description's parts. */
export type Sections = { readonly session: SdpSection; readonly media: readonly MediaSection[] };

/** More lines than any phone has; ours answers each. */
const mostMediaLines = 64;

/** Reads a description into its parts; a failure names the line. */
export function readSections(sdp: string): Parsed<Sections> {
  const lines = sdp.split(/\r\n|\n|\r/).map((text, index) => ({ at: index + 1, text: text.trimEnd() }));
  const starts = lines.filter(({ text }) => text.startsWith("m=")).map(({ at }) => at - 1);
  if (starts.length > mostMediaLines) return { ok: false, at: 1, why: `more than ${mostMediaLines} media lines` };
  const media: MediaSection[] = [];
  for (const [index, start] of starts.entries()) {
    const read = readMedia(new SdpSection(lines.slice(start, starts[index + 1])));
    if (!read.ok) return read;
    media.push(read.value);
  }
  return { ok: true, value: { session: new SdpSection(lines.slice(0, starts[0])), media } };
}

/** A port that is no number makes a section that cannot be used; the others can. */
function readMedia(section: SdpSection): Parsed<MediaSection> {
  const { at, text } = section.lines[0]!;
  const [kind = "", port = "", protocol, ...formats] = text.slice("m=".length).trim().split(/\s+/);
  if (protocol === undefined) return { ok: false, at, why: "no media line" };
  const number = /^\d{1,5}(\/\d+)?$/.test(port) ? Number.parseInt(port, 10) : Number.NaN;
  return { ok: true, value: { at, kind: kind.toLowerCase(), port: number, protocol, formats, section } };
}
