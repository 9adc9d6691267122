import { afterEach, describe, expect, test } from "vitest";
import { memoryBindings } from "../../src/store/memory.ts";
import type { Phone } from "./phone.ts";
import { message, RawPeer } from "./raw-peer.ts";
import { authorizationLine } from "./spied-dialog.ts";
import { makeWorld, ownNumber, type World, worldConfig } from "./world.ts";

const fair = { seed: 1, loss: 0, duplicate: 0, reorder: 0, delayMs: 5 };
const echo = "+12025550123";

const config = `version: 1
sip: { udp: "198.51.100.204:5060" }
trunk: { host: 3.80.16.13, allow: [us-east-1], optionsSeconds: 3600 }
numbers:
  "${ownNumber}": { ring: [hall, yard], ringSeconds: 20, unanswered: reject }
users:
  hall: { name: Hall, extension: "101", callerId: "${ownNumber}", device: { username: hall-phone, password: one } }
  yard: { name: Yard, extension: "102", callerId: "${ownNumber}", device: { username: yard, password: two } }
devices: { allow: [192.168.0.0/16] }
`;

const hallPhone = { username: "hall-phone", password: "one" };
const yardPhone = { username: "yard", password: "two" };

let world: World | undefined;
afterEach(async () => {
  await world?.close();
  world = undefined;
});

/** The hall's phone is registered, the yard's stands behind a NAT that its SDP and Contact know nothing of. */
async function withDevices() {
  const made = await makeWorld(fair, { config });
  world = made;
  const hall = await made.phoneAt("192.168.1.10", { credentials: hallPhone });
  const yard = await made.phoneAt("192.168.1.20", { credentials: yardPhone, shown: "10.99.0.5" });
  hall.register("hall-phone");
  yard.register("yard");
  await made.clock.advance(1000);
  return { ...made, hall, yard };
}

const heardOf = (listener: Phone, speaker: Phone): readonly string[] =>
  listener.heard.filter((payload) => speaker.spoken.includes(payload));

describe("a device", () => {
  test("registers with its name and password, and is shown where it really is", async () => {
    const { pbx } = await withDevices();
    expect(await pbx.operations.registrations()).toMatchObject([
      { user: "hall", contact: "sip:hall-phone@192.168.1.10:5060", transport: "udp", remote: "192.168.1.10:5060" },
      { user: "yard", contact: "sip:yard@10.99.0.5:5060", transport: "udp", remote: "192.168.1.20:5060" },
    ]);
  });

  test("calls out over the trunk, with an owned number, and is heard", async () => {
    const { clock, hall, pbx, sentToTrunk } = await withDevices();
    hall.dial(echo);
    await clock.advance(3000);
    await Promise.all([hall.talk(50), clock.advance(3000)]);
    hall.hangUp();
    await clock.advance(1000);
    expect(heardOf(hall, hall)).toEqual(hall.spoken);
    expect(sentToTrunk("INVITE")).toBe(1);
    expect(await pbx.operations.history({ limit: 1 })).toMatchObject([
      { from: "hall", to: echo, ending: { code: "hung-up" } },
    ]);
  });

  test("is traced on both legs, every message as it was, but for what proves who it is", async () => {
    const { clock, hall, pbx, wire } = await withDevices();
    const followed: string[] = [];
    pbx.operations.follow(undefined, ({ text }) => followed.push(text));
    hall.dial(echo);
    await clock.advance(3000);
    const [call] = await pbx.operations.calls();
    hall.hangUp();
    await clock.advance(1000);
    const messages = (await pbx.operations.trace({ call: call!.id, limit: 100 })) ?? [];
    expect([...new Set(messages.map(({ leg }) => leg))]).toEqual(["a", "b1"]);
    expect(messages.map(({ text }) => text.split(" ", 1)[0]).filter((word) => word === "INVITE")).toHaveLength(3);
    const proofs = wire.filter(({ bytes }) => Buffer.from(bytes).includes("response="));
    expect(proofs.length).toBeGreaterThan(0);
    expect(followed.filter((text) => text.includes("Authorization: Digest username="))).not.toEqual([]);
    expect([...followed, ...messages.map(({ text }) => text)].filter((text) => text.includes("response="))).toEqual([]);
    expect(await pbx.operations.trace({ call: "nobody's", limit: 1 })).toBeUndefined();
  });

  test("is rung by a call from the network, beside the others; the first to answer has it", async () => {
    const { clock, connector, hall, yard } = await withDevices();
    yard.behave({ kind: "answers", afterMs: 500, hangsUpAfterMs: 5000 });
    const call = connector.call({ from: echo, to: ownNumber });
    await clock.advance(2000);
    expect(hall.cancelled).toBe(true);
    await Promise.all([yard.talk(50), clock.advance(6000)]);
    expect(await call).toMatchObject({ outcome: "answered" });
    expect(yard.spoken).toHaveLength(50);
  });

  test("calls another by extension; the NAT before that one changes nothing, sound goes both ways", async () => {
    const { clock, hall, yard, pbx, sentToTrunk } = await withDevices();
    yard.behave({ kind: "answers", afterMs: 500 });
    hall.dial("102");
    await clock.advance(1500);
    await Promise.all([yard.talk(20), clock.advance(500)]);
    await Promise.all([hall.talk(50), yard.talk(50), clock.advance(2000)]);
    hall.hangUp();
    await clock.advance(1000);
    expect(yard.ends).toMatchObject([{ cause: "bye" }]);
    expect(heardOf(hall, yard)).toHaveLength(70);
    expect(heardOf(yard, hall)).toEqual(hall.spoken);
    expect(sentToTrunk("INVITE")).toBe(0);
    expect(await pbx.operations.history({ limit: 1 })).toMatchObject([
      { from: "hall", to: "yard", direction: "internal" },
    ]);
  });

  test("stays online when the machine's clock is set, for as long as it was promised", async () => {
    const { clock, jump, pbx } = await withDevices();
    jump(3_600_000);
    expect(await pbx.operations.registrations()).toHaveLength(2);
    jump(-7_200_000);
    await clock.advance(100_000);
    expect(await pbx.operations.registrations()).toHaveLength(2);
  });

  test("registers from behind a NAT although its Via asks for no rport", async () => {
    const made = await withDevices();
    const phone = await RawPeer.open(made, { address: "192.168.1.30", port: 41_234 });
    const register = (cseq: number, ...more: string[]): void =>
      phone.send(
        message([
          "REGISTER sip:198.51.100.204 SIP/2.0",
          `Via: SIP/2.0/UDP 10.99.0.7:5060;branch=z9hG4bKnat${cseq}`,
          "Max-Forwards: 70",
          "From: <sip:yard@198.51.100.204>;tag=nat",
          "To: <sip:yard@198.51.100.204>",
          "Call-ID: nat",
          `CSeq: ${cseq} REGISTER`,
          "Contact: <sip:yard@10.99.0.7:5060>",
          ...more,
        ]),
      );
    register(1);
    await made.clock.advance(100);
    expect(phone.statuses).toEqual([401]);
    register(2, authorizationLine(phone.messages[0]!, "REGISTER", yardPhone, "sip:198.51.100.204"));
    await made.clock.advance(100);
    expect(phone.statuses).toEqual([401, 200]);
    expect(await made.pbx.operations.registrations()).toContainEqual(
      expect.objectContaining({ user: "yard", remote: "192.168.1.30:41234" }),
    );
    phone.close();
  });

  test("is rung no more once it has left", async () => {
    const { clock, connector, hall, yard, pbx } = await withDevices();
    const left = Promise.all([hall.register("hall-phone").close(), yard.register("yard").close()]);
    await clock.advance(1000);
    await left;
    expect(await pbx.operations.registrations()).toEqual([]);
    const call = connector.call({ from: echo, to: ownNumber });
    await clock.advance(2000);
    expect(await call).toMatchObject({ outcome: "refused", status: 480 });
  });
});

