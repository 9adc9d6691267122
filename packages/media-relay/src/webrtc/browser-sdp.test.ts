import { describe, expect, test } from "vitest";
import { readBrowserSdp } from "./browser-sdp.ts";
import { arrange } from "./media-layout.ts";

/** In the form that Chromium gives an offer of one audio stream. */
const offer = `v=0
o=- 4611731400430051336 2 IN IP4 127.0.0.1
s=-
t=0 0
a=group:BUNDLE 0
a=extmap-allow-mixed
m=audio 9 UDP/TLS/RTP/SAVPF 111 63 9 0 8 13 110 126
c=IN IP4 0.0.0.0
a=rtcp:9 IN IP4 0.0.0.0
a=candidate:1 1 udp 2113937151 3f0c2e6c-8f0a-4d5c-9a2f-27f4e8d3a001.local 51234 typ host generation 0
a=end-of-candidates
a=ice-ufrag:abcd
a=ice-pwd:0123456789abcdef01234567
a=ice-options:trickle
a=fingerprint:sha-256 00:11:22:33:44:55:66:77:88:99:AA:BB:CC:DD:EE:FF:00:11:22:33:44:55:66:77:88:99:AA:BB:CC:DD:EE:FF
a=setup:actpass
a=mid:0
a=extmap:1 urn:ietf:params:rtp-hdrext:ssrc-audio-level
a=sendrecv
a=rtcp-mux
a=rtpmap:111 opus/48000/2
a=rtcp-fb:111 transport-cc
a=fmtp:111 minptime=10;useinbandfec=1
a=rtpmap:63 red/48000/2
a=rtpmap:9 G722/8000
a=rtpmap:0 PCMU/8000
a=rtpmap:8 PCMA/8000
a=rtpmap:13 CN/8000
a=rtpmap:110 telephone-event/48000
a=rtpmap:126 telephone-event/8000
`;

const read = (sdp: string) => {
  const outcome = readBrowserSdp(sdp);
  if (!outcome.ok) throw new Error(outcome.why);
  return outcome.value;
};

describe("a browser's offer", () => {
  test("comes down to PCMU and the telephone-event of 8000 Hz, without candidates and extensions", () => {
    const { payloadTypes, direction, setup, trimmed } = read(offer);
    expect({ payloadTypes, direction, setup }).toEqual({
      payloadTypes: { pcmu: 0, telephoneEvent: 126 },
      direction: "sendrecv",
      setup: "actpass",
    });
    expect(trimmed).toContain("m=audio 9 UDP/TLS/RTP/SAVPF 0 126\r\n");
    expect(trimmed.match(/^a=rtpmap.*$/gm)).toEqual(["a=rtpmap:0 PCMU/8000", "a=rtpmap:126 telephone-event/8000"]);
    expect(trimmed).not.toMatch(/candidate|extmap|opus|rtcp-fb|fmtp/);
  });

  test.each(["sendonly", "recvonly", "inactive"] as const)(
    "with %s is read so, with and without a final line break",
    (one) => {
      const held = offer.replace("a=sendrecv\n", "").concat(`a=${one}`);
      expect(read(held).direction).toBe(one);
      expect(read(`${held}\r\n`).direction).toBe(one);
    },
  );

  test("without a telephone-event of 8000 Hz has none", () => {
    expect(read(offer.replace("a=rtpmap:126 telephone-event/8000\n", "")).payloadTypes).toEqual({ pcmu: 0 });
  });

  test.each([
    ["no media", "v=0\r\ns=-\r\n"],
    ["a=ice-lite: is not supported", offer.replace("m=audio", "a=ice-lite\nm=audio")],
    ["no audio", offer.replace("m=audio", "m=video")],
    ["no media line", `${offer}m=video\n`],
    ["more than 64 media lines", offer + "m=video 0 RTP/AVP 96\n".repeat(64)],
    ["not an audio stream over DTLS", offer.replace("UDP/TLS/RTP/SAVPF", "udptl")],
    ["not an audio stream over DTLS", offer.replace("m=audio 9", "m=audio nine")],
    ["the stream is switched off", offer.replace("m=audio 9", "m=audio 0")],
    ["PCMU is not offered", offer.replace("9 0 8 13", "9 8 13")],
    ["a=fingerprint: is missing", offer.replace("a=fingerprint", "a=finger")],
    ["a=fingerprint: has no supported hash function", offer.replace("a=fingerprint:sha-256", "a=fingerprint:md5")],
    ["a=ice-pwd: is missing", offer.replace("a=ice-pwd", "a=ice")],
    ["longer than 65536 characters", offer + "a=x\n".repeat(17_000)],
  ])("is refused: %s", (why, sdp) => {
    expect(readBrowserSdp(sdp)).toMatchObject({ ok: false, why });
  });
});

const video = "m=video 9 UDP/TLS/RTP/SAVPF 96 97\nc=IN IP4 0.0.0.0\na=mid:1\na=sendonly\na=rtpmap:96 VP8/90000\n";
const data = "m=application 9 UDP/DTLS/SCTP webrtc-datachannel\na=mid:2\na=sctp-port:5000\n";
const audioPart = offer.slice(offer.indexOf("m=audio"));
const session = offer.slice(0, offer.indexOf("m=audio"));
const withoutTransport = audioPart.replace(/^a=(ice-|fingerprint|setup).*\n/gm, "");
const transport = audioPart.match(/^a=(ice-ufrag|ice-pwd|fingerprint|setup).*\n/gm)!.join("");

/** How our description answers it: its media lines and what they are named. */
const answered = (sdp: string): readonly string[] => {
  const { layout, trimmed } = read(sdp);
  return arrange(trimmed, layout, { session: 7, version: 3 }).match(/^(m=|b=|o=|a=mid|a=group|a=rtcp-mux).*$/gm)!;
};

