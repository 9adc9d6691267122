import { networkInterfaces } from "node:os";
import { describe, expect, test } from "vitest";
import { recordingsOf } from "../../harness/browser/page.ts";
import { testNetwork } from "../../harness/network.ts";
import { openSocketsOf } from "../peers/sockets.ts";
import {
  bell,
  bellEveryMs,
  callOf,
  fromNow,
  hears,
  hearsNoMore,
  measure,
  microphone,
  pageOf,
  ringback,
  voice,
} from "./hears.ts";
import { share } from "./shared.ts";

const address = `${testNetwork()}.1`;
const shared = share(() => ({ address }), { microphone });

test("the ring is heard before the answer, then one's own voice comes back, at its pitch and level", async () => {
  const phone = await shared.phone();
  await phone.call("+1 202 555 0123");
  await hears(callOf(phone), ringback, 400);
  expect(await phone.state()).toBe("Ringing…");
  await phone.waitForState("In call");
  expect(measure(await hears(callOf(phone), [voice.hz], 2000))).toEqual(voice);
  await phone.hangUp();
  expect(await phone.reason()).toBe("You hung up.");
});

test("a muted microphone is not heard, and an opened one is heard again", async () => {
  const phone = await shared.phone();
  await phone.call("+1 202 555 0123");
  await hears(callOf(phone), [voice.hz], 200);
  await phone.toggleMute();
  await hearsNoMore(callOf(phone), [voice.hz], 500);
  await phone.toggleMute();
  await hears(await fromNow(callOf(phone)), [voice.hz], 500);
  await phone.hangUp();
  expect(await phone.reason()).toBe("You hung up.");
});

test("a call is cancelled while it rings", async () => {
  const phone = await shared.phone();
  await phone.call("+1 202 555 0123");
  await phone.waitForState("Ringing");
  await phone.hangUp();
  expect(await phone.reason()).toBe("You cancelled the call.");
});

test.for([
  ["+1 500 555 0001", "The line is busy."],
  ["+1 500 555 0003", "This number does not exist."],
  ["+1 500 555 0004", "The telephone network could not connect the call."],
])("%s ends with the words: %s", async ([number, words]) => {
  const phone = await shared.phone();
  await phone.call(number!);
  expect(await phone.reason()).toBe(words);
  expect(await phone.state()).toBe("Ended");
});

test("a number that never answers rings until the person gives up, and the network is told", async () => {
  const phone = await shared.phone();
  await phone.call("+1 500 555 0002");
  await hears(callOf(phone), ringback, 1800);
  expect(await phone.state()).toBe("Ringing…");
  await phone.hangUp();
  expect(await phone.reason()).toBe("You cancelled the call.");
  expect(await lastLadder()).toMatch(/ CANCEL -+>.* 487 Request Terminated/s);
});

/** What was said on the trunk's side in the call that ended last. */
async function lastLadder(): Promise<string> {
  const { stdout: history } = await shared.server.command("history", "--limit", "1", "--json");
  const [{ id }] = JSON.parse(history) as [{ readonly id: string }];
  const { stdout: ladder } = await shared.server.command("ladder", id);
  return ladder.replaceAll(/^.{45}/gm, "");
}

/** The simulated network calls the phone; settles when somebody has answered or nobody will. */
async function simulateCall() {
  const { status, stdout } = await shared.server.command("simulate", "call", "--json");
  return { exit: status, ...(JSON.parse(stdout) as { readonly outcome: string; readonly status: number }) };
}

describe("a call from the network", () => {
  test("rings in the page and, when it is answered, carries the voice both ways", async () => {
    const phone = await shared.phone();
    const call = simulateCall();
    await phone.waitForState("Incoming call");
    expect(await phone.peer()).toBe("+1 202 555 0123");
    await phone.answer();
    expect(await call).toMatchObject({ exit: 0, outcome: "answered" });
    await phone.waitForState("In call");
    expect(measure(await hears(callOf(phone), [voice.hz], 2000))).toEqual(voice);
    await phone.hangUp();
    expect(await phone.reason()).toBe("You hung up.");
  });

  test("that is declined gives the caller 486", async () => {
    const phone = await shared.phone();
    const call = simulateCall();
    await phone.waitForState("Incoming call");
    await phone.decline();
    expect(await call).toMatchObject({ exit: 1, outcome: "refused", status: 486 });
    expect(await phone.reason()).toBe("You declined the call.");
  });

  test("rings in both pages of a user; the first to answer has it, the other stops and says so", async () => {
    const [first, second] = [await shared.phone(), await shared.phone()];
    const call = simulateCall();
    for (const phone of [first, second]) await hears(pageOf(phone), bell, 200);
    await second.answer();
    expect(await first.reason()).toBe("Answered on another device.");
    expect(await call).toMatchObject({ outcome: "answered" });
    await hearsNoMore(pageOf(first), bell, bellEveryMs);
    await second.waitForState("In call");
    await hears(callOf(second), [voice.hz], 500);
    expect(await recordingsOf(first.page)).toEqual([]);
    await second.hangUp();
    expect(await second.reason()).toBe("You hung up.");
  });

  test("that one page declines rings on in the other", async () => {
    const [first, second] = [await shared.phone(), await shared.phone()];
    const call = simulateCall();
    for (const phone of [first, second]) await phone.waitForState("Incoming call");
    await first.decline();
    expect(await first.reason()).toBe("You declined the call.");
    await hears(await fromNow(pageOf(second)), bell, 200);
    await second.answer();
    expect(await call).toMatchObject({ outcome: "answered" });
    await second.waitForState("In call");
    await second.hangUp();
    expect(await second.reason()).toBe("You hung up.");
  });
});

const isLoopback = (bound: string): boolean => bound.startsWith("127.");
const interfaceAddress = Object.values(networkInterfaces())
  .flatMap((addresses) => addresses ?? [])
  .find(({ family, internal }) => family === "IPv4" && !internal)?.address;

test("nothing is bound but loopback addresses, except the browser's sound during a call, on the one interface that is offered", async () => {
  const idle = await openSocketsOf(shared.server.pid);
  expect(idle.filter((socket) => !isLoopback(socket.address))).toEqual([]);
  const bound = idle.map(({ protocol, address, port }) => `${protocol} ${address}:${port}`);
  expect(bound).toEqual(expect.arrayContaining([`udp ${address}:5060`, `udp ${address}:5062`, `tcp ${address}:8080`]));

  const phone = await shared.phone();
  await phone.call("+1 202 555 0123");
  await hears(callOf(phone), [voice.hz], 500);
  const talking = await openSocketsOf(shared.server.pid);
  const trunkSound = talking.filter(({ port }) => port >= 10_000 && port <= 19_999);
  expect(trunkSound.map((socket) => socket.address)).toEqual([address, address]);
  const outside = talking.filter((socket) => !isLoopback(socket.address));
  const browserSound = { protocol: "udp", address: interfaceAddress, port: expect.closeTo(25_000, -4) };
  expect(outside).toEqual(interfaceAddress === undefined ? [] : [browserSound]);
  await phone.hangUp();
});