describe("who is no device", () => {
  test("gets not a byte from outside of the devices' networks, even with the right password; the operator is told why", async () => {
    const { clock, phoneAt, pbx, wire } = await withDevices();
    const stranger = await phoneAt("172.16.0.9", { credentials: hallPhone });
    stranger.register("hall-phone");
    stranger.dial(echo);
    await clock.advance(40_000);
    expect(stranger.refusals).toEqual([0]);
    expect(wire.filter(({ direction, flow }) => direction === "out" && flow.remote.address === "172.16.0.9")).toEqual(
      [],
    );
    expect(await pbx.operations.refusals(50)).toContainEqual(
      expect.objectContaining({
        what: "INVITE",
        source: "172.16.0.9:5060",
        why: "neither in trunk.allow nor in devices.allow",
      }),
    );
  });

  test("is challenged inside of them and no further without the right password; nothing leaves", async () => {
    const { clock, phoneAt, pbx, sentToTrunk } = await withDevices();
    const guest = await phoneAt("192.168.1.66", { credentials: { username: "hall-phone", password: "wrong" } });
    guest.dial(echo);
    await clock.advance(1000);
    expect(guest.ends).toMatchObject([{ cause: "rejected", response: { status: 401 } }]);
    expect(sentToTrunk("INVITE")).toBe(0);
    expect(await pbx.operations.refusals(1)).toMatchObject([
      { what: "INVITE", source: "192.168.1.66:5060", why: "credentials are wrong" },
    ]);
    expect(await pbx.operations.history({ limit: 9 })).toEqual([]);
  });

  test("may guess ten passwords, and is not listened to for ten minutes after, from any other phone's point of view nothing happens", async () => {
    const { clock, hall, phoneAt, pbx } = await withDevices();
    const credentials = { username: "yard", password: "wrong" };
    const guest = await phoneAt("192.168.1.66", { credentials });
    for (let count = 0; count < 12; count += 1) {
      guest.dial(echo);
      await clock.advance(1000);
    }
    const statuses = guest.ends.map((end) => (end.cause === "rejected" ? end.response.status : end.cause));
    expect(statuses).toEqual([...Array(10).fill(401), 403, 403]);
    hall.dial("102");
    await clock.advance(1000);
    expect(hall.ringing).toEqual([180]);
    hall.hangUp();
    await clock.advance(600_000);
    guest.dial(echo);
    await clock.advance(1000);
    expect(guest.ends.at(-1)).toMatchObject({ response: { status: 401 } });
    expect((await pbx.operations.status()).counters.refused).toMatchObject({
      "credentials are wrong": 11,
      "too many wrong passwords from this address": 2,
    });
  });

  test("with a wrong password blocks no other phone behind the same address", async () => {
    const { clock, hall, phoneAt } = await withDevices();
    const broken = await phoneAt(hall.address.address, {
      port: 5071,
      credentials: { username: "yard", password: "wrong" },
    });
    for (let count = 0; count < 12; count += 1) {
      broken.dial(echo);
      await clock.advance(1000);
    }
    expect(broken.ends.at(-1)).toMatchObject({ response: { status: 403 } });
    hall.dial(echo);
    await clock.advance(3000);
    expect(hall.answered).toBe(true);
    hall.hangUp();
    await clock.advance(1000);
  });

  test("may not register another's name with one's own password", async () => {
    const { clock, phoneAt, pbx } = await withDevices();
    const guest = await phoneAt("192.168.1.66", { credentials: yardPhone });
    guest.register("hall-phone");
    await clock.advance(1000);
    expect(guest.refusals).toEqual([403]);
    expect(await pbx.operations.registrations()).toHaveLength(2);
  });
});

