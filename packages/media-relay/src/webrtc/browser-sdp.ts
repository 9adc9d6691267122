import { type Fingerprint, isUsable } from "../dtls/certificate.ts";
import type { Parsed } from "../kernel/parsed.ts";
import type { PayloadTypes } from "../packet/payload-types.ts";
import { layoutOf, type MediaLayout } from "./media-layout.ts";
import { type MediaSection, readSections, type SdpSection, type Sections } from "./sdp-sections.ts";

/** A description with every candidate of a host with many addresses is shorter. */
const maxSdpChars = 65_536;

/** What a browser's description of its audio comes down to. */
export type BrowserAudio = {
  readonly payloadTypes: PayloadTypes;
  readonly direction: "sendrecv" | "sendonly" | "recvonly" | "inactive";
  /** The DTLS role it asks for, RFC 8842. */
  readonly setup: "active" | "passive" | "actpass";
  /** The fingerprints of its certificates (RFC 8122) that have a supported hash function. */
  readonly fingerprints: readonly Fingerprint[];
  /** Its media lines, of which each description of ours has as many. */
  readonly layout: MediaLayout;
  /** A description of the audio alone: one section named `0`, with PCMU and telephone-event at 8000 Hz, without candidates. */
  readonly trimmed: string;
};

/**
 * Reads a browser's offer or answer. The first section of audio that can be used is; all others are to be rejected. Candidates
 * are left out: the connection forms from the browser's own checks, and we neither probe a user's network nor look up mDNS
 * names. Telephone-event at 48000 Hz is left out: its tones would come out six times too long.
 * @returns a failure with the line's number (from 1) when there is no DTLS-protected audio with PCMU.
 */
export function readBrowserSdp(sdp: string): Parsed<BrowserAudio> {
  if (sdp.length > maxSdpChars) return refused(1, `longer than ${maxSdpChars} characters`);
  const sections = readSections(sdp);
  if (!sections.ok) return sections;
  if (sections.value.media.length === 0) return refused(1, "no media");
  // We wait for the browser's checks, and a lite agent makes none: RFC 8445 section 2.5.
  if (sections.value.session.attribute("ice-lite") !== undefined) return refused(1, "a=ice-lite: is not supported");
  const audio = sections.value.media.filter(({ kind }) => kind === "audio");
  if (audio.length === 0) return refused(1, "no audio");
  const read = audio.map((one) => readAudio(sections.value, one));
  return read.find(({ ok }) => ok) ?? read[0]!;
}

const refused = (at: number, why: string): { ok: false; at: number; why: string } => ({ ok: false, at, why });

/** Each of these means the same with WebRTC, RFC 9429 section 5.1.2. */
const overDtls = /^(?:(?:UDP|TCP)\/D?TLS\/)?RTP\/S?AVPF?$/i;

function readAudio(sections: Sections, audio: MediaSection): Parsed<BrowserAudio> {
  const { at, port, protocol, section } = audio;
  if (!overDtls.test(protocol) || Number.isNaN(port)) return refused(at, "not an audio stream over DTLS");
  if (port === 0 && section.attribute("bundle-only") === undefined) return refused(at, "the stream is switched off");
  const payloadTypes = payloadTypesOf(audio);
  if (payloadTypes === undefined) return refused(at, "PCMU is not offered");
  const transport = transportOf(sections, section);
  if (typeof transport === "string") return refused(at, transport);
  return { ok: true, value: describe(sections, audio, { payloadTypes, ...transport }) };
}

/** ICE and DTLS of the audio, as its own section says or the session's, or that whose transport the bundle has. */
type Transport = Pick<BrowserAudio, "setup" | "fingerprints"> & { readonly lines: readonly string[] };

