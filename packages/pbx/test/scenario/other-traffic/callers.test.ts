import { afterEach, expect, test } from "vitest";
import { inviteTo, plainSdp, RawPeer, serverAt, trunkAt } from "../raw-peer.ts";
import { makeWorld, type World } from "../world.ts";

const fair = { seed: 1, loss: 0, duplicate: 0, reorder: 0, delayMs: 5 };
let world: World | undefined;
let trunk: RawPeer | undefined;

afterEach(async () => {
  trunk?.close();
  await world?.close();
  world = undefined;
});

const ann = `sip:+12025550102@${serverAt.address}`;
const at = trunkAt.address;

/** Sends one message from the trunk and says what came back and what Ann's phone shows. */
async function sent(text: string) {
  const on = await makeWorld(fair, { connected: false });
  world = on;
  trunk = await RawPeer.open(on);
  trunk.send(text);
  await on.clock.advance(300);
  const from = on.ann.calls.at(-1)?.invite?.headers.get("From")?.split(";tag")[0];
  return { statuses: trunk.statuses, from };
}

const number = "+4930123456";
const shown = (name: string) => `"${name}" <sip:${number}@${serverAt.address}>`;

test.each([
  [`Jürgen Müller <sip:${number}@${at}>`, shown("Jürgen Müller")],
  [`"Jürgen 😀 \\"M\\"" <sip:${number}@${at}>`, shown("Jürgen 😀 M")],
  [`J. O'Neil, Inc. <sip:${number}@${at}>`, shown("J. O'Neil, Inc.")],
  [`ACME (Sales) <sip:${number}@${at}>`, shown("ACME (Sales)")],
  [`Smith@Work [EU]; all <sip:${number}@${at}>`, shown("Smith@Work [EU]; all")],
  [`<sip:${number}#7@${at}>`, '"+4930123456#7" <sip:anonymous@anonymous.invalid>'],
  ['"" <sip:3.80.16.13>', '"Anonymous" <sip:anonymous@anonymous.invalid>'],
  [`"Nobody" <sip:@${at}>`, '"Anonymous" <sip:anonymous@anonymous.invalid>'],
  [`<sip:unavailable@unknown.invalid>`, '"Anonymous" <sip:anonymous@anonymous.invalid>'],
  [`<sip:${number}@${at}:5060;user=phone;isup-oli=00>`, `<sip:${number}@${serverAt.address}>`],
  [`sip:${number}@${at}`, `<sip:${number}@${serverAt.address}>`],
])("a call from %s rings", async (From, expected) => {
  const { statuses, from } = await sent(inviteTo(ann, { From: `${From};tag=f` }));
  expect([statuses.at(-1), from]).toEqual([180, expected]);
});

test.each<[string, Record<string, string>]>([
  ["a PASSporT of nine kilobytes", { Identity: `${"e".repeat(9000)};info=<https://cert.example>;alg=ES256` }],
  ["compact and odd spellings", { sUpPoRtEd: "timer", k: "100rel" }],
  ["a folded header", { Subject: "one\r\n two\r\n\tthree" }],
  ["blanks around the colon", { "Subject ": "  x " }],
  ["two Session-Expires", { "Session-Expires": "1800", x: "3600" }],
  ["two Expires", { Expires: "180", expires: "180" }],
  ["an Allow that is empty", { Allow: "" }],
  ["an unknown disposition", { "Content-Disposition": "session;handling=required" }],
  ["a To with other characters", { To: `Ann, at home <sip:+1#@${serverAt.address}>` }],
])("a call with %s rings", async (_, fields) => {
  expect((await sent(inviteTo(ann, fields))).statuses.at(-1)).toBe(180);
});

test("a call whose lines end with a bare line feed rings", async () => {
  const [head = "", body = ""] = inviteTo(ann).split(/\r\n\r\n(.*)/s);
  expect((await sent(`${head.replaceAll("\r\n", "\n")}\n\n${body}`)).statuses.at(-1)).toBe(180);
});

test("a call whose description has no Content-Type rings", async () => {
  expect(
    (await sent(inviteTo(ann, {}, plainSdp()).replace("Content-Type: application/sdp\r\n", ""))).statuses.at(-1),
  ).toBe(180);
});

test.each<[string, Record<string, string>]>([
  ["an unbalanced quote in To", { To: `"Ann <${ann}>` }],
  ["an unbalanced quote in From", { From: `"Ann <${ann}>;tag=1` }],
  ["a To that is empty", { To: "" }],
])("a call with %s is refused with 400, and no phone rings", async (_, fields) => {
  const { statuses, from } = await sent(inviteTo(ann, fields));
  expect([statuses, from]).toEqual([[400], undefined]);
});
