import { describe, expect, test } from "vitest";
import { type Agreed, acceptAnswer, answerOffer, makeOffer, type OfferAnswer, offerAnswer } from "./offer-answer.ts";

const ours = { address: "198.51.100.204", rtpPort: 10_000, rtcpPort: 10_001 };
const start = offerAnswer("77");
const offer = (...lines: string[]) =>
  ["v=0", "o=- 1 1 IN IP4 192.0.2.1", "s=-", "c=IN IP4 192.0.2.1", "t=0 0", ...lines, ""].join("\r\n");
const events = (type: number) => [`a=rtpmap:${type} telephone-event/8000`, `a=fmtp:${type} 0-16`];
const usual = offer("m=audio 4000 RTP/AVP 0 101", ...events(101));

function answer(text: string, state: OfferAnswer = start, ...wanted: Parameters<typeof makeOffer>[2][]) {
  const outcome = answerOffer(state, text, ours, ...wanted);
  if (!outcome.ok) throw new Error(outcome.why);
  return outcome.value;
}

function accept(state: OfferAnswer, text: string): Agreed {
  const outcome = acceptAnswer(state, text);
  if (!outcome.ok) throw new Error(outcome.why);
  return outcome.value.agreed;
}

const mediaOf = (sdp: string) => sdp.split("\r\n").slice(5, -1);

describe("answering", () => {
  test("the answer is PCMU and telephone-event and nothing else, byte for byte", () => {
    const rich = offer(
      "m=audio 4000 RTP/AVP 111 8 0 9 110 101",
      "a=rtpmap:111 opus/48000/2",
      "a=rtpmap:110 telephone-event/48000",
      ...events(101),
    );
    expect(answer(rich).sdp).toBe(
      [
        "v=0",
        "o=- 77 1 IN IP4 198.51.100.204",
        "s=-",
        "c=IN IP4 198.51.100.204",
        "t=0 0",
        "m=audio 10000 RTP/AVP 0 101",
        "a=rtpmap:0 PCMU/8000",
        "a=rtpmap:101 telephone-event/8000",
        "a=fmtp:101 0-15",
        "a=ptime:20",
        "a=rtcp:10001",
        "a=sendrecv",
        "",
      ].join("\r\n"),
    );
  });

  test("the answer takes the offer's payload types, dynamic PCMU too", () => {
    const { sdp, agreed } = answer(offer("m=audio 4000 RTP/AVP 97 96", "a=rtpmap:97 pcmu/8000", ...events(96)));
    expect(mediaOf(sdp)[0]).toBe("m=audio 10000 RTP/AVP 97 96");
    expect(agreed).toMatchObject({ pcmu: { send: 97, receive: 97 }, telephoneEvent: { send: 96, receive: 96 } });
  });

  test("without telephone-event in the offer there is none in the answer", () => {
    const { sdp, agreed } = answer(offer("m=audio 4000 RTP/AVP 0"));
    expect(sdp).not.toContain("telephone-event");
    expect(agreed).not.toHaveProperty("telephoneEvent");
  });

  test("streams that we do not take are refused in their places", () => {
    const { sdp } = answer(
      offer("m=video 5000 RTP/AVP 31 32", "m=audio 4000 RTP/AVP 0", "m=audio 4002 RTP/AVP 0", "m=image 6000 udptl t38"),
    );
    expect(sdp.split("\r\n").filter((line) => line.startsWith("m="))).toEqual([
      "m=video 0 RTP/AVP 31 32",
      "m=audio 10000 RTP/AVP 0",
      "m=audio 0 RTP/AVP 0",
      "m=image 0 udptl t38",
    ]);
  });

  test("an IPv6 address of ours is written as one", () => {
    const outcome = answerOffer(start, usual, { ...ours, address: "2001:db8::1" });
    expect(outcome.ok && outcome.value.sdp).toContain("c=IN IP6 2001:db8::1\r\n");
  });

  test.each([
    ["no audio stream", offer("m=video 5000 RTP/AVP 31")],
    ["no audio stream", offer("m=audio 0 RTP/AVP 0")],
    ["audio without PCMU (G.711 mu-law)", offer("m=audio 4000 RTP/AVP 8 18")],
    ["audio without PCMU (G.711 mu-law)", offer("m=audio 4000 RTP/AVP 96", "a=rtpmap:96 PCMU/16000")],
    ["audio is not plain RTP", offer("m=audio 4000 RTP/SAVP 0")],
    ["no audio stream", "nonsense"],
  ])("refused in words: %s", (why, text) => {
    expect(answerOffer(start, text, ours)).toMatchObject({ ok: false, why });
  });
});