function transportOf({ session, media }: Sections, audio: SdpSection): Transport | string {
  const bundled = media.find(({ section }) => isBundledWith(session, section, audio))?.section;
  const places = [audio, session, ...(bundled === undefined ? [] : [bundled])];
  const valuesOf = (name: string) => places.map((place) => place.attributes(name)).find((all) => all.length > 0) ?? [];
  const missing = ["fingerprint", "ice-ufrag", "ice-pwd"].find((name) => valuesOf(name).length === 0);
  if (missing !== undefined) return `a=${missing}: is missing`;
  const fingerprints = valuesOf("fingerprint").map(readFingerprint).filter(isUsable);
  if (fingerprints.length === 0) return "a=fingerprint: has no supported hash function";
  const [setup] = valuesOf("setup").filter(isSetup);
  const ice = ["ice-ufrag", "ice-pwd"].map((name) => `a=${name}:${valuesOf(name)[0]}`);
  return {
    setup: setup ?? "actpass",
    fingerprints,
    lines: [...ice, ...fingerprints.map(fingerprintLine), ...(setup === undefined ? [] : [`a=setup:${setup}`])],
  };
}

/** Whether a section is the first of the group that the audio is in, RFC 8843 section 7.2. */
function isBundledWith(session: SdpSection, section: SdpSection, audio: SdpSection): boolean {
  const [mid, ours] = [section.attribute("mid"), audio.attribute("mid")];
  const groups = session.attributes("group").map((group) => group.split(/\s+/));
  return (
    ours !== undefined &&
    groups.some(([kind, first, ...more]) => {
      return kind === "BUNDLE" && first === mid && more.includes(ours);
    })
  );
}

const isSetup = (value: string): value is BrowserAudio["setup"] => /^(active|passive|actpass)$/.test(value);

/** The algorithm in small letters, the digest in capitals. */
function readFingerprint(value: string): Fingerprint {
  const [algorithm = "", ...digest] = value.split(/\s+/);
  return { algorithm: algorithm.toLowerCase(), value: digest.join("").toUpperCase() };
}

const fingerprintLine = ({ algorithm, value }: Fingerprint): string => `a=fingerprint:${algorithm} ${value}`;

/** The first payload type of each codec. */
function payloadTypesOf({ formats, section }: MediaSection): PayloadTypes | undefined {
  const codecs = new Set(section.attributes("rtpmap").map((value) => value.toLowerCase().replace(/\/1$/, "")));
  const pcmu = formats.find((type) => type === "0" || codecs.has(`${type} pcmu/8000`));
  const telephoneEvent = formats.find((type) => codecs.has(`${type} telephone-event/8000`));
  if (pcmu === undefined) return undefined;
  return { pcmu: Number(pcmu), ...(telephoneEvent !== undefined && { telephoneEvent: Number(telephoneEvent) }) };
}

type Audio = Transport & Pick<BrowserAudio, "payloadTypes">;

function describe(sections: Sections, audio: MediaSection, { payloadTypes, lines, ...more }: Audio): BrowserAudio {
  const direction = directionOf(audio.section) ?? directionOf(sections.session) ?? "sendrecv";
  const trimmed = trimmedOf(payloadTypes, [...lines, `a=${direction}`]);
  return { payloadTypes, direction, layout: layoutOf(sections, audio), trimmed, ...more };
}

function trimmedOf({ pcmu, telephoneEvent }: PayloadTypes, lines: readonly string[]): string {
  const event = telephoneEvent === undefined ? [] : [`a=rtpmap:${telephoneEvent} telephone-event/8000`];
  const types = [pcmu, telephoneEvent].filter((type) => type !== undefined).join(" ");
  const session = ["v=0", "o=- 1 1 IN IP4 0.0.0.0", "s=-", "t=0 0", "a=group:BUNDLE 0"];
  const media = [`m=audio 9 UDP/TLS/RTP/SAVPF ${types}`, "c=IN IP4 0.0.0.0", "a=mid:0", "a=rtcp-mux"];
  return [...session, ...media, ...lines, `a=rtpmap:${pcmu} PCMU/8000`, ...event, ""].join("\r\n");
}

const directions = ["sendrecv", "sendonly", "recvonly", "inactive"] as const;
const directionOf = (section: SdpSection): BrowserAudio["direction"] | undefined =>
  directions.find((one) => section.attribute(one) !== undefined);
