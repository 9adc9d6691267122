import type { Parsed } from "../kernel/parsed.ts";
import type { PayloadTypes } from "../packet/payload-types.ts";

/** Longer descriptions of one audio stream do not exist. */
const maxSdpChars = 20_000;

/** What a browser's description of its one audio stream comes down to. */
export type BrowserAudio = {
  readonly payloadTypes: PayloadTypes;
  readonly direction: "sendrecv" | "sendonly" | "recvonly" | "inactive";
  /** The DTLS role it asks for, RFC 8842. */
  readonly setup: "active" | "passive" | "actpass";
  /** The certificates that it may show, each with its algorithm, in one order (RFC 8122). */
  readonly fingerprints: readonly string[];
  /** The same description with PCMU and telephone-event at 8000 Hz alone, and without its candidates. */
  readonly trimmed: string;
};

type Line = { readonly at: number; readonly text: string };

/**
 * Reads a browser's offer or answer. Its candidates are left out: the connection forms from its own checks, and we neither
 * probe a user's network nor look up mDNS names. Telephone-event at 48000 Hz is left out: its tones would come out six times
 * too long.
 * @returns a failure with the line's number (from 1) when it is not one DTLS-protected audio stream with PCMU.
 */
export function readBrowserSdp(sdp: string): Parsed<BrowserAudio> {
  if (sdp.length > maxSdpChars) return refused(1, "longer than any description of one audio stream");
  const lines = sdp.split(/\r?\n/).map((text, index) => ({ at: index + 1, text }));
  const media = lines.filter((line) => line.text.startsWith("m="));
  const [audio, second] = media;
  if (audio === undefined) return refused(lines.length, "no media");
  if (second !== undefined) return refused(second.at, "more than one stream");
  const missing = ["a=fingerprint:", "a=ice-ufrag:", "a=ice-pwd:"].find((name) => !lines.some(startsWith(name)));
  if (missing !== undefined) return refused(audio.at, `${missing} is missing`);
  return readAudio(lines, audio);
}

const refused = (at: number, why: string): { ok: false; at: number; why: string } => ({ ok: false, at, why });
const startsWith = (start: string) => (line: Line) => line.text.startsWith(start);

function readAudio(lines: readonly Line[], audio: Line): Parsed<BrowserAudio> {
  const match = /^m=audio (\d{1,5}) (UDP\/TLS\/RTP\/SAVPF?|RTP\/SAVPF) ([\d ]+)$/.exec(audio.text.trimEnd());
  if (match === null) return refused(audio.at, "not an audio stream over DTLS");
  const [, port = "", protocol = "", list = ""] = match;
  if (Number(port) === 0) return refused(audio.at, "the stream is switched off");
  const offered = list.trim().split(/ +/).map(Number);
  const pcmu = offered.find((type) => type === 0 || isCodec(lines, type, "PCMU"));
  if (pcmu === undefined) return refused(audio.at, "PCMU is not offered");
  const telephoneEvent = offered.find((type) => isCodec(lines, type, "telephone-event"));
  const payloadTypes = { pcmu, ...(telephoneEvent !== undefined && { telephoneEvent }) };
  const kept = telephoneEvent === undefined ? [pcmu] : [pcmu, telephoneEvent];
  const mediaLine = `m=audio ${port} ${protocol} ${kept.join(" ")}`;
  const trimmed = trim(lines, kept).map((line) => (line === audio ? mediaLine : line.text));
  return {
    ok: true,
    value: {
      payloadTypes,
      direction: directionOf(lines),
      setup: setupOf(lines),
      fingerprints: fingerprintsOf(lines),
      trimmed: trimmed.join("\r\n"),
    },
  };
}

const isCodec = (lines: readonly Line[], type: number, name: string): boolean =>
  lines.some(
    (line) => line.text.trimEnd().toLowerCase().replace(/\/1$/, "") === `a=rtpmap:${type} ${name.toLowerCase()}/8000`,
  );

const alwaysLeftOut = /^a=(candidate:|end-of-candidates|extmap|ssrc-group:|rid:|simulcast:)/;

function trim(lines: readonly Line[], kept: readonly number[]): readonly Line[] {
  return lines.filter((line) => {
    const aboutCodec = /^a=(?:rtpmap|fmtp|rtcp-fb):(\d+|\*)/.exec(line.text);
    return !alwaysLeftOut.test(line.text) && (aboutCodec === null || kept.includes(Number(aboutCodec[1])));
  });
}

function directionOf(lines: readonly Line[]): BrowserAudio["direction"] {
  const direction = /^a=(sendrecv|sendonly|recvonly|inactive)\s*$/;
  const found = lines.findLast((line) => direction.test(line.text));
  return (found?.text.slice(2).trim() ?? "sendrecv") as BrowserAudio["direction"];
}

function setupOf(lines: readonly Line[]): BrowserAudio["setup"] {
  const found = lines.find((line) => /^a=setup:(active|passive|actpass)\s*$/.test(line.text));
  return (found?.text.slice("a=setup:".length).trim() ?? "actpass") as BrowserAudio["setup"];
}

const fingerprintsOf = (lines: readonly Line[]): readonly string[] =>
  Array.from(
    new Set(lines.filter(startsWith("a=fingerprint:")).map((line) => line.text.trimEnd().toLowerCase())),
  ).sort();
