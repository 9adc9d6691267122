import { afterEach, expect, test } from "vitest";
import { inviteTo, RawPeer, serverAt, trunkAt } from "../raw-peer.ts";
import { configText, makeWorld, type World } from "../world.ts";

const fair = { seed: 1, loss: 0, duplicate: 0, reorder: 0, delayMs: 5 };
let world: World | undefined;
let trunk: RawPeer | undefined;

afterEach(async () => {
  trunk?.close();
  await world?.close();
  world = undefined;
});

/** Sends an INVITE from the trunk, and gives what Ann's phone got. */
async function called(uri: string, fields: Readonly<Record<string, string>> = {}) {
  const on = await makeWorld(fair, { connected: false, config: configText });
  world = on;
  trunk = await RawPeer.open(on);
  trunk.send(inviteTo(uri, fields));
  await on.clock.advance(300);
  const invite = on.ann.calls.at(-1)?.invite;
  const [call] = await on.pbx.operations.calls();
  return {
    statuses: trunk.statuses,
    invite,
    from: invite?.headers.get("From")?.split(";tag")[0],
    recorded: call?.from,
  };
}

const host = serverAt.address;

test.each([
  `sip:+12025550102@${host}`,
  "tel:+12025550102",
  "tel:+1-202-555-0102",
  "tel:+1(202)555.0102;npdi",
  "tel:555-0102;phone-context=+1202",
  "tel:2025550102;phone-context=+1",
  "tel:2025550102;phone-context=carrier.example",
  `sip:+12025550102;npdi@${host};user=phone`,
  `sip:+12025550102;rn=+12025550000;npdi@${host};user=phone`,
  `sip:+12025550102;isub=1234;ext=9@${host};user=phone`,
  `sip:+12025550102;phone-context=+44@${host}`,
  `sip:12025550102@${host};user=phone`,
  `sip:12025550102@${host}`,
  `sip:2025550102@${host}`,
  `sip:01112025550102@${host};user=phone`,
  `sip:%2B12025550102@${host}`,
  `sip:+1-202-555-0102@${host}:5060;transport=udp;user=phone`,
  `sip:+1.202.555.0102:secret@${host}`,
  `sips:+12025550102@${host}`,
  `SIP:+12025550102@${host};User=Phone`,
])("the trunk calls a number of ours by %s", async (uri) => {
  expect((await called(uri)).statuses).toContain(180);
});

test.each([
  "tel:+12025550999",
  `sip:111@${host}`,
  `sip:ann@${host};user=phone`,
  "tel:911",

  `sip:${host}`,
])("the trunk reaches nobody by %s, and no phone rings", async (uri) => {
  const { statuses, invite } = await called(uri);
  expect([statuses.at(-1), invite]).toEqual([404, undefined]);
});

const mine = `sip:+12025550102@${host}`;
const number = "+4930123456";
const at = trunkAt.address;

test.each<[string, Record<string, string>]>([
  ["a SIP URI", { From: `<sip:${number}@${at}>` }],
  ["a tel URI", { From: `<tel:${number}>` }],
  ["a tel URI with a verdict", { From: `<tel:${number};verstat=TN-Validation-Passed>` }],
  ["visual separators", { From: `<tel:+49-30-123456>` }],
  ["a verdict in the user part", { From: `<sip:${number};verstat=TN-Validation-Passed@${at};user=phone>` }],
  ["a category", { From: `<sip:${number};cpc=ordinary@${at}>` }],
  ["line information", { From: `<sip:${number};oli=00;isup-oli=00@${at};user=phone>` }],
  ["an escaped plus", { From: `<sip:%2B4930123456@${at}>` }],
  ["no brackets", { From: `sip:${number}@${at}` }],
  ["P-Asserted-Identity", { From: `<sip:${at}>`, "P-Asserted-Identity": `<tel:${number}>` }],
  ["two asserted identities", { From: `<sip:gw@${at}>`, "P-Asserted-Identity": `<sip:x@${at}>, <tel:${number}>` }],
  [
    "Remote-Party-ID",
    { From: `<sip:unavailable@unknown.invalid>`, "Remote-Party-ID": `<sip:${number}@${at}>;party=calling` },
  ],
])("a caller's number in %s is shown", async (_, { From, ...fields }) => {
  const { from } = await called(mine, { From: `${From};tag=f`, ...fields });
  expect(from).toBe(`<sip:${number}@${host}>`);
});

const secret = `"Secret" <sip:${number}@${at}>;tag=f`;
const asserted = { "P-Asserted-Identity": `"Secret" <sip:${number}@${at}>`, "X-Caller": number };
const noName = '"Anonymous" <sip:anonymous@anonymous.invalid>';

test.each<[string, Record<string, string>]>([
  ["Privacy: id", { From: secret, Privacy: "id" }],
  ["Privacy: user", { From: secret, Privacy: "user;critical" }],
  ["Privacy: header", { From: secret, privacy: "HEADER" }],
  ["an anonymous From", { From: `${noName};tag=f` }],
  ["an anonymous From of the trunk's", { From: `<sip:Anonymous@${at}>;tag=f` }],
  ["a restricted From", { From: `<sip:Restricted@${at}>;tag=f` }],
  ["Remote-Party-ID", { From: secret, "Remote-Party-ID": `<sip:${number}@${at}>;party=calling;privacy=full` }],
])("a number withheld by %s is shown to no phone and kept in no record", async (_, fields) => {
  const { from, invite, recorded } = await called(mine, { ...asserted, ...fields });
  expect([from, recorded]).toEqual([noName, "anonymous"]);
  expect([...(invite?.headers ?? [])].flat().join(" ")).not.toMatch(/4930123456|Secret/);
});

test.each(["212", "ben", "Ben", "2-1-2", "212;cpc=ordinary", "%32%31%32"])(
  "a caller from the trunk who is called %s does not look like a colleague",
  async (user) => {
    const { from } = await called(mine, { From: `"Ben" <sip:${user}@${at}>;tag=f` });
    expect(from).toBe(noName);
  },
);
