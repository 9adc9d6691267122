import { isIP } from "node:net";
import { type Parsed, parsed, unparsed } from "../kernel/parsed.ts";
import type { AudioDescription, Codec, Crypto, MediaAddress, MediaLine } from "./description.ts";
import { type Direction, deaf } from "./direction.ts";
import { type Section, valuesOf } from "./read.ts";

// RFC 3551 section 6: payload types that need no rtpmap.
const staticCodecs = new Map<number, string>([
  [0, "PCMU"],
  [3, "GSM"],
  [4, "G723"],
  [8, "PCMA"],
  [9, "G722"],
  [13, "CN"],
  [15, "G728"],
  [18, "G729"],
]);

const isName = (host: string): boolean => /[a-z]/i.test(host) && !/[^\w.-]/.test(host);

/** How often one payload type may be mapped. */
const mostMaps = 4;

/** Reads one audio section; what it does not say itself the session's part says, RFC 8866 sections 5.7 and 6.7. */
export function readAudio(session: Section, section: Section, line: MediaLine): Parsed<AudioDescription> {
  const address = connectionOf(section) ?? connectionOf(session);
  if (address === undefined) return unparsed(0, "SDP has no address for its audio");
  const { port, protocol } = line;
  const described = {
    address,
    port,
    protocol,
    direction: readDirection(session, section, protocol, address),
    codecs: readCodecs(section, line.formats),
    rtcp: readRtcp(section, { address, port }),
    crypto: valuesOf(section, "crypto").flatMap(readCrypto),
  };
  return parsed({ ...described, ...readPtime(section) });
}

/** The first c= line with an address, or else with a host name; a time to live (`/127`) is not part of it. */
function connectionOf({ connections }: Section): string | undefined {
  const hosts = connections.map((value) => value.split(/\s+/)[2]?.split("/")[0] ?? "");
  return hosts.find((host) => isIP(host) !== 0) ?? hosts.find(isName);
}

function readCodecs(section: Section, formats: readonly string[]): Codec[] {
  const maps = Map.groupBy(valuesOf(section, "rtpmap").flatMap(readRtpmap), ({ payloadType }) => payloadType);
  const fmtps = new Map(valuesOf(section, "fmtp").flatMap(readFmtp).reverse());
  const types = new Set(formats.filter((format) => /^\d{1,3}$/.test(format)).map(Number));
  return [...types]
    .filter((type) => type <= 127)
    .flatMap((type) => codecsOf(type, maps.get(type) ?? [], fmtps.get(type)));
}

/** A payload type that is mapped more than once is each of these; a static one is also what it always is. */
function codecsOf(payloadType: number, maps: readonly Codec[], fmtp: string | undefined): Codec[] {
  const mapped = maps.slice(0, mostMaps);
  const usual = staticCodecs.get(payloadType);
  const isMapped = mapped.some(({ name, clockRate }) => name.toUpperCase() === usual && clockRate === 8000);
  const added = usual === undefined || isMapped ? [] : [{ payloadType, name: usual, clockRate: 8000 }];
  return [...mapped, ...added].map((codec) => (fmtp === undefined ? codec : { ...codec, fmtp }));
}

// RFC 8866 section 6.6. Some peers leave the clock rate out.
function readRtpmap(value: string): Codec[] {
  const [, type, name, rate] = /^(\d{1,3})\s+([^\s/]+)\s*(?:\/\s*(\d{1,7}))?/.exec(value) ?? [];
  return name === undefined ? [] : [{ payloadType: Number(type), name, clockRate: Number(rate ?? 0) || 8000 }];
}

function readFmtp(value: string): [type: number, config: string][] {
  const [, type, config] = /^(\d{1,3})\s+(\S.*)$/.exec(value) ?? [];
  return config === undefined ? [] : [[Number(type), config]];
}

const directions = new Set<string>(["sendrecv", "sendonly", "recvonly", "inactive"] satisfies Direction[]);

function readDirection(session: Section, section: Section, protocol: string, address: string): Direction {
  const said = directionOf(section) ?? directionOf(session) ?? "sendrecv";
  const isUnspecified = address === "0.0.0.0" || address === "::";
  // With DTLS the address comes from ICE and 0.0.0.0 says nothing, RFC 8839 section 4.3.1.
  return isUnspecified && !protocol.includes("TLS") ? deaf(said) : said;
}

const directionOf = ({ attributes }: Section): Direction | undefined =>
  attributes.findLast(([name]) => directions.has(name))?.[0] as Direction | undefined;

// RFC 3605: a port, and perhaps an address.
function readRtcp(section: Section, { address, port }: MediaAddress): MediaAddress {
  const [, text, own = ""] = /^(\d{1,5})(?:\s+\S+\s+\S+\s+(\S+))?/.exec(valuesOf(section, "rtcp")[0] ?? "") ?? [];
  const named = Number(text ?? 0);
  if (named === 0 || named > 65_535) return { address, port: Math.min(port + 1, 65_535) };
  return { address: isIP(own) === 0 ? address : own, port: named };
}

// RFC 4568 section 9.1: a tag of at most nine digits.
function readCrypto(value: string): Crypto[] {
  const [tag = "", suite, keys, ...session] = value.split(/\s+/);
  if (suite === undefined || keys === undefined || !/^\d{1,9}$/.test(tag) || Number(tag) === 0) return [];
  return [{ tag: Number(tag), suite, keys, ...(session.length > 0 && { session: session.join(" ") }) }];
}

function readPtime(section: Section): { readonly ptimeMs?: number } {
  const ptimeMs = Number.parseFloat(valuesOf(section, "ptime")[0] ?? "");
  return ptimeMs > 0 && ptimeMs <= 1000 ? { ptimeMs } : {};
}