describe("the audio of an offer", () => {
  test.each([
    ["before video", `${session}${audioPart}${video}`],
    ["behind video", `${session}${video}${audioPart}`],
    ["behind video that is switched off", `${session}${video.replace(" 9 ", " 0 ")}${audioPart}`],
    ["between video and a data channel", `${session}${video}${audioPart}${data}`],
    ["behind audio that is switched off", `${session}${audioPart.replace(" 9 ", " 0 ")}${audioPart}`],
    ["behind audio without PCMU", `${session}m=audio 9 UDP/TLS/RTP/SAVPF 111\n${audioPart}`],
    ["whose ICE and DTLS the session names", `${session}${transport}${withoutTransport}`],
    [
      "that is bundled with the video before it, and has its transport",
      `${session.replace("BUNDLE 0", "BUNDLE 1 0")}${video}${transport}` +
        `${withoutTransport.replace("audio 9", "audio 0")}a=bundle-only\n`,
    ],
    ["with two ports", offer.replace("audio 9", "audio 9/2")],
    ["with lines that end in a carriage return", offer.replaceAll("\n", "\r")],
    ["of 25 kB", offer + "a=candidate:1 1 udp 1 192.0.2.1 5000 typ host generation 0 network-id 1\n".repeat(300)],
    ["with setup:holdconn", offer.replace("setup:actpass", "setup:holdconn")],
  ])("%s is used as if it were alone", (_, sdp) => {
    expect(read(sdp).trimmed.replace("a=setup:actpass\r\n", "")).toBe(
      read(offer).trimmed.replace("a=setup:actpass\r\n", ""),
    );
    expect(read(sdp).fingerprints).toEqual(read(offer).fingerprints);
  });

  test.each([
    "RTP/AVP",
    "RTP/AVPF",
    "RTP/SAVP",
    "RTP/SAVPF",
    "TCP/DTLS/RTP/SAVP",
    "TCP/DTLS/RTP/SAVPF",
    "UDP/TLS/RTP/SAVP",
    "TCP/TLS/RTP/SAVPF",
  ])("over %s is answered with the same", (protocol) => {
    expect(answered(offer.replace("UDP/TLS/RTP/SAVPF", protocol))).toContain(`m=audio 9 ${protocol} 0 126`);
  });

  test.each(["sendonly", "recvonly", "inactive"] as const)("has its own direction, or the session's: %s", (one) => {
    const other = "m=video 9 RTP/AVP 96\na=sendrecv\n";
    expect(read(`${offer.replace("a=sendrecv", `a=${one}`)}${other}`).direction).toBe(one);
    expect(read(`${session}a=${one}\n${audioPart.replace("a=sendrecv\n", "")}${other}`).direction).toBe(one);
    expect(read(`${session}a=${one}\n${audioPart}${other}`).direction).toBe("sendrecv");
  });

  test("has every fingerprint with a supported hash function", () => {
    const short = "a=fingerprint:sha-1 00:11:22:33:44:55:66:77:88:99:AA:BB:CC:DD:EE:FF:00:11:22:33";
    const several = `a=fingerprint:md5 00:11\na=fingerprint:sha-512 00\n${short}\na=fingerprint:sha-256`;
    const { fingerprints, trimmed } = read(offer.replace("a=fingerprint:sha-256", several));
    expect(fingerprints.map(({ algorithm }) => algorithm)).toEqual(["sha-1", "sha-256"]);
    expect(trimmed.match(/a=fingerprint/g)).toHaveLength(2);
  });

  test("has fingerprints whatever their letters", () => {
    const small = offer.replace(/a=fingerprint:.*/, (line) => line.toLowerCase().replace("sha", "SHA"));
    expect(read(small).trimmed).toBe(read(offer).trimmed);
  });

  test("is found in time that grows with the description", () => {
    const types = Array.from({ length: 8000 }, (_, type) => 1000 + type).join(" ");
    expect(readBrowserSdp(offer.replace("SAVPF 111", `SAVPF ${types}`)).ok).toBe(true);
  });
});

describe("our description", () => {
  test("has as many media lines as the browser's, with port 0 for what is not wanted", () => {
    const group = session.replace("BUNDLE 0", "BUNDLE 1 0 2");
    expect(answered(`${group}${video}${audioPart}${data}`)).toEqual([
      "o=- 7 3 IN IP4 0.0.0.0",
      "a=group:BUNDLE 0",
      "m=video 0 UDP/TLS/RTP/SAVPF 96",
      "a=mid:1",
      "m=audio 9 UDP/TLS/RTP/SAVPF 0 126",
      "a=mid:0",
      "a=rtcp-mux",
      "m=application 0 UDP/DTLS/SCTP webrtc-datachannel",
      "a=mid:2",
    ]);
  });

  test("names and groups nothing where the browser does not", () => {
    const bare = offer.replace("a=group:BUNDLE 0\n", "").replace("a=mid:0\n", "");
    expect(answered(`${bare}m=video 0 RTP/AVP 96\n`)).toEqual([
      "o=- 7 3 IN IP4 0.0.0.0",
      "m=audio 9 UDP/TLS/RTP/SAVPF 0 126",
      "a=rtcp-mux",
      "m=video 0 RTP/AVP 96",
    ]);
  });

  test("refuses reports to who cannot take them on the port of the audio", () => {
    const lines = answered(offer.replace("a=rtcp-mux\n", ""));
    expect(lines.slice(2)).toEqual(["m=audio 9 UDP/TLS/RTP/SAVPF 0 126", "b=RS:0", "b=RR:0", "a=mid:0"]);
  });
});
