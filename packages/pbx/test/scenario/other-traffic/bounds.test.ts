import { afterEach, describe, expect, test } from "vitest";
import { inviteTo, RawPeer, serverAt, trunkAt } from "../raw-peer.ts";
import { annsNumber, makeWorld, ownNumber, type World } from "../world.ts";

const fair = { seed: 1, loss: 0, duplicate: 0, reorder: 0, delayMs: 5 };
const config = `version: 1
sip: { udp: "198.51.100.204:5060" }
trunk: { host: 3.80.16.13, allow: [us-east-1], optionsSeconds: 20 }
calling: { callsPerSecond: 50, maxCalls: 50 }
numbers:
  "${ownNumber}": { ring: [hall], unanswered: reject }
  "${annsNumber}": { ring: [ann], unanswered: reject }
users:
  hall: { name: Hall, extension: "101", callerId: "${ownNumber}", device: { username: hall, password: one } }
  ann: { name: Ann, extension: "111", callerId: "${ownNumber}", contact: "sip:10.2.0.1:5060" }
devices: { allow: [192.168.0.0/16] }
`;
const phoneAt = { address: "192.168.1.5", port: 5060 };

let world: World | undefined;
const peers: RawPeer[] = [];
afterEach(async () => {
  for (const peer of peers.splice(0)) peer.close();
  await world?.close();
  world = undefined;
});

async function opened(connected = false): Promise<World> {
  world = await makeWorld(fair, { config, connected });
  return world;
}

async function peerAt(address: string): Promise<RawPeer> {
  const peer = await RawPeer.open(world!, { address, port: 5060 });
  peers.push(peer);
  return peer;
}

/** The n-th request of a source that means nothing by it; `more` stands in front of its other fields. */
const request = (method: string, n: number, more = "", address = phoneAt.address): string =>
  [
    `${method} sip:a@${serverAt.address} SIP/2.0`,
    `Via: SIP/2.0/UDP ${address}:5060;branch=z9hG4bK${method}${n}`,
    `${more}Max-Forwards: 70`,
    `From: <sip:a@${address}>;tag=1`,
    `To: <sip:a@${serverAt.address}>`,
    `Call-ID: ${method}-${n}`,
    `CSeq: 1 ${method}`,
    `Contact: <sip:a@${address}>`,
    "Content-Length: 0\r\n\r\n",
  ].join("\r\n");

const transactions = async ({ pbx }: World): Promise<number> =>
  (await pbx.operations.status()).counters.sip.transactions ?? 0;

/** How often something was refused, by why. */
const refused = async ({ pbx }: World) => (await pbx.operations.status()).counters.refused;

describe("a source that has proved nothing", () => {
  test.each(["OPTIONS", "REGISTER", "INVITE", "MESSAGE"])(
    "leaves nothing behind by any number of %s",
    async (method) => {
      const on = await opened(true);
      await on.clock.advance(1000);
      const before = await transactions(on);
      const peer = await peerAt(phoneAt.address);
      for (let n = 0; n < 2000; n += 1) peer.send(request(method, n));
      await on.clock.advance(100);
      expect([await transactions(on), peer.statuses.length]).toEqual([before, 2000]);
    },
  );

  test("is challenged again in the same words when it repeats, and its ACK is nothing odd", async () => {
    const on = await opened();
    const peer = await peerAt(phoneAt.address);
    for (let n = 0; n < 3; n += 1) peer.send(request("INVITE", 1));
    await on.clock.advance(100);
    const answers = peer.messages.map(({ headers }) => headers.get("To"));
    expect([peer.statuses, new Set(answers).size]).toEqual([[401, 401, 401], 1]);
    peer.send(
      request("ACK", 1)
        .replace("branch=z9hG4bKACK1", "branch=z9hG4bKINVITE1")
        .replace(/^To: .*$/m, `To: ${answers[0]}`)
        .replace("Call-ID: ACK-1", "Call-ID: INVITE-1"),
    );
    await on.clock.advance(40_000);
    expect([peer.statuses, (await refused(on))["ACK without a dialog"]]).toEqual([[401, 401, 401], undefined]);
    expect(await refused(on)).toMatchObject({ "no credentials": 3 });
  });

  test("takes neither memory nor room by long Vias, and the trunk's calls get through", async () => {
    const on = await opened();
    const peer = await peerAt(phoneAt.address);
    const vias = `Via: SIP/2.0/UDP p.example;branch=z9hG4bK${"x".repeat(7000)}\r\n`.repeat(4);
    for (let n = 0; n < 5000; n += 1) peer.send(request("OPTIONS", n, vias));
    await on.clock.advance(10);
    const outside = await on.handsetAt(trunkAt.address);
    const call = outside.dial(annsNumber);
    await on.clock.advance(3000);
    expect(call.isAnswered).toBe(true);
  });
});

test("a trunk that floods with long requests is refused above its bytes, and our OPTIONS still go out", async () => {
  const on = await opened();
  const peer = await peerAt(trunkAt.address);
  const vias = `Via: SIP/2.0/UDP p.example;branch=z9hG4bK${"x".repeat(7000)}\r\n`.repeat(4);
  for (let n = 0; n < 4000; n += 1) peer.send(request("OPTIONS", n, vias, trunkAt.address));
  await on.clock.advance(100);
  const { 200: taken = [], 503: refusals = [] } = Object.groupBy(peer.statuses, (status) => status);
  expect([taken.length > 1000, refusals.length > 100]).toEqual([true, true]);
  expect(await refused(on)).toMatchObject({ "too many transactions": refusals.length });
  await on.clock.advance(20_000);
  expect(peer.requests("OPTIONS").length).toBeGreaterThan(1);
});

test("refusals of INVITEs that are never acknowledged are not sent eleven times each", async () => {
  const on = await opened();
  const peer = await peerAt(trunkAt.address);
  for (let n = 0; n < 1000; n += 1) peer.send(inviteTo("sip:+12025559999@198.51.100.204"));
  await on.clock.advance(40_000);
  expect(peer.statuses.filter((status) => status >= 300).length).toBeLessThan(1500);
  expect(await refused(on)).toMatchObject({ "too many responses without an ACK": 1000 - 32 });
});

test("a datagram that cannot be sent to the trunk ends no other call from there", async () => {
  const on = await opened();
  const outside = await on.handsetAt(trunkAt.address);
  on.ann.manner = { answersAfterMs: 8000 };
  const one = outside.dial(annsNumber);
  await on.clock.advance(1000);
  let left = 1;
  const heal = on.network.partition(
    (from, to) =>
      from.address === serverAt.address && from.port === 5060 && to.address === trunkAt.address && left-- > 0,
    "told",
  );
  outside.dial(annsNumber);
  await on.clock.advance(500);
  heal();
  await on.clock.advance(20_000);
  expect(one.isAnswered).toBe(true);
});
