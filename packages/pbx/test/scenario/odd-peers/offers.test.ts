import { expect, test } from "vitest";
import { onlyPcma, plainSdp, RawPeer, responseTo } from "../raw-peer.ts";
import { configText } from "../world.ts";
import { answering, callFromTrunk, lastRecord, trunkOfOurs } from "./setting.ts";

const t38 = "v=0\r\no=- 1 1 IN IP4 3.80.16.13\r\ns=-\r\nc=IN IP4 3.80.16.13\r\nt=0 0\r\nm=image 5006 udptl t38\r\n";

/** The statuses that the trunk got after 100, each once: nobody acknowledges them. */
const finals = ({ statuses }: RawPeer): number[] => [...new Set(statuses)].filter((status) => status > 100);

test.each([
  ["PCMA alone", onlyPcma],
  ["T.38 alone", t38],
  ["audio that is switched off", plainSdp(0)],
  ["something that is no SDP", "hello"],
  ["SRTP where the trunk is not encrypted", plainSdp().replace("RTP/AVP", "RTP/SAVP")],
])("an offer of %s from the trunk is refused with 488 before any phone rings", async (_, sdp) => {
  const { world, trunk } = await trunkOfOurs();
  callFromTrunk(trunk, {}, sdp).invite();
  await world.clock.advance(2000);
  expect([finals(trunk), world.ann.calls]).toEqual([[488], []]);
  const ending = (await lastRecord(world))?.ending;
  expect(ending).toMatchObject({ code: "no-common-audio", sip: 488 });
  expect(trunk.messages.at(-1)?.headers.get("Warning")).toContain(ending?.words);
});

const inClear = plainSdp(4000, "10.2.0.1");
const key = "a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:d0RmdmcmVCspeEc3QGZiNWpVLFJhQX1cfHAwJSoj";
const keyed = `${inClear.replace("RTP/AVP", "RTP/SAVP")}${key}\r\n`;

test.each([
  ["SRTP", keyed, "SAVP"],
  ["SRTP on a range of ports", keyed.replace("4000", "4000/2"), "SAVP"],
  ["SRTP with doubled blanks", keyed.replace("m=audio ", "m=audio  "), "SAVP"],
  ["SRTP in small letters", keyed.replace("RTP/SAVP", "rtp/savp"), "savp"],
  ["SRTP, and the same in clear", `${keyed}m=audio 4002 RTP/AVP 0\r\n`, "SAVP"],
  ["RTP in clear, and SRTP that is switched off", inClear.replace("m=", "m=audio 0 RTP/SAVP 0\r\nm="), "AVP"],
])("a phone that offers %s gets an answer in kind", async (_, sdp, profile) => {
  const { world } = await trunkOfOurs();
  const call = world.ann.dial("212", { body: { type: "application/sdp", bytes: Buffer.from(sdp) } });
  await world.clock.advance(2000);
  expect(call.isAnswered).toBe(true);
  const answer = world.wire.findLast(({ message }) => message?.kind === "response" && message.status === 200);
  expect(Buffer.from(answer!.bytes).toString()).toMatch(new RegExp(`^m=audio 1\\d+ RTP/${profile} 0`, "im"));
});

test("an offer that cannot be answered plays no recording either", async () => {
  const { world, trunk } = await trunkOfOurs({
    config: configText.replace(", unanswered: reject }\nusers", " }\nusers"),
  });
  callFromTrunk(trunk, {}, onlyPcma).invite();
  await world.clock.advance(25_000);
  expect(finals(trunk)).toEqual([488]);
});

test("a phone whose offer cannot be answered hears so before anybody is called", async () => {
  const { world, trunk } = await trunkOfOurs();
  const desk = world.ann.dial("212", { body: { type: "application/sdp", bytes: Buffer.from(onlyPcma) } });
  const paid = world.ann.dial("+12025550123", { body: { type: "application/sdp", bytes: Buffer.from(t38) } });
  await world.clock.advance(2000);
  for (const call of [desk, paid]) expect(call.ends).toMatchObject([{ cause: "rejected", response: { status: 488 } }]);
  expect([world.ben.calls, trunk.requests("INVITE")]).toEqual([[], []]);
});

test("an INVITE without an offer gets ours in the 200, never in a 183 that nobody acknowledges", async () => {
  const { world, trunk } = await trunkOfOurs();
  await world.ann.close();
  const ann = await RawPeer.open(world, { address: "10.2.0.1", port: 5060 });
  const contact = "Contact: <sip:ann@10.2.0.1:5060>";
  answering(ann, (invite) => {
    ann.send(responseTo(invite, "183 Session Progress", [contact], plainSdp(4000, "10.2.0.1")));
    world.clock.after(500, () => ann.send(responseTo(invite, "200 OK", [contact], plainSdp(4000, "10.2.0.1"))));
  });
  const call = callFromTrunk(trunk, {}, "");
  call.invite();
  await world.clock.advance(300);
  const early = trunk.messages.filter((each) => each.kind === "response" && each.status > 100);
  expect(early.map((each) => each.body.length)).toEqual([0]);
  await world.clock.advance(500);
  expect(trunk.messages.at(-1)).toMatchObject({ status: 200 });
  expect(trunk.messages.at(-1)?.body.length).toBeGreaterThan(0);
  call.send("ACK", 1, "ack", [], plainSdp());
  await world.clock.advance(1000);
  expect(await world.pbx.operations.calls()).toMatchObject([{ state: "talking" }]);
  ann.close();
});

test("an ACK whose answer cannot be used ends the call that it was to begin", async () => {
  const { world, trunk } = await trunkOfOurs();
  answering(trunk, () => {});
  const call = callFromTrunk(trunk, {}, "");
  call.invite();
  await world.clock.advance(1000);
  call.send("ACK", 1, "ack", [], onlyPcma);
  await world.clock.advance(1000);
  expect(trunk.requests("BYE")).toHaveLength(1);
});
