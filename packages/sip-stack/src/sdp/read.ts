import { type Parsed, parsed, unparsed } from "../kernel/parsed.ts";

/** What a description may be at most. */
export const sdpLimits = { chars: 16_384, mediaLines: 16 } as const;

/** One m= section, or the part before the first: its lines that calls need, in their order, values trimmed. */
export type Section = {
  /** The value of its m= line; "" for the part before the first. */
  readonly media: string;
  /** The values of its c= lines. */
  readonly connections: readonly string[];
  /** Its attributes: names in lower case, "" as the value of one that has none. */
  readonly attributes: readonly (readonly [name: string, value: string])[];
};

/** A description in sections. `origin` is the value of its o= line, "" where it has none. */
export type Sections = { readonly origin: string; readonly session: Section; readonly media: readonly Section[] };

type Draft = { media: string; connections: string[]; attributes: [string, string][] };

const fieldPattern = /^[ \t\ufeff]*([ocma])[ \t]*=(.*)$/i;

/**
 * Reads the lines that calls need, with or without a line break at the end; nothing else of the text is looked at, and
 * what is missing, doubled or in another place than RFC 8866 section 5 says is no failure.
 */
export function readSections(text: string): Parsed<Sections> {
  if (text.length > sdpLimits.chars) return unparsed(sdpLimits.chars, "SDP is too large");
  const session = draft("");
  const media: Draft[] = [];
  let origin: string | undefined;
  for (const line of text.split(/\r\n|\r|\n/)) {
    const [, type = "", rest = ""] = fieldPattern.exec(line) ?? [];
    const value = rest.trim();
    const kind = type.toLowerCase();
    if (kind === "o") origin ??= value;
    else if (kind === "m") media.push(draft(value));
    else take(media.at(-1) ?? session, kind, value);
  }
  if (media.length > sdpLimits.mediaLines) return unparsed(0, "SDP has too many m= lines");
  return parsed({ origin: origin ?? "", session, media });
}

const draft = (media: string): Draft => ({ media, connections: [], attributes: [] });

function take(section: Draft, kind: string, value: string): void {
  if (kind === "c") section.connections.push(value);
  if (kind === "a") section.attributes.push(attributeOf(value));
}

function attributeOf(text: string): [string, string] {
  const colon = text.indexOf(":");
  return colon === -1
    ? [text.toLowerCase(), ""]
    : [text.slice(0, colon).trim().toLowerCase(), text.slice(colon + 1).trim()];
}

/** The values of a section's attributes of one name. */
export const valuesOf = ({ attributes }: Section, name: string): string[] =>
  attributes.flatMap(([each, value]) => (each === name ? [value] : []));
