import { describe, expect, test } from "vitest";
import { readBrowserSdp } from "./browser-sdp.ts";

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
    ["more than one stream", `${offer}m=video 9 UDP/TLS/RTP/SAVPF 96\n`],
    ["not an audio stream over DTLS", offer.replace("UDP/TLS/RTP/SAVPF", "RTP/AVP")],
    ["not an audio stream over DTLS", offer.replace("m=audio 9", "m=audio nine")],
    ["the stream is switched off", offer.replace("m=audio 9", "m=audio 0")],
    ["PCMU is not offered", offer.replace("9 0 8 13", "9 8 13")],
    ["a=fingerprint: is missing", offer.replace("a=fingerprint", "a=finger")],
    ["a=ice-pwd: is missing", offer.replace("a=ice-pwd", "a=ice")],
    ["longer than any description of one audio stream", offer + "a=x\n".repeat(6000)],
  ])("is refused: %s", (why, sdp) => {
    expect(readBrowserSdp(sdp)).toMatchObject({ ok: false, why });
  });
});
