import { type Parsed, parsed, unparsed } from "../kernel/parsed.ts";
import { readAudio } from "./audio.ts";
import type { AudioDescription, MediaLine, SessionDescription } from "./description.ts";
import { readSections, type Section, type Sections } from "./read.ts";

/** Whether a stream is plain RTP, without SRTP or DTLS. */
export function isPlainRtp(protocol: string): boolean {
  return protocol === "RTP/AVP" || protocol === "RTP/AVPF";
}

/** Whether a stream is SRTP whose keys stand in the description, RFC 4568. */
export function isKeyedRtp(protocol: string): boolean {
  return protocol === "RTP/SAVP" || protocol === "RTP/SAVPF";
}

/**
 * Reads a session description, RFC 8866. Fails when the origin, an m= line, the audio stream's address or one of its
 * payload types is malformed; a description without audio is not a failure.
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
  const { sessionId, sessionVersion } = sections.value.origin;
  const origin = { id: String(sessionId), version: String(sessionVersion) };
  return parsed({ origin, audio: audio.value, audioIndex, media: media.value });
}

function readMedia(sections: readonly Section[]): Parsed<MediaLine[]> {
  const lines = sections.map(readMediaLine);
  const isComplete = lines.every((line) => line !== undefined);
  return isComplete ? parsed(lines as MediaLine[]) : unparsed(0, "SDP has a malformed m= line");
}

function readMediaLine({ type, port, protocol, payloads }: Section): MediaLine | undefined {
  const formats = String(payloads ?? "")
    .split(" ")
    .filter((format) => format !== "");
  if (!type || !protocol || !isPort(port) || formats.length === 0) return undefined;
  return { type: String(type), port, protocol: String(protocol), formats };
}

function isPort(port: number | undefined): port is number {
  return Number.isInteger(port) && port! >= 0 && port! <= 65_535;
}

function findAudio(media: readonly MediaLine[], isWanted: (protocol: string) => boolean): number {
  const isLive = (line: MediaLine): boolean => line.type === "audio" && line.port !== 0;
  const wanted = media.findIndex((line) => isLive(line) && isWanted(line.protocol));
  return wanted === -1 ? media.findIndex(isLive) : wanted;
}

function audioAt(session: Sections, media: readonly MediaLine[], index: number): Parsed<AudioDescription | undefined> {
  const section = session.media[index];
  const line = media[index];
  return section && line ? readAudio(session, section, line) : parsed(undefined);
}
