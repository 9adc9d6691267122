import { afterEach, expect, test } from "vitest";
import { message, plainSdp, RawPeer } from "./raw-peer.ts";
import { authorizationLine, dialogAnsweredBy, dialogAnsweredTo, headOf, sendIn } from "./spied-dialog.ts";
import { annsNumber, configText, makeWorld, ownNumber, type World } from "./world.ts";

const fair = { seed: 1, loss: 0, duplicate: 0, reorder: 0, delayMs: 5 };
const echo = "+12025550123";
const trunk = "3.80.16.13";
const hallAt = "192.168.1.10";
const hallPhone = { username: "hall-phone", password: "one" };
const yardPhone = { username: "yard", password: "two" };

const config = `version: 1
sip: { udp: "198.51.100.204:5060" }
trunk: { host: ${trunk}, allow: [us-east-1], optionsSeconds: 3600 }
numbers:
  "${ownNumber}": { ring: [hall], ringSeconds: 20, unanswered: reject }
users:
  hall: { name: Hall, extension: "101", callerId: "${ownNumber}", device: { username: hall-phone, password: one } }
  yard: { name: Yard, extension: "102", callerId: "${ownNumber}", device: { username: yard, password: two } }
devices: { allow: [192.168.0.0/16] }
`;

let world: World | undefined;
const peers: RawPeer[] = [];
afterEach(async () => {
  for (const peer of peers.splice(0)) peer.close();
  await world?.close();
  world = undefined;
});

async function rawAt(address: string, port = 5060): Promise<RawPeer> {
  const peer = await RawPeer.open(world!, { address, port });
  peers.push(peer);
  return peer;
}

/** The hall's phone talks with somebody on the telephone network. */
async function hallTalks() {
  world = await makeWorld(fair, { config });
  const hall = await world.phoneAt(hallAt, { credentials: hallPhone });
  hall.register("hall-phone");
  await world.clock.advance(1000);
  hall.dial(echo);
  await world.clock.advance(2000);
  expect(hall.answered).toBe(true);
  return { ...world, hall };
}

type Attempt = readonly [method: string, more?: readonly string[], body?: string, type?: string];

const contact = "Contact: <sip:evil@192.168.66.66:5090>";
const attempts: readonly Attempt[] = [
  ["BYE"],
  ["INFO", [], "Signal=5\r\nDuration=160\r\n", "application/dtmf-relay"],
  ["INVITE", [contact], plainSdp(5555, "192.168.66.66")],
  ["UPDATE", [contact], plainSdp(5555, "192.168.66.66")],
  ["REFER", [contact, "Refer-To: <sip:+12025559999@198.51.100.204>"]],
  ["NOTIFY", [contact, "Event: refer", "Subscription-State: terminated"], "SIP/2.0 200 OK", "message/sipfrag"],
  ["MESSAGE", [], "hello", "text/plain"],
  ["PRACK", ["RAck: 1 1 INVITE"]],
  ["OPTIONS"],
];

const places = [
  ["another phone's address", "192.168.66.66", 401],
  ["another port of the phone's address", hallAt, 401],
  ["the trunk's address", "3.80.16.99", 403],
] as const;

test.each(
  places.flatMap(([where, at, status]) => attempts.map((attempt) => [attempt[0], where, at, status, attempt] as const)),
)("%s in a phone's dialog from %s changes nothing", async (method, _, at, status, [, more, body, type]) => {
  const { clock, hall, pbx, sentToTrunk } = await hallTalks();
  const raw = await rawAt(at, 5090);
  sendIn(raw, dialogAnsweredTo(world!, hallAt), method, { more, body, type });
  await clock.advance(3000);
  expect(raw.statuses.at(-1)).toBe(status);
  expect([hall.ends, sentToTrunk("INVITE"), sentToTrunk("BYE"), sentToTrunk("INFO")]).toEqual([[], 1, 0, 0]);
  expect(await pbx.operations.calls()).toHaveLength(1);
  hall.hangUp();
  await clock.advance(1000);
  expect(hall.ends).toMatchObject([{ cause: "hung-up" }]);
});

