import { parse } from "sdp-transform";
import { type Parsed, parsed, unparsed } from "../kernel/parsed.ts";

/** What a description may be at most. */
export const sdpLimits = { chars: 16_384, mediaLines: 16 } as const;

/** A field as the reader gives it: whatever looks like an integer is a number. */
export type ReadText = string | number;

/** One m= section, or the part before the first, as it was read; absent what was absent or malformed. */
export type Section = {
  readonly type?: ReadText;
  readonly port?: number;
  readonly protocol?: ReadText;
  readonly payloads?: ReadText;
  readonly connection?: { readonly ip: ReadText };
  readonly direction?: string;
  readonly ptime?: ReadText;
  readonly rtcp?: { readonly port: number; readonly address?: ReadText };
  readonly rtp?: readonly { readonly payload: number; readonly codec: ReadText; readonly rate?: ReadText }[];
  readonly fmtp?: readonly { readonly payload: number; readonly config: ReadText }[];
  readonly crypto?: readonly {
    readonly id: number;
    readonly suite: ReadText;
    readonly config: ReadText;
    readonly sessionConfig?: ReadText;
  }[];
};

/** A description in sections. */
export type Sections = Section & {
  readonly origin: { readonly sessionId: ReadText; readonly sessionVersion: ReadText };
  readonly media: readonly Section[];
};

const readLine = /^(?:[ocm]=|a=(?:rtpmap|fmtp|rtcp|ptime|crypto):|a=(?:sendrecv|sendonly|recvonly|inactive)[ \t]*$)/;

/** Reads the lines that calls need, with or without a line break at the end; nothing else of the text is looked at. */
export function readSections(text: string): Parsed<Sections> {
  if (text.length > sdpLimits.chars) return unparsed(sdpLimits.chars, "SDP is too large");
  const lines = text.split(/\r\n|\r|\n/).filter((line) => readLine.test(line));
  const sections = parse(lines.map(withoutPortCount).join("\r\n")) as unknown as Partial<Sections>;
  if (sections.origin === undefined || sections.origin.sessionId === "")
    return unparsed(0, "SDP has no well-formed o= line");
  if ((sections.media?.length ?? 0) > sdpLimits.mediaLines) return unparsed(0, "SDP has too many m= lines");
  return parsed({ ...sections, origin: sections.origin, media: sections.media ?? [] });
}

// "m=audio 4000/2": a number of consecutive ports, of which only the first is used, RFC 8866 section 5.14.
function withoutPortCount(line: string): string {
  return line.startsWith("m=") ? line.replace(/^(m=\S+ \d+)\/\d+/, "$1") : line;
}
