import { isIP } from "node:net";
import { type Parsed, parsed, unparsed } from "../kernel/parsed.ts";
import type { AudioDescription, Codec, Crypto, MediaAddress, MediaLine } from "./description.ts";
import { type Direction, deaf } from "./direction.ts";
import type { Section } from "./read.ts";

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

/** Reads one audio section; what it does not say itself the session's part says, RFC 8866 sections 5.7 and 6.7. */
export function readAudio(session: Section, section: Section, line: MediaLine): Parsed<AudioDescription> {
  const address = String((section.connection ?? session.connection)?.ip);
  if (isIP(address) === 0) return unparsed(0, "SDP has no IP address for its audio");
  const codecs = readCodecs(section, line.formats);
  if (!codecs.ok) return codecs;
  const { port, protocol } = line;
  const direction = readDirection(session, section, protocol, address);
  const described = {
    address,
    port,
    protocol,
    direction,
    codecs: codecs.value,
    rtcp: readRtcp(section, { address, port }),
    crypto: (section.crypto ?? []).flatMap(readCrypto),
  };
  return parsed({ ...described, ...readPtime(section) });
}

function readCodecs(section: Section, formats: readonly string[]): Parsed<Codec[]> {
  const codecs: Codec[] = [];
  for (const format of formats) {
    const payloadType = Number(format);
    if (!/^\d{1,3}$/.test(format) || payloadType > 127) return unparsed(0, "SDP has a payload type above 127");
    const codec = readCodec(section, payloadType);
    if (codec !== undefined) codecs.push(codec);
  }
  return parsed(codecs);
}

function readCodec(section: Section, payloadType: number): Codec | undefined {
  const map = section.rtp?.find((entry) => entry.payload === payloadType);
  const name = map?.codec ?? staticCodecs.get(payloadType);
  if (name === undefined) return undefined;
  const fmtp = section.fmtp?.find((entry) => entry.payload === payloadType)?.config;
  return {
    payloadType,
    name: String(name),
    clockRate: Number(map?.rate) || 8000,
    ...(fmtp === undefined ? {} : { fmtp: String(fmtp) }),
  };
}

function readDirection(session: Section, section: Section, protocol: string, address: string): Direction {
  const said = (section.direction ?? session.direction ?? "sendrecv") as Direction;
  const isUnspecified = address === "0.0.0.0" || address === "::";
  // With DTLS the address comes from ICE and 0.0.0.0 says nothing, RFC 8839 section 4.3.1.
  return isUnspecified && !protocol.includes("TLS") ? deaf(said) : said;
}

function readRtcp({ rtcp }: Section, { address, port }: MediaAddress): MediaAddress {
  const own = String(rtcp?.address);
  const isValid = rtcp !== undefined && Number.isInteger(rtcp.port) && rtcp.port > 0 && rtcp.port <= 65_535;
  const named = isIP(own) !== 0 ? own : address;
  return isValid ? { address: named, port: rtcp.port } : { address, port: Math.min(port + 1, 65_535) };
}

// RFC 4568 section 9.1: a tag of at most nine digits.
function readCrypto({ id, suite, config, sessionConfig }: NonNullable<Section["crypto"]>[number]): Crypto[] {
  const isWhole = Number.isInteger(id) && id > 0 && id < 1e9 && suite !== "" && config !== "";
  const session = sessionConfig === undefined ? {} : { session: String(sessionConfig) };
  return isWhole ? [{ tag: id, suite: String(suite), keys: String(config), ...session }] : [];
}

function readPtime({ ptime }: Section): { readonly ptimeMs?: number } {
  const ptimeMs = Number(ptime);
  return ptimeMs > 0 && ptimeMs <= 1000 ? { ptimeMs } : {};
}