test.each(attempts.map((attempt) => [attempt[0], attempt] as const))(
  "%s in the trunk's dialog from a phone's network changes nothing, and is counted",
  async (method, [, more, body, type]) => {
    const { clock, hall, pbx, sentToTrunk } = await hallTalks();
    const raw = await rawAt("192.168.66.66", 5090);
    sendIn(raw, dialogAnsweredBy(world!, trunk), method, { more, body, type });
    await clock.advance(3000);
    expect([raw.statuses.at(-1), hall.ends, sentToTrunk("INVITE")]).toEqual([403, [], 1]);
    const why = "request of another peer's dialog";
    expect((await pbx.operations.status()).counters.refused).toMatchObject({ [why]: 1 });
    expect(await pbx.operations.refusals(1)).toMatchObject([{ source: "192.168.66.66:5090", why }]);
    hall.hangUp();
    await clock.advance(1000);
  },
);

test("the trunk may end its call from any of its addresses", async () => {
  const { clock, hall } = await hallTalks();
  const raw = await rawAt("3.80.16.99", 5070);
  sendIn(raw, dialogAnsweredBy(world!, trunk), "BYE");
  await clock.advance(1000);
  expect([raw.statuses, hall.ends.map(({ cause }) => cause)]).toEqual([[200], ["bye"]]);
});

test("a phone that a NAT has given another port proves itself again and is the dialog's peer there", async () => {
  const { clock, hall } = await hallTalks();
  const raw = await rawAt(hallAt, 6060);
  const dialog = dialogAnsweredTo(world!, hallAt);
  sendIn(raw, dialog, "INFO", { body: "Signal=5\r\n", type: "application/dtmf-relay" });
  await clock.advance(500);
  const proof = authorizationLine(raw.messages.at(-1)!, "BYE", hallPhone);
  sendIn(raw, dialog, "BYE", { more: [proof] });
  await clock.advance(1000);
  expect(raw.statuses).toEqual([401, 200]);
  expect(world!.sentToTrunk("BYE")).toBe(1);
  expect(await world!.pbx.operations.history({ limit: 1 })).toMatchObject([{ ending: { code: "hung-up" } }]);
  expect(hall.ends).toEqual([]);
});

test("a phone that has proved itself in a dialog from another port is known there: its 200 is repeated", async () => {
  const { clock, hall } = await hallTalks();
  const raw = await rawAt(hallAt, 6060);
  const dialog = dialogAnsweredTo(world!, hallAt);
  sendIn(raw, dialog, "OPTIONS");
  await clock.advance(500);
  const proof = authorizationLine(raw.messages.at(-1)!, "OPTIONS", hallPhone);
  const via = `Via: SIP/2.0/UDP ${hallAt}:6060;branch=z9hG4bKsame;rport`;
  for (let copies = 0; copies < 2; copies += 1) {
    raw.send(message([...headOf("OPTIONS", dialog, via, 950), proof]));
    await clock.advance(500);
  }
  expect(raw.statuses).toEqual([401, 200, 200]);
  hall.hangUp();
  await clock.advance(1000);
});

test("another user's credentials open no dialog", async () => {
  const { clock, hall } = await hallTalks();
  const raw = await rawAt("192.168.1.20", 6060);
  const dialog = dialogAnsweredTo(world!, hallAt);
  sendIn(raw, dialog, "BYE");
  await clock.advance(500);
  sendIn(raw, dialog, "BYE", { more: [authorizationLine(raw.messages.at(-1)!, "BYE", yardPhone)] });
  await clock.advance(1000);
  expect([raw.statuses, hall.ends]).toEqual([[401, 403], []]);
  hall.hangUp();
  await clock.advance(1000);
});

