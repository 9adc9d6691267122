import { type Parsed, parsed, unparsed } from "../kernel/parsed.ts";
import { readAudio } from "./audio.ts";
import type { AudioDescription, MediaLine, SessionDescription } from "./description.ts";
import { readSections, type Section, type Sections } from "./read.ts";

/** Whether a stream is plain RTP, without SRTP or DTLS. */
export function isPlainRtp(protocol: string): boolean {
  return /^RTP\/AVPF?$/i.test(protocol);
}

/** Whether a stream is SRTP whose keys stand in the description, RFC 4568. */
export function isKeyedRtp(protocol: string): boolean {
  return /^RTP\/SAVPF?$/i.test(protocol);
}

/**
 * Reads a session description, RFC 8866, as liberally as it can be done without guessing. Fails when the audio line is
 * malformed or has no address, and above the limits; a description without audio is not a failure. An audio address may be
 * a host name, which is not looked up.
 */
export function parseSdp(text: string): Parsed<SessionDescription> {
  return parseSdpFor(text, isPlainRtp);
}

/** Reads a session description whose audio stream is the first live one of a wanted protocol, without any the first. */
export function parseSdpFor(text: string, isWanted: (protocol: string) => boolean): Parsed<SessionDescription> {
  const sections = readSections(text);
  if (!sections.ok) return sections;
  const media = readMedia(sections.value.media);
  if (!media.ok) return media;
  const audioIndex = findAudio(media.value, isWanted);
  const audio = audioAt(sections.value, media.value, audioIndex);
  if (!audio.ok) return audio;
  return parsed({ origin: readOrigin(sections.value.origin), audio: audio.value, audioIndex, media: media.value });
}

// RFC 8866 section 5.2: user, id, version, network, type, address. A user may have blanks in it, and any of them may be
// missing: the id and the version stand before the network.
function readOrigin(value: string): SessionDescription["origin"] {
  const [, id = "", version = ""] = /(?:^|\s)(\S+)\s+(\S+)\s+IN(?:\s|$)/i.exec(value) ?? [];
  return { id, version };
}

function readMedia(sections: readonly Section[]): Parsed<MediaLine[]> {
  const lines = sections.map(readMediaLine);
  const hasAudio = lines.some((line) => line?.type === "audio" && line.port !== 0);
  if (!hasAudio && lines.some((line, at) => line === undefined && isAudio(sections[at]!)))
    return unparsed(0, "SDP has a malformed m= line");
  return parsed(lines.map((line, at) => line ?? refusedLine(sections[at]!)));
}

// "m=audio 4000/2": a number of consecutive ports, of which only the first is used, RFC 8866 section 5.14.
function readMediaLine({ media }: Section): MediaLine | undefined {
  const [type = "", port = "", protocol = "", ...formats] = media.split(/\s+/);
  const number = /^\d{1,5}(?:\/\d+)?$/.test(port) ? Number.parseInt(port, 10) : Number.NaN;
  const isWhole = number <= 65_535 && protocol !== "" && formats.length > 0;
  return isWhole ? { type: type.toLowerCase(), port: number, protocol, formats } : undefined;
}

const isAudio = ({ media }: Section): boolean => /^audio\b/i.test(media);

// A malformed line beside the audio is refused in its place, whatever is wrong with it.
function refusedLine({ media }: Section): MediaLine {
  const [type = "", , protocol = "", ...formats] = media.split(/\s+/);
  return {
    type: type || "application",
    port: 0,
    protocol: protocol || "RTP/AVP",
    formats: formats.length === 0 ? ["0"] : formats,
  };
}

function findAudio(media: readonly MediaLine[], isWanted: (protocol: string) => boolean): number {
  const isLive = (line: MediaLine): boolean => line.type === "audio" && line.port !== 0;
  const wanted = media.findIndex((line) => isLive(line) && isWanted(line.protocol));
  return wanted === -1 ? media.findIndex(isLive) : wanted;
}

function audioAt(
  { session, media: sections }: Sections,
  media: readonly MediaLine[],
  index: number,
): Parsed<AudioDescription | undefined> {
  const section = sections[index];
  const line = media[index];
  return section && line ? readAudio(session, section, line) : parsed(undefined);
}