describe("hold", () => {
  const held = (...lines: string[]) => answer(offer("m=audio 4000 RTP/AVP 0", ...lines), answer(usual).state);

  test.each([
    ["a=sendonly", "recvonly"],
    ["a=inactive", "inactive"],
    ["a=recvonly", "sendonly"],
    ["c=IN IP4 0.0.0.0", "recvonly"],
    ["a=sendrecv", "sendrecv"],
  ])("%s is answered %s", (line, direction) => {
    const { sdp, agreed } = held(line);
    expect(mediaOf(sdp).at(-1)).toBe(`a=${direction}`);
    expect(agreed.direction).toBe(direction);
  });

  test("on hold from both sides nothing flows", () => {
    const { agreed } = answer(offer("m=audio 4000 RTP/AVP 0", "a=sendonly"), start, "sendonly");
    expect(agreed.direction).toBe("inactive");
  });

  test("our own hold is an offer with the session's payload types and the next version", () => {
    const before = answer(offer("m=video 9 RTP/AVP 31", "m=audio 4000 RTP/AVP 0 96", ...events(96)));
    const { state, sdp } = makeOffer(before.state, ours, "sendonly");
    expect(sdp).toContain("o=- 77 2 ");
    expect(mediaOf(sdp)).toEqual(
      expect.arrayContaining(["m=video 0 RTP/AVP 31", "m=audio 10000 RTP/AVP 0 96", "a=sendonly"]),
    );
    const agreed = accept(
      state,
      offer("m=video 0 RTP/AVP 31", "m=audio 4000 RTP/AVP 0 96", ...events(96), "a=recvonly"),
    );
    expect(agreed.direction).toBe("sendonly");
  });
});

describe("offering", () => {
  test("the first offer is PCMU under 0 and telephone-event under 101", () => {
    expect(mediaOf(makeOffer(start, ours).sdp)).toEqual([
      "m=audio 10000 RTP/AVP 0 101",
      "a=rtpmap:0 PCMU/8000",
      "a=rtpmap:101 telephone-event/8000",
      "a=fmtp:101 0-15",
      "a=ptime:20",
      "a=rtcp:10001",
      "a=sendrecv",
    ]);
  });

  test("each side sends under the payload types that the other named", () => {
    const { state } = makeOffer(start, ours);
    const agreed = accept(state, offer("m=audio 4000 RTP/AVP 0 96", ...events(96)));
    expect(agreed).toMatchObject({ pcmu: { send: 0, receive: 0 }, telephoneEvent: { send: 96, receive: 101 } });
    expect(agreed.remote).toMatchObject({ address: "192.0.2.1", port: 4000 });
  });

  test("the version grows when the description changes and only then", () => {
    const first = makeOffer(start, ours);
    const same = makeOffer(first.state, ours);
    const moved = makeOffer(same.state, { ...ours, rtpPort: 10_002 });
    expect([first, same, moved].map(({ state }) => state.version)).toEqual([1, 1, 2]);
    expect(same.sdp).toBe(first.sdp);
  });

  test.each([
    ["no audio stream", offer("m=audio 0 RTP/AVP 0")],
    ["audio without PCMU (G.711 mu-law)", offer("m=audio 4000 RTP/AVP 8")],
  ])("an answer is refused in words: %s", (why, text) => {
    expect(acceptAnswer(makeOffer(start, ours).state, text)).toMatchObject({ ok: false, why });
  });

  test.each([
    ["after", ["m=audio 4000 RTP/AVP 0", "m=video 0 RTP/AVP 31"]],
    ["before", ["m=video 0 RTP/AVP 31", "m=audio 4000 RTP/AVP 0"]],
    ["in use after", ["m=audio 4000 RTP/AVP 0", "m=video 5000 RTP/AVP 31"]],
  ])("an answer is taken although it has a stream %s the audio that nobody offered", (_, lines) => {
    const accepted = acceptAnswer(makeOffer(start, ours).state, offer(...lines));
    expect(accepted).toMatchObject({ ok: true, value: { agreed: { remote: { port: 4000 } } } });
  });

  test("an answer to nothing is refused", () => {
    expect(acceptAnswer(start, usual)).toMatchObject({ ok: false, why: "answer without an offer" });
  });
});
