import { describe, expect, test } from "vitest";
import { parseSdp } from "./parse.ts";

const session = ["v=0", "o=- 18446744073709551615 2 IN IP4 192.0.2.9", "s=-", "c=IN IP4 192.0.2.1", "t=0 0"];
const sdp = (...lines: string[]) => [...session, ...lines].join("\r\n");

function read(text: string) {
  const outcome = parseSdp(text);
  if (!outcome.ok) throw new Error(outcome.why);
  return outcome.value;
}

describe("reading SDP", () => {
  test("numbers beyond what a double holds keep their digits", () => {
    expect(read(sdp()).origin).toEqual({ id: "18446744073709551615", version: "2" });
  });

  test("the last line counts without a line break behind it, and line breaks may be bare", () => {
    expect(read(sdp("m=audio 4000 RTP/AVP 0", "a=sendonly")).audio?.direction).toBe("sendonly");
    expect(read(sdp("m=audio 4000 RTP/AVP 0", "a=sendonly ").replaceAll("\r\n", "\n")).audio?.direction).toBe(
      "sendonly",
    );
  });

  test.each(["m=audio 0 RTP/SAVP", "m=audio x RTP/AVP 0", "m=audio 70000 RTP/AVP 0", "m=audio"])(
    "a malformed line %s beside the audio is refused in its place",
    (line) => {
      const { audio, audioIndex, media } = read(sdp(line, "m=audio 4000 RTP/AVP 0"));
      expect([audio?.port, audioIndex]).toEqual([4000, 1]);
      expect(media.map(({ type, port }) => [type, port])).toEqual([
        ["audio", 0],
        ["audio", 4000],
      ]);
      expect(parseSdp(sdp(line)).ok).toBe(false);
    },
  );

  test.each(["G711U/8000", "ULAW/8000", "PCMU/64000", "pcmu/8000"])(
    "payload type 0 is PCMU although it is mapped to %s, RFC 3551 section 6",
    (name) => {
      const codecs = read(sdp("m=audio 4000 RTP/AVP 0", `a=rtpmap:0 ${name}`)).audio?.codecs ?? [];
      expect(codecs.filter((codec) => /^pcmu$/i.test(codec.name) && codec.clockRate === 8000)).toHaveLength(1);
    },
  );

  test("a direction of the session holds for a stream that has none of its own", () => {
    expect(read(sdp("a=inactive", "m=audio 4000 RTP/AVP 0")).audio?.direction).toBe("inactive");
    expect(read(sdp("a=inactive", "m=audio 4000 RTP/AVP 0", "a=recvonly")).audio?.direction).toBe("recvonly");
    expect(read(sdp("m=audio 4000 RTP/AVP 0")).audio?.direction).toBe("sendrecv");
  });

  test.each([
    ["", "sendonly"],
    ["a=sendonly", "sendonly"],
    ["a=recvonly", "inactive"],
    ["a=inactive", "inactive"],
  ])("an address of 0.0.0.0 with '%s' reads as %s", (line, direction) => {
    const text = sdp("m=audio 4000 RTP/AVP 0", "c=IN IP4 0.0.0.0", line);
    expect(read(text).audio).toMatchObject({ address: "0.0.0.0", direction });
  });

  test("an address of 0.0.0.0 is no hold where ICE brings the address", () => {
    const text = sdp("m=audio 9 UDP/TLS/RTP/SAVPF 111 0", "c=IN IP4 0.0.0.0", "a=rtpmap:111 opus/48000/2");
    expect(read(text).audio).toMatchObject({ direction: "sendrecv", protocol: "UDP/TLS/RTP/SAVPF" });
  });

  test("one payload type alone, a port count and types without rtpmap are read", () => {
    const { audio, media } = read(sdp("m=audio 4000/2 RTP/AVP 8"));
    expect(audio).toMatchObject({ port: 4000, codecs: [{ payloadType: 8, name: "PCMA", clockRate: 8000 }] });
    expect(media).toEqual([{ type: "audio", port: 4000, protocol: "RTP/AVP", formats: ["8"] }]);
  });

  test("codecs come in the order of the m= line, unknown dynamic ones are left out", () => {
    const text = sdp(
      "m=audio 4000 RTP/AVP 96 97 0",
      "a=rtpmap:0 PCMU/8000",
      "a=rtpmap:96 opus/48000/2",
      "a=fmtp:96 useinbandfec=1",
    );
    expect(read(text).audio?.codecs).toEqual([
      { payloadType: 96, name: "opus", clockRate: 48_000, fmtp: "useinbandfec=1" },
      { payloadType: 0, name: "PCMU", clockRate: 8000 },
    ]);
  });

  test("RTCP is where a=rtcp says, else on the next port", () => {
    const rtcp = (...lines: string[]) => read(sdp("m=audio 4000 RTP/AVP 0", ...lines)).audio?.rtcp;
    expect(rtcp()).toEqual({ address: "192.0.2.1", port: 4001 });
    expect(rtcp("a=rtcp:5001")).toEqual({ address: "192.0.2.1", port: 5001 });
    expect(rtcp("a=rtcp:5001 IN IP4 192.0.2.2")).toEqual({ address: "192.0.2.2", port: 5001 });
    expect(rtcp("a=rtcp:70000")).toEqual({ address: "192.0.2.1", port: 4001 });
  });

  test("the crypto lines of a stream come in their order with what stands behind them, malformed ones left out", () => {
    const text = sdp(
      "m=audio 4000 RTP/SAVP 0",
      "a=crypto:2 AES_CM_128_HMAC_SHA1_80 inline:WVNfX19zZW1jdGwgKCkgewkyMjA7fQp9CnVubGVz|2^20|1:32 FEC_ORDER=FEC_SRTP",
      "a=crypto:0 AES_CM_128_HMAC_SHA1_80 inline:AAAA",
      "a=crypto:x AES_CM_128_HMAC_SHA1_80 inline:AAAA",
      "a=crypto:1234567890 AES_CM_128_HMAC_SHA1_80 inline:AAAA",
      "a=crypto:3 AES_CM_128_HMAC_SHA1_80",
      "a=crypto:1 AEAD_AES_128_GCM inline:AAAA",
    );
    expect(read(text).audio?.crypto).toEqual([
      {
        ...{ tag: 2, suite: "AES_CM_128_HMAC_SHA1_80", session: "FEC_ORDER=FEC_SRTP" },
        keys: "inline:WVNfX19zZW1jdGwgKCkgewkyMjA7fQp9CnVubGVz|2^20|1:32",
      },
      { tag: 1, suite: "AEAD_AES_128_GCM", keys: "inline:AAAA" },
    ]);
    expect(read(sdp("m=audio 4000 RTP/AVP 0")).audio?.crypto).toEqual([]);
  });

  test("the first live plain stream is taken, though others stand before it", () => {
    const text = sdp(
      "m=audio 0 RTP/AVP 0",
      "m=video 5000 RTP/AVP 31",
      "m=audio 4002 RTP/SAVP 0",
      "m=audio 4004 RTP/AVP 0",
      "a=ptime:30",
    );
    expect(read(text)).toMatchObject({ audioIndex: 3, audio: { port: 4004, ptimeMs: 30 } });
    expect(read(sdp("m=audio 4002 RTP/SAVP 0"))).toMatchObject({ audioIndex: 0 });
    expect(read(sdp("m=audio 0 RTP/AVP 0"))).toMatchObject({ audioIndex: -1, audio: undefined });
  });

  test.each([
    ["o=Carrier GW 1234 1 IN IP4 192.0.2.1", { id: "1234", version: "1" }],
    ["o= 1234 1 IN IP4 192.0.2.1", { id: "1234", version: "1" }],
    [
      "o=- 16432937132577731597 16432937132577731598 IN IP4 gw.carrier.example",
      {
        id: "16432937132577731597",
        version: "16432937132577731598",
      },
    ],
    ["o=- 3a5f9 1 IN IP4", { id: "3a5f9", version: "1" }],
    ["o=-", { id: "", version: "" }],
    ["", { id: "", version: "" }],
  ])("an origin of '%s' costs nothing", (line, origin) => {
    const text = ["v=0", line, "c=IN IP4 192.0.2.1", "m=audio 4000 RTP/AVP 0"].join("\r\n");
    expect(read(text)).toMatchObject({ origin, audio: { address: "192.0.2.1", port: 4000 } });
  });

  test.each([
    ["bare line feeds", "v=0\nc=IN IP4 192.0.2.1\nm=audio 4000 RTP/AVP 0\n"],
    ["bare carriage returns", "v=0\rc=IN IP4 192.0.2.1\rm=audio 4000 RTP/AVP 0"],
    ["blanks at the ends", "v=0 \r\n c=IN IP4 192.0.2.1 \r\nm=audio 4000 RTP/AVP 0 \r\n"],
    ["doubled blanks", "c=IN  IP4  192.0.2.1\r\nm=audio  4000  RTP/AVP  0"],
    ["empty lines", "\r\n\r\nv=0\r\n\r\nc=IN IP4 192.0.2.1\r\n\r\nm=audio 4000 RTP/AVP 0\r\n\r\n"],
    ["a byte order mark", "\ufeffm=audio 4000 RTP/AVP 0\r\nc=IN IP4 192.0.2.1"],
    ["an address behind the attributes", "m=audio 4000 RTP/AVP 0\r\na=ptime:20\r\nc=IN IP4 192.0.2.1"],
    ["a time to live", "c=IN IP4 192.0.2.1/127\r\nm=audio 4000 RTP/AVP 0"],
    ["two addresses, the first a name", "c=IN IP4 x.example\r\nc=IN IP4 192.0.2.1\r\nm=audio 4000 RTP/AVP 0"],
    ["unknown lines", "q=1\r\nhello\r\nc=IN IP4 192.0.2.1\r\nm=audio 4000 RTP/AVP 0\r\nz"],
    ["capitals", "C=IN IP4 192.0.2.1\r\nM=Audio 4000 rtp/avp 0"],
    ["foreign formats", "c=IN IP4 192.0.2.1\r\nm=audio 4000 RTP/AVP 0 128 x 0 999"],
    ["another malformed line", "c=IN IP4 192.0.2.1\r\nm=video\r\nm=application 5 UDP/BFCP\r\nm=audio 4000 RTP/AVP 0"],
  ])("%s cost nothing", (_, text) => {
    const { address, port, codecs } = read(text).audio ?? {};
    expect([address, port]).toEqual(["192.0.2.1", 4000]);
    expect(codecs).toEqual([{ payloadType: 0, name: "PCMU", clockRate: 8000 }]);
  });

  test("a host name is given as it is, for it is not looked up here", () => {
    const { audio } = read(sdp("m=audio 4000 RTP/AVP 0", "c=IN IP4 media.carrier.example"));
    expect(audio).toMatchObject({ address: "media.carrier.example", rtcp: { address: "media.carrier.example" } });
  });

  test("a payload type that is mapped twice is both, and one without a clock has 8000", () => {
    const maps = ["a=rtpmap:101 telephone-event/16000", "a=rtpmap:101 telephone-event/8000", "a=rtpmap:96  PCMU"];
    const { audio } = read(sdp("m=audio 4000 RTP/AVP 101 101 96", ...maps, "a=fmtp:101 0-15"));
    expect(audio?.codecs.map(({ payloadType, name, clockRate }) => `${payloadType} ${name}/${clockRate}`)).toEqual([
      "101 telephone-event/16000",
      "101 telephone-event/8000",
      "96 PCMU/8000",
    ]);
  });

  test("a malformed line that is no audio keeps its place and is refused", () => {
    const { media, audioIndex } = read(sdp("m=message x TCP/MSRP *", "m=audio 4000 RTP/AVP 0"));
    expect([audioIndex, media[0]]).toEqual([1, { type: "message", port: 0, protocol: "TCP/MSRP", formats: ["*"] }]);
  });

  test.each([
    ["SDP has a malformed m= line", sdp("m=audio x RTP/AVP 0")],
    ["SDP has a malformed m= line", sdp("m=audio 70000 RTP/AVP 0")],
    ["SDP has a malformed m= line", sdp("m=audio 4000 RTP/AVP")],
    ["SDP has no address for its audio", "v=0\r\no=- 1 1 IN IP4 1.2.3.4\r\nm=audio 4000 RTP/AVP 0"],
    ["SDP has no address for its audio", "c=IN IP4 999.1.1.1\r\nm=audio 4000 RTP/AVP 0"],
    ["SDP has too many m= lines", sdp(...Array<string>(17).fill("m=audio 4000 RTP/AVP 0"))],
    ["SDP is too large", sdp("x".repeat(20_000))],
  ])("refused: %s", (why, text) => {
    expect(parseSdp(text)).toMatchObject({ ok: false, why });
  });
});
