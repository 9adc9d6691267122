import { describe, expect, test } from "vitest";
import { acceptAnswer, answerOffer, makeOffer, offerAnswer } from "./offer-answer.ts";

const ours = { address: "198.51.100.204", rtpPort: 10_000, rtcpPort: 10_001 };
const start = offerAnswer("77");
const sdp = (...lines: string[]) =>
  ["v=0", "o=- 1 1 IN IP4 192.0.2.1", "s=-", "c=IN IP4 192.0.2.1", "t=0 0", ...lines, ""].join("\r\n");
const mediaOf = (text: string) => text.split("\r\n").slice(5, -1);

describe("encryption by keys in SDP (RFC 4568)", () => {
  const [sha, gcm] = ["AES_CM_128_HMAC_SHA1_80", "AEAD_AES_128_GCM"];
  const crypto = [
    { suite: gcm, keys: "inline:ourGcm" },
    { suite: sha, keys: "inline:ourSha" },
  ];
  const secure = { ...ours, crypto };
  const line = (tag: number, suite: string, keys = `inline:their${tag}`) => `a=crypto:${tag} ${suite} ${keys}`;
  const savp = (...lines: string[]) => sdp("m=audio 4000 RTP/SAVP 0", ...lines);

  test("an offer names every suite of ours with its keys, and the answer's tag says which one it is", () => {
    const made = makeOffer(start, secure);
    expect(mediaOf(made.sdp)[0]).toBe("m=audio 10000 RTP/SAVP 0 101");
    expect(mediaOf(made.sdp).filter((each) => each.startsWith("a=crypto"))).toEqual([
      line(1, gcm, "inline:ourGcm"),
      line(2, sha, "inline:ourSha"),
    ]);
    expect(acceptAnswer(made.state, savp(line(2, sha)))).toMatchObject({
      value: { agreed: { crypto: { suite: sha, send: "inline:ourSha", receive: "inline:their2" } } },
    });
  });

  test("an answer takes the offer's first suite that is ours, under its tag, with keys of our own", () => {
    const weird = `${line(4, sha)} UNENCRYPTED_SRTP`;
    const outcome = answerOffer(start, savp(line(3, "F8_128_HMAC_SHA1_80"), weird, line(7, sha), line(8, gcm)), secure);
    if (!outcome.ok) throw new Error(outcome.why);
    const { agreed, sdp: text } = outcome.value;
    expect(mediaOf(text)).toEqual(expect.arrayContaining(["m=audio 10000 RTP/SAVP 0", line(7, sha, "inline:ourSha")]));
    expect(text.match(/a=crypto/g)).toHaveLength(1);
    expect(agreed.crypto).toEqual({ suite: sha, send: "inline:ourSha", receive: "inline:their7" });
  });

  test("of a stream in clear and an encrypted one the one that was asked for is taken", () => {
    const both = savp(line(1, sha), "m=audio 4002 RTP/AVP 0");
    const ports = (local: typeof ours) => {
      const outcome = answerOffer(start, both, local);
      return outcome.ok && mediaOf(outcome.value.sdp).filter((each) => each.startsWith("m="));
    };
    expect(ports(secure)).toEqual(["m=audio 10000 RTP/SAVP 0", "m=audio 0 RTP/AVP 0"]);
    expect(ports(ours)).toEqual(["m=audio 0 RTP/SAVP 0", "m=audio 10000 RTP/AVP 0"]);
  });

  test("a new offer without keys takes a session back into the clear, and one with keys out of it", () => {
    const { state } = makeOffer(start, secure);
    const clear = makeOffer(state, ours);
    expect(clear.sdp).not.toContain("crypto");
    expect(mediaOf(clear.sdp)[0]).toBe("m=audio 10000 RTP/AVP 0 101");
    expect(mediaOf(makeOffer(clear.state, secure).sdp)[0]).toBe("m=audio 10000 RTP/SAVP 0 101");
  });

  test.each([
    ["audio is not SRTP with its keys in SDP", sdp("m=audio 4000 RTP/AVP 0")],
    ["audio without a crypto suite of ours", savp(line(1, "F8_128_HMAC_SHA1_80"))],
    ["audio without a crypto suite of ours", savp()],
  ])("an offer is refused in words: %s", (why, text) => {
    expect(answerOffer(start, text, secure)).toMatchObject({ ok: false, why });
  });

  test.each([
    ["audio is not SRTP with its keys in SDP", sdp("m=audio 4000 RTP/AVP 0")],
    ["answer takes no crypto of the offer", savp()],
    ["answer takes no crypto of the offer", savp(line(1, sha))],
    ["answer takes no crypto of the offer", savp(line(3, sha))],
    ["answer takes no crypto of the offer", savp(line(1, gcm), line(2, sha))],
    ["answer takes no crypto of the offer", savp(`${line(1, gcm)} UNENCRYPTED_SRTP`)],
  ])("an answer is refused in words: %s", (why, text) => {
    expect(acceptAnswer(makeOffer(start, secure).state, text)).toMatchObject({ ok: false, why });
  });
});
