import { describe, expect, test } from "vitest";
import { udpTransport } from "../src/index.ts";
import { FakeClock, memoryNetwork } from "../src/testing/index.ts";
import { Agent, aliceAt, answer, bobAt, dial, offer, rest } from "./agents.ts";
import { type Asking, Challenger } from "./challenger.ts";

const credentials = { username: "alice", password: "wonderland" };

/** Alice is in a call with a peer that wants proof of every request. */
async function inCall(options: Asking & { loss?: number; seed?: number; password?: string; waitMs?: number } = {}) {
  const clock = new FakeClock();
  const { loss = 0, seed = 5, password = credentials.password, waitMs = 1000, ...asking } = options;
  const network = memoryNetwork({ clock, delayMs: 5, loss, seed });
  const peer = await Challenger.open(network, clock, bobAt, asking);
  const alice = new Agent(clock, [udpTransport({ bind: aliceAt, network })], seed);
  await alice.agent.listen();
  const { call, user } = dial(alice, { transport: "udp", ...bobAt }, { credentials: { ...credentials, password } });
  await clock.advance(loss > 0 ? 30_000 : waitMs);
  return { alice, call, clock, network, peer, user, rest: () => rest(clock, [alice]) };
}

describe("in a dialog with a peer that wants proof", () => {
  test("every request proves itself with the nonce of the first challenge, counted on", async () => {
    const { alice, call, clock, peer, rest } = await inCall();
    expect(call.state).toBe("confirmed");
    const info = call.request("INFO");
    await clock.advance(100);
    expect(await info).toMatchObject({ ok: true, response: { status: 200 } });
    const renewed = call.reinvite(offer);
    await clock.advance(100);
    expect(await renewed).toMatchObject({ ok: true, response: { status: 200 } });
    call.hangUp();
    await clock.advance(100);
    expect(peer.believed).toEqual(["2 INVITE", "3 INFO", "4 INVITE", "5 BYE"]);
    expect(alice.ladder.filter((line) => line === "< 401")).toHaveLength(1);
    await rest();
  });

  test("the ACK of each 2xx repeats what its INVITE proved itself with", async () => {
    const { alice, call, clock, peer, rest } = await inCall();
    await Promise.all([call.reinvite(offer), clock.advance(100)]);
    const proved = alice.wire.flatMap(({ message }) =>
      message?.kind === "request" && message.method === "INVITE" ? [message.headers.get("Authorization")] : [],
    );
    expect(proved.slice(1)).toEqual([expect.stringContaining("nc=00000001"), expect.stringContaining("nc=00000002")]);
    expect(peer.acks.slice(1).map(({ headers }) => headers.get("Authorization"))).toEqual(proved.slice(1));
    call.hangUp();
    await clock.advance(100);
    await rest();
  });

  test("so does the ACK of a 2xx that nobody wants any more, and the BYE after it is believed", async () => {
    const { call, clock, peer, rest } = await inCall({ waitMs: 12 });
    call.hangUp();
    await clock.advance(1000);
    expect(peer.believed).toEqual(["2 INVITE", "3 BYE"]);
    expect(peer.acks.at(-1)?.headers.get("Authorization")).toContain("nc=00000001");
    await rest();
  });

  test("a nonce that has grown old is answered anew, with a CSeq of its own", async () => {
    const { alice, call, clock, peer, rest } = await inCall({ nonceMs: 5000 });
    await clock.advance(10_000);
    const renewed = call.reinvite(offer);
    await clock.advance(100);
    expect(await renewed).toMatchObject({ ok: true, response: { status: 200 } });
    const update = call.request("UPDATE", { body: answer });
    await clock.advance(100);
    expect(await update).toMatchObject({ ok: true, response: { status: 200 } });
    call.hangUp();
    await clock.advance(100);
    expect(peer.believed).toEqual(["2 INVITE", "4 INVITE", "5 UPDATE", "6 BYE"]);
    expect(alice.ladder.filter((line) => line === "< 401")).toHaveLength(2);
    await rest();
  });

  test("requests under way at the same time keep to the order of their numbers", async () => {
    const { call, clock, peer, rest } = await inCall({ nonceMs: 5000 });
    await clock.advance(10_000);
    const both = Promise.all([call.request("INFO"), call.request("MESSAGE")]);
    await clock.advance(200);
    for (const outcome of await both) expect(outcome).toMatchObject({ ok: true, response: { status: 200 } });
    expect(peer.believed.slice(1)).toEqual(["5 INFO", "6 MESSAGE"]);
    call.hangUp();
    await clock.advance(200);
    await rest();
  });

  test("the peer and two proxies before it each ask once, and each is answered by a count of its own", async () => {
    const { alice, call, clock, peer, rest } = await inCall({ proxies: ["near", "far"] });
    const renewed = call.reinvite(offer);
    await clock.advance(100);
    expect(await renewed).toMatchObject({ ok: true, response: { status: 200 } });
    call.hangUp();
    await clock.advance(100);
    expect(peer.believed).toEqual(["4 INVITE", "5 INVITE", "6 BYE"]);
    expect(alice.ladder.filter((line) => /< 40[17]/.test(line))).toEqual(["< 407", "< 407", "< 401"]);
    const bye = alice.wire.findLast(({ message }) => message?.kind === "request")?.message?.headers;
    const counts = bye
      ?.written("Proxy-Authorization")
      .map((value) => value.replace(/.*realm="(\w+)".*nc=(\w+).*/, "$1 $2"));
    expect(counts?.toSorted()).toEqual(["far 00000004", "near 00000005"]);
    expect(bye?.get("Authorization")).toMatch(/nc=00000003/);
    await rest();
  });

  test("a wrong password ends the call with the refusal, and is tried once", async () => {
    const { alice, user, peer, rest } = await inCall({ password: "looking-glass" });
    expect(user.ends).toMatchObject([{ by: "remote", cause: "rejected", response: { status: 401 } }]);
    expect(peer.believed).toEqual([]);
    expect(alice.ladder.filter((line) => line === "> INVITE")).toHaveLength(2);
    await rest();
  });

  test.each([1, 2, 3, 4, 5, 6, 7, 8])("what is lost on the way is said again, seed %i", async (seed) => {
    const { call, clock, peer, rest } = await inCall({ loss: 0.25, seed });
    expect(call.state).toBe("confirmed");
    const outcomes = [call.request("INFO"), call.reinvite(offer)];
    await clock.advance(40_000);
    for (const outcome of outcomes) expect(await outcome).toMatchObject({ ok: true, response: { status: 200 } });
    call.hangUp();
    await clock.advance(40_000);
    expect(peer.believed.at(-1)).toMatch(/BYE$/);
    await rest();
  });
});