test("a phone that has registered from another port is spoken to there, and believed there", async () => {
  const { clock } = await hallTalks();
  const raw = await rawAt(hallAt, 6060);
  const register = (more: readonly string[], cseq: number): void =>
    raw.send(
      message([
        "REGISTER sip:198.51.100.204 SIP/2.0",
        `Via: SIP/2.0/UDP ${hallAt}:6060;branch=z9hG4bKreg${cseq};rport`,
        "Max-Forwards: 70",
        "From: <sip:hall-phone@198.51.100.204>;tag=r",
        "To: <sip:hall-phone@198.51.100.204>",
        "Call-ID: again",
        `CSeq: ${cseq} REGISTER`,
        `Contact: <sip:hall-phone@${hallAt}:5060>`,
        ...more,
      ]),
    );
  register([], 1);
  await clock.advance(500);
  register([authorizationLine(raw.messages.at(-1)!, "REGISTER", hallPhone, "sip:198.51.100.204")], 2);
  await clock.advance(500);
  sendIn(raw, dialogAnsweredTo(world!, hallAt), "BYE");
  await clock.advance(1000);
  expect(raw.statuses).toEqual([401, 200, 200]);
  expect(world!.sentToTrunk("BYE")).toBe(1);
});

const inviteLines = (method: string): readonly string[] => [
  `${method} sip:${annsNumber}@198.51.100.204 SIP/2.0`,
  `Via: SIP/2.0/UDP ${trunk}:5060;branch=z9hG4bKinvite;rport`,
  "Max-Forwards: 70",
  "From: <sip:+4930123456@3.80.16.13>;tag=f1",
  `To: <sip:${annsNumber}@198.51.100.204>`,
  "Call-ID: c1",
  `CSeq: 1 ${method}`,
  `Contact: <sip:gw@${trunk}:5060>`,
];

test("an ACK from elsewhere acknowledges nothing: the trunk's own does", async () => {
  const withDevices = configText.replace("trunk: {", "devices: { allow: [192.168.0.0/16] }\ntrunk: {");
  world = await makeWorld(fair, { connected: false, config: withDevices });
  const { ann, clock, pbx } = world;
  ann.manner = { answersAfterMs: 100 };
  const [caller, stranger] = [await rawAt(trunk), await rawAt("192.168.66.66")];
  const answered = (): number => caller.statuses.filter((status) => status === 200).length;
  caller.send(message(inviteLines("INVITE"), plainSdp(4000, trunk)));
  await clock.advance(200);
  const [dialog, before] = [dialogAnsweredTo(world, trunk), answered()];
  sendIn(stranger, dialog, "ACK", { cseq: 1 });
  await clock.advance(2000);
  const repeated = answered();
  expect(repeated).toBeGreaterThan(before);
  expect((await pbx.operations.status()).counters.refused).toMatchObject({ "ACK of another peer's dialog": 1 });
  sendIn(caller, dialog, "ACK", { cseq: 1 });
  await clock.advance(10_000);
  expect(answered()).toBe(repeated);
  expect(await pbx.operations.calls()).toHaveLength(1);
});

test("a CANCEL from elsewhere is refused and the phone rings on; the trunk's own ends it", async () => {
  const withDevices = configText.replace("trunk: {", "devices: { allow: [192.168.0.0/16] }\ntrunk: {");
  world = await makeWorld(fair, { connected: false, config: withDevices });
  const { ann, clock } = world;
  ann.manner = "ignores";
  const [caller, other, stranger] = [await rawAt(trunk), await rawAt("3.80.16.14"), await rawAt("192.168.66.66")];
  caller.send(message(inviteLines("INVITE"), plainSdp(4000, trunk)));
  await clock.advance(500);
  stranger.send(message(inviteLines("CANCEL")));
  await clock.advance(500);
  expect([stranger.statuses, ann.last.ends]).toEqual([[403], []]);
  other.send(message(inviteLines("CANCEL")));
  await clock.advance(500);
  expect(ann.last.ends).toMatchObject([{ cause: "cancel" }]);
});