describe("a reload", () => {
  test.each([
    ["a device", config.replace(", device: { username: hall-phone, password: one }", "")],
    ["its password", config.replace("password: one", "password: new")],
    ["its name", config.replace("username: hall-phone", "username: hall-again")],
    ["its network", config.replace("192.168.0.0/16", "192.168.1.20/32")],
    ["its user", config.replace(/ {2}hall: .*\n/, "").replace("[hall, yard]", "[yard]")],
  ])("that takes away %s: the phone rings no more; others do", async (_, changed) => {
    const { clock, connector, hall, pbx, yard } = await withDevices();
    await pbx.reload(worldConfig(changed));
    expect((await pbx.operations.registrations()).map(({ user }) => user)).toEqual(["yard"]);
    void connector.call({ from: echo, to: ownNumber });
    await clock.advance(1000);
    expect([hall.invites.length, yard.invites.length]).toEqual([0, 1]);
    await clock.advance(40_000);
  });

  test("that changes neither keeps phones online", async () => {
    const { pbx } = await withDevices();
    await pbx.reload(worldConfig(config.replace("ringSeconds: 20", "ringSeconds: 25")));
    expect(await pbx.operations.registrations()).toHaveLength(2);
  });
});

test("a phone whose device was taken away while the server was down is not rung after it", async () => {
  const bindings = memoryBindings([
    {
      user: "hall" as never,
      node: "n1",
      flow: "udp gone",
      source: { transport: "udp", address: "192.168.1.10", port: 5060 },
      contact: "sip:hall-phone@192.168.1.10:5060",
      callId: "c1",
      cseq: 1,
      expiresAtMs: Date.UTC(2030, 0) + 60_000,
    },
  ]);
  const without = config.replace(", device: { username: hall-phone, password: one }", "");
  world = await makeWorld(fair, { config: without, bindings });
  expect(await world.pbx.operations.registrations()).toEqual([]);
});

test("a phone whose password was changed over a restart is not rung after it, other phones are", async () => {
  const bindings = memoryBindings();
  world = await makeWorld(fair, { config, bindings });
  const hall = await world.phoneAt("192.168.1.10", { credentials: hallPhone });
  const yard = await world.phoneAt("192.168.1.20", { credentials: yardPhone });
  hall.register("hall-phone");
  yard.register("yard");
  await world.clock.advance(1000);
  await world.close();
  world = await makeWorld(fair, { config: config.replace("password: one", "password: new"), bindings });
  expect((await world.pbx.operations.registrations()).map(({ user }) => user)).toEqual(["yard"]);
});

test("a phone that was online before a restart is rung after it", async () => {
  const bindings = memoryBindings([
    {
      user: "hall" as never,
      node: "n1",
      flow: "udp gone",
      source: { transport: "udp", address: "192.168.1.10", port: 5060 },
      contact: "sip:hall-phone@192.168.1.10:5060",
      callId: "c1",
      cseq: 1,
      expiresAtMs: Date.UTC(2030, 0) + 60_000,
    },
  ]);
  world = await makeWorld(fair, { config, bindings });
  const { clock, connector, phoneAt } = world;
  const hall = await phoneAt("192.168.1.10");
  hall.behave({ kind: "answers", afterMs: 500, hangsUpAfterMs: 1000 });
  const call = connector.call({ from: echo, to: ownNumber });
  await clock.advance(5000);
  expect(await call).toMatchObject({ outcome: "answered" });
  const heard = world.wire.filter(
    ({ direction, flow }) => direction === "in" && flow.remote.address === "192.168.1.10",
  );
  expect(new Set(heard.map(({ standing }) => standing))).toEqual(new Set(["known"]));
});
