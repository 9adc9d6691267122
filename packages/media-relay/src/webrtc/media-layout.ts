import type { MediaSection, Sections } from "./sdp-sections.ts";

/**
 * The media lines of a browser's descriptions: each of ours has as many, in the same order (RFC 3264 sections 6 and 8), one with
 * audio and the others rejected.
 */
export type MediaLayout = {
  /** The rejected media sections before and behind the one of audio. */
  readonly before: readonly string[];
  readonly behind: readonly string[];
  /** How the browser names the section of audio (RFC 5888 section 4), and whether that is in a BUNDLE group. */
  readonly mid: string | undefined;
  readonly isBundled: boolean;
  /** The transport of its m= line, which the answer repeats (RFC 9429 section 5.1.2). */
  readonly protocol: string;
  /** Whether RTP and RTCP share a port. Where they cannot there are no reports. */
  readonly hasRtcpMux: boolean;
};

/** Our first offer: one section. */
export const onlyAudio: MediaLayout = {
  before: [],
  behind: [],
  mid: "0",
  isBundled: true,
  protocol: "UDP/TLS/RTP/SAVPF",
  hasRtcpMux: true,
};

/** The layout of a description whose audio is in that section. */
export function layoutOf({ session, media }: Sections, audio: MediaSection): MediaLayout {
  const at = media.indexOf(audio);
  const mid = audio.section.attribute("mid");
  const groups = session.attributes("group").map((group) => group.split(/\s+/));
  return {
    before: media.slice(0, at).map(rejected),
    behind: media.slice(at + 1).map(rejected),
    mid,
    isBundled: mid !== undefined && groups.some(([kind, ...mids]) => kind === "BUNDLE" && mids.includes(mid)),
    protocol: audio.protocol,
    hasRtcpMux: audio.section.attribute("rtcp-mux") !== undefined,
  };
}

/** A section that is not wanted: port 0, with its first format (RFC 3264 section 6). */
function rejected({ kind, protocol, formats, section }: MediaSection): string {
  const mid = section.attribute("mid");
  const lines = [`m=${kind} 0 ${protocol} ${formats[0] ?? "0"}`, "c=IN IP4 0.0.0.0"];
  return [...lines, ...(mid === undefined ? [] : [`a=mid:${mid}`])].join("\r\n");
}

/** RFC 3556 section 2: neither side sends RTCP. */
const noReports = ["b=RS:0", "b=RR:0"];

/** Where a description comes from: the origin's number stays, its version counts up (RFC 3264 section 8). */
export type Origin = { readonly session: number; readonly version: number };

/** A description of one bundled audio section named `0`, with the media lines of a layout. */
export function arrange(sdp: string, layout: MediaLayout, origin: Origin): string {
  const lines = sdp.split(/\r?\n/).filter((line) => line !== "");
  const start = lines.findIndex((line) => line.startsWith("m="));
  const session = lines.slice(0, start).flatMap((line) => sessionLine(line, layout, origin));
  const audio = lines.slice(start).flatMap((line) => audioLine(line, layout));
  return [...session, ...layout.before, ...audio, ...layout.behind, ""].join("\r\n");
}

function sessionLine(line: string, { mid, isBundled }: MediaLayout, { session, version }: Origin): readonly string[] {
  if (line.startsWith("o=")) return [`o=- ${session} ${version} IN IP4 0.0.0.0`];
  if (!line.startsWith("a=group:")) return [line];
  return isBundled ? [`a=group:BUNDLE ${mid}`] : [];
}

function audioLine(line: string, { mid, protocol, hasRtcpMux }: MediaLayout): readonly string[] {
  if (line.startsWith("m=")) return [line.replace(/^(m=\S+ \d+ )\S+/, `$1${protocol}`)];
  if (line.startsWith("a=mid:")) return mid === undefined ? [] : [`a=mid:${mid}`];
  if (hasRtcpMux) return [line];
  if (line.startsWith("c=")) return [line, ...noReports];
  return /^a=rtcp(-mux|:)/.test(line) ? [] : [line];
}
