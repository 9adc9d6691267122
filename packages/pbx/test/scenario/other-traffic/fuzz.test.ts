import { afterEach, beforeEach, expect, test } from "vitest";
import { inviteTo, plainSdp, RawPeer, responseTo, serverAt, trunkAt, trunkContact } from "../raw-peer.ts";
import { configText, makeWorld, type World } from "../world.ts";
import { Dice } from "./dice.ts";

const fair = { seed: 1, loss: 0, duplicate: 0, reorder: 0, delayMs: 5 };
const thrown: unknown[] = [];
const onThrown = (error: unknown): void => void thrown.push(error);
let world: World | undefined;
let trunk: RawPeer | undefined;

beforeEach(() => {
  thrown.length = 0;
  process.on("uncaughtException", onThrown);
  process.on("unhandledRejection", onThrown);
});

afterEach(async () => {
  process.off("uncaughtException", onThrown);
  process.off("unhandledRejection", onThrown);
  trunk?.close();
  await world?.close();
  world = undefined;
});

/** Values that no field expects. */
const words: readonly string[] = [
  ...["constructor", "__proto__", "toString", "hasOwnProperty", "valueOf", "", " ", "\t", "0", "-1", "1e9", "NaN"],
  ...["4294967296", "99999999999999999999", "\u0000", "\u{1F600}", "é".repeat(50), "a".repeat(3000)],
  ...["<>", '"', "\\", ";;;", ",,,", "%00", "%zz", "*", "sip:", "<sip:>", "tel:", "<tel:+1>", '<sip:a@b>;x="\\'],
  ...["<sip:a@[::1]>", "<sip:%00%0d%0a@b>", "<sip:a;b=c;d@e>", "<sips:a@b>", '"\\\u001b[2J" <sip:a@b>', "$" + "{x}"],
];

const fields: readonly string[] = [
  ...["Contact", "Refer-To", "Replaces", "Referred-By", "Event", "Subscription-State", "Session-Expires", "Min-SE"],
  ...["Supported", "Require", "Allow", "Content-Type", "Content-Disposition", "Content-Encoding", "Reason", "Warning"],
  ...["RAck", "RSeq", "Record-Route", "Route", "Expires", "Accept", "Privacy", "P-Asserted-Identity", "X-Odd"],
  ...["Remote-Party-ID", "Content-Transfer-Encoding", "Retry-After", "Authorization", "Max-Forwards", "Identity"],
];
const identifying: readonly string[] = ["Via", "From", "To", "Call-ID", "CSeq", "Content-Length"];

const sdp = plainSdp();
const bodies: readonly string[] = [
  ...["", "v=0", sdp, sdp.replace("4000", "99999"), sdp.replace("4000", "0"), sdp.replaceAll(trunkAt.address, "::1")],
  ...[sdp.replace("0 101", "0 constructor"), "Signal=constructor\r\nDuration=99999\r\n", "constructor", "{"],
  ...["SIP/2.0 200 OK\r\n", "--x\r\n\r\n--x--", "a=__proto__:1\r\nm=audio 1 RTP/AVP 0\r\na=rtpmap:0 __proto__/8000"],
];
const types: readonly string[] = [
  ...["application/sdp", "application/dtmf", "application/dtmf-relay", "message/sipfrag", "constructor", "x"],
  "multipart/mixed;boundary=x",
];

/** Up to four fields of any kind. */
const extras = (dice: Dice, names: readonly string[]): [string, string][] =>
  Array.from({ length: dice.below(4) }, () => [dice.pick(names), dice.pick(words)]);

const patient = configText.replace("maxMinutes: 2", "maxMinutes: 200, maxCalls: 1000");

test("no request within a call throws, whatever it says, nor ends a call by a fault of ours", async () => {
  for (let seed = 0; seed < 40; seed++) {
    const dice = new Dice(seed);
    world = await makeWorld({ ...fair, seed: seed + 1 }, { config: patient });
    const call = world.ann.dial("212");
    await world.clock.advance(2000);
    for (let asked = 0; asked < 12 && call.ends.length === 0; asked++) {
      const method = dice.pick(["INFO", "REFER", "NOTIFY", "UPDATE", "INVITE", "OPTIONS", "MESSAGE", "PRACK", "ODD"]);
      const body = { type: dice.pick(types), bytes: Buffer.from(dice.pick(bodies)) };
      void call.sip.request(method, { headers: extras(dice, fields), ...(dice.chance(0.8) && { body }) });
      await world.clock.advance(300);
    }
    await world.clock.advance(2000);
    const [over] = await world.pbx.operations.history({ limit: 1 });
    expect([over?.ending.code === "failed", thrown], `seed ${seed}`).toEqual([false, []]);
    await world.close();
  }
}, 60_000);

const statuses = ["200 OK", "486 Busy Here", "503 X", "183 S", "100 Trying", "302 Moved", "422 S", "401 U"];

test("no first request and no response throws, whatever it says, and nothing is left of any", async () => {
  const dice = new Dice(11);
  const on = await makeWorld(fair, { connected: false, config: patient });
  world = on;
  const peer = await RawPeer.open(on);
  trunk = peer;
  peer.onRequest = (request) => {
    const odd = extras(dice, fields).map(([name, value]) => `${name}: ${value}`);
    const lines = dice.chance(0.5) ? odd : [trunkContact];
    if (request.method !== "ACK") peer.send(responseTo(request, dice.pick(statuses), lines, dice.pick(["", sdp])));
  };
  for (let sent = 0; sent < 1000; sent++) {
    const uri = dice.pick([
      ...[`sip:+12025550102@${serverAt.address}`, "sip:+12025550100@x", "tel:+1", "sip:constructor@x"],
      ...["sip:__proto__@x", "sip:a@[::1]:5060;transport=udp", "urn:service:sos"],
    ]);
    const odd = Object.fromEntries(extras(dice, [...fields, ...identifying]));
    const text = inviteTo(uri, odd, dice.pick(["", sdp, sdp]));
    const method = dice.pick(["INVITE", "INVITE", "INVITE", "REGISTER", "OPTIONS", "BYE", "CANCEL", "ACK", "REFER"]);
    peer.send(text.replaceAll("INVITE", method));
    if (sent % 10 === 0) await on.clock.advance(200);
    if (sent % 37 === 0) on.ann.dial(dice.pick(["+12025550123", "212", "constructor", "__proto__", "+4930"]));
  }
  for (const { calls } of on.handsets.values()) for (const call of calls) call.hangUp();
  await on.clock.advance(8_000_000);
  expect(thrown).toEqual([]);
  const { counters, calls } = await on.pbx.operations.status();
  const { sessions, legs, ports } = await on.relay.counters();
  const left = { sessions, legs, ports, calls, ofSip: counters.sip.transactions! + counters.sip.dialogs! };
  expect(left).toEqual({ sessions: 0, legs: 0, ports: 0, calls: 0, ofSip: 0 });
}, 120_000);
