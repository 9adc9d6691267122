import { describe, expect, test } from "vitest";
import {
  type DigestVerifierOptions,
  digestVerifier,
  type OutgoingCall,
  type OutgoingCallOptions,
  type RequestVerifier,
  sdpBody,
} from "../src/index.ts";
import { type FakeClock, request, seededRandom } from "../src/testing/index.ts";
import { answer, bobAt, offer, scene } from "./agents.ts";
import { Probe } from "./probe.ts";

const credentials = { username: "alice", password: "wonderland" };
const hold = sdpBody("v=0\r\ns=hold\r\n");

function verifierOf(clock: FakeClock, options: Partial<DigestVerifierOptions> = {}) {
  const lookUp = async (username: string) => (username === "alice" ? credentials : undefined);
  return digestVerifier({ realm: "pbx", lookUp, clock, random: seededRandom(9), ...options });
}

/** Alice talks with Bob, who wants proof of her INVITE and of every request in the call. */
async function talking(
  own: Partial<OutgoingCallOptions> = { credentials },
  options: Partial<DigestVerifierOptions> = {},
) {
  const on = await scene({}, { allow: ["INFO", "REFER", "NOTIFY", "MESSAGE"], supported: ["100rel"] });
  const verifier = verifierOf(on.clock, options);
  on.bob.attach = { verifier };
  on.bob.onCall = async (call) => {
    const verdict = await verifier.verify(call.invite, call.flow.remote);
    if (verdict.ok) call.answer(answer);
    else call.reject(verdict.status, { headers: verdict.headers });
  };
  const { call, user } = on.dial(own);
  await on.clock.advance(500);
  const { call: bobCall, user: bobUser } = on.bob.last();
  return { ...on, call, user, bobCall, bobUser, verifier };
}

/** A request of somebody who knows the names of the dialog and nothing else. */
function forged(
  { call }: { readonly call: OutgoingCall },
  method: string,
  number: number,
  more: Readonly<Record<string, string>> = {},
) {
  return request(method, "sip:bob@10.0.0.2", {
    From: `<sip:alice@10.0.0.1>;tag=${call.localTag}`,
    To: `<sip:bob@10.0.0.2>;tag=${call.remoteTag}`,
    "Call-ID": call.callId,
    CSeq: `${number} ${method}`,
    Contact: "<sip:mallory@10.0.0.9>",
    ...more,
  });
}

const challengesIn = (ladder: readonly string[]) => ladder.filter((line) => line === "< 401").length;

describe("an application that challenges the requests of a call", () => {
  test("believes each one after the INVITE by the first nonce, counted on", async () => {
    const { alice, bobUser, call, clock, rest, verifier } = await talking();
    const outcomes = [
      ...["INFO", "MESSAGE", "OPTIONS", "UPDATE", "NOTIFY"].map((method) => call.request(method)),
      call.request("UPDATE", { body: offer }),
      call.reinvite(hold),
      call.refer("sip:carol@10.0.0.3", { user: { onDone: () => {} } }),
    ];
    await clock.advance(1000);
    for (const outcome of outcomes) expect(await outcome).toMatchObject({ ok: true, response: { status: 200 } });
    call.hangUp();
    await clock.advance(100);
    expect(bobUser.ends).toMatchObject([{ by: "remote", cause: "bye" }]);
    expect(challengesIn(alice.ladder)).toBe(1);
    expect(verifier.counters.refused).toEqual({ "no credentials": 1 });
    await rest();
  });

  test("and the caller who challenges in its turn", async () => {
    const { clock, dial, bob, alice, rest } = await scene();
    bob.attach = { credentials };
    bob.onCall = (call) => call.answer(answer);
    const { call, user } = dial({ verifier: verifierOf(clock) });
    await clock.advance(100);
    const outcomes = [bob.last().call.request("INFO"), bob.last().call.reinvite(hold)];
    await clock.advance(1000);
    for (const outcome of outcomes) expect(await outcome).toMatchObject({ ok: true, response: { status: 200 } });
    expect([user.requests.length, user.offers.length]).toEqual([1, 1]);
    bob.last().call.hangUp();
    await clock.advance(1000);
    expect(call.state).toBe("ended");
    // Both requests were under way before the first challenge came.
    expect(alice.ladder.filter((line) => line === "> 401")).toHaveLength(2);
    await rest();
  });

  test("takes nothing from somebody who only knows the names of the dialog", async () => {
    const on = await talking();
    const { bob, bobUser, call, clock, network, rest } = on;
    const probe = await Probe.open(network);
    for (const method of ["BYE", "INFO", "UPDATE", "OPTIONS", "REFER", "NOTIFY", "PRACK", "SUBSCRIBE"])
      probe.send(forged(on, method, 2_000_000_000), bobAt);
    probe.send(forged(on, "INVITE", 2_000_000_000, { "Content-Type": "application/sdp", body: "v=0\r\n" }), bobAt);
    await clock.advance(200);
    const finals = probe.responses.filter(({ status }) => status >= 200);
    expect(new Set(finals.map(({ status }) => status))).toEqual(new Set([401]));
    expect(finals.every(({ headers }) => headers.has("WWW-Authenticate"))).toBe(true);
    expect([bobUser.ends, bobUser.offers, bobUser.requests]).toEqual([[], [], []]);
    const info = bob.last().call.request("INFO");
    const renewed = call.reinvite(hold);
    await clock.advance(1000);
    expect(await info).toMatchObject({ ok: true, response: { status: 200 } });
    expect(await renewed).toMatchObject({ ok: true, response: { status: 200 } });
    call.hangUp();
    await rest();
  });

  test("takes nothing that was proven before, neither from another address nor by its own", async () => {
    const on = await talking();
    const { alice, bobUser, call, clock, network, rest } = on;
    await Promise.all([call.request("INFO"), clock.advance(100)]);
    const info = alice.wire.findLast(
      ({ message }) => message?.kind === "request" && message.method === "INFO",
    )?.message;
    const sameHost = await Probe.open(network, { address: "10.0.0.1", port: 5062 });
    const stranger = await Probe.open(network);
    for (const probe of [sameHost, stranger]) if (info?.kind === "request") probe.send(info, bobAt);
    await clock.advance(100);
    for (const { responses } of [sameHost, stranger]) {
      expect(responses.map(({ status }) => status)).toEqual([401]);
      expect(responses[0]?.headers.get("WWW-Authenticate")).toContain("stale=true");
    }
    expect(on.verifier.counters.refused).toMatchObject({ "nonce count was used before": 1, "nonce is not good": 1 });
    expect(bobUser.requests).toHaveLength(1);
    call.hangUp();
    await rest();
  });

  test("refuses a caller who cannot answer, and the call goes on", async () => {
    const { bob, clock, dial, rest } = await scene();
    bob.attach = { verifier: verifierOf(clock) };
    bob.onCall = (incoming) => incoming.answer(answer);
    const { call } = dial();
    await clock.advance(100);
    const outcomes = [call.request("INFO"), call.reinvite(hold)];
    await clock.advance(1000);
    for (const outcome of outcomes) expect(await outcome).toMatchObject({ ok: true, response: { status: 401 } });
    expect([call.state, bob.last().call.state]).toEqual(["confirmed", "confirmed"]);
    bob.last().call.hangUp();
    await rest();
  });

  test("and calls every nonce stale is answered three times", async () => {
    const { alice, bob, clock, dial, rest } = await scene();
    bob.attach = { verifier: verifierOf(clock, { nonceMs: 5 }) };
    bob.onCall = (incoming) => incoming.answer(answer);
    const { call } = dial({ credentials });
    await clock.advance(100);
    const info = call.request("INFO");
    await clock.advance(1000);
    expect(await info).toMatchObject({ ok: true, response: { status: 401 } });
    expect(alice.ladder.filter((line) => line === "> INFO")).toHaveLength(4);
    bob.last().call.hangUp();
    await rest();
  });

  test("keeps the order in which requests came, however long each look-up takes", async () => {
    const waits = [300, 10, 150, 0];
    const clockOf: { clock?: FakeClock } = {};
    const lookUp = () =>
      new Promise<typeof credentials>((resolve) => {
        clockOf.clock?.after(waits.shift() ?? 0, () => resolve(credentials));
      });
    const on = await scene({}, { allow: ["INFO", "MESSAGE"] });
    clockOf.clock = on.clock;
    on.bob.attach = { verifier: verifierOf(on.clock, { lookUp }) };
    on.bob.onCall = (call) => call.answer(answer);
    const { call } = on.dial({ credentials });
    await on.clock.advance(100);
    await Promise.all([call.request("INFO"), on.clock.advance(2000)]);
    const outcomes = ["INFO", "MESSAGE", "INFO"].map((method) => call.request(method));
    await on.clock.advance(2000);
    for (const outcome of outcomes) expect(await outcome).toMatchObject({ ok: true, response: { status: 200 } });
    const { user } = on.bob.last();
    expect(user.requests.map(({ request: { method } }) => method)).toEqual(["INFO", "INFO", "MESSAGE", "INFO"]);
    call.hangUp();
    await on.rest();
  });
});

describe("an offer that is challenged", () => {
  test("keeps its turn: the peer's offer meanwhile is refused with 491 and both go through", async () => {
    const { alice, bobCall, bobUser, call, clock, rest, user } = await talking({ credentials }, { nonceMs: 1000 });
    await clock.advance(5000);
    const mark = alice.wire.length;
    const first = call.reinvite(hold);
    await clock.advance(7);
    const both = Promise.all([first, bobCall.reinvite(offer)]);
    await clock.advance(10_000);
    for (const outcome of await both) expect(outcome).toMatchObject({ ok: true, response: { status: 200 } });
    expect(alice.ladder.slice(mark, mark + 6)).toEqual([
      ...["> INVITE", "< 401", "> ACK", "> INVITE", "< INVITE", "> 491"],
    ]);
    expect([user.offers.length, bobUser.offers.length]).toEqual([1, 1]);
    call.hangUp();
    await rest();
  });

  test("gets its ACK for the challenge before it goes out again", async () => {
    const { alice, call, clock, rest } = await talking({ credentials }, { nonceMs: 1000 });
    await clock.advance(5000);
    const mark = alice.wire.length;
    const renewed = call.reinvite(hold);
    await clock.advance(100);
    expect(await renewed).toMatchObject({ ok: true, response: { status: 200 } });
    expect(alice.ladder.slice(mark)).toEqual([...["> INVITE", "< 401", "> ACK", "> INVITE", "< 200", "> ACK"]]);
    call.hangUp();
    await rest();
  });

  test("is not sent again once the call is over, and the BYE is", async () => {
    const { alice, bobUser, call, clock, rest } = await talking({ credentials }, { nonceMs: 1000 });
    await clock.advance(5000);
    const mark = alice.wire.length;
    const renewed = call.reinvite(hold);
    await clock.advance(2);
    call.hangUp();
    await clock.advance(1000);
    expect(await renewed).toMatchObject({ ok: true, response: { status: 401 } });
    expect(alice.ladder.slice(mark).filter((line) => line === "> INVITE")).toHaveLength(1);
    expect(alice.ladder.slice(mark).filter((line) => line === "> BYE")).toHaveLength(2);
    expect(bobUser.ends).toMatchObject([{ by: "remote", cause: "bye" }]);
    await rest();
  });
});

describe("while a verdict is awaited", () => {
  /** Bob's verifier decides when the test says so. */
  const waiting = async () => {
    const verdicts: (() => void)[] = [];
    const verifier: RequestVerifier = {
      verify: () => new Promise((resolve) => verdicts.push(() => resolve({ ok: true, username: "alice" }))),
    };
    const on = await scene();
    on.bob.attach = { verifier };
    on.bob.onCall = (call) => call.answer(answer);
    const { call } = on.dial();
    await on.clock.advance(100);
    return { ...on, call, verdicts, bobCall: on.bob.last().call, bobUser: on.bob.last().user };
  };

  test("a request that never gets one is refused with 500, and the next one is judged", async () => {
    const { bob, bobCall, bobUser, call, clock, rest, verdicts } = await waiting();
    const info = call.request("INFO");
    await clock.advance(10);
    const renewed = call.reinvite(hold);
    await clock.advance(17_000);
    expect(await info).toMatchObject({ ok: true, response: { status: 500 } });
    expect(bob.agent.counters().totals.refused).toEqual({ "no verdict": 1 });
    expect(verdicts).toHaveLength(2);
    verdicts[1]?.();
    await clock.advance(100);
    expect(await renewed).toMatchObject({ ok: true, response: { status: 200 } });
    expect(bobUser.requests).toEqual([]);
    bobCall.hangUp();
    await rest();
  });

  test("a request whose verifier fails is refused with 500, and the call goes on", async () => {
    const { bob, clock, dial, rest } = await scene();
    bob.attach = { verifier: { verify: () => Promise.reject(new Error("disk")) } };
    bob.onCall = (call) => call.answer(answer);
    const { call } = dial();
    await clock.advance(100);
    const info = call.request("INFO");
    await clock.advance(50);
    expect(await info).toMatchObject({ ok: true, response: { status: 500 } });
    bob.last().call.hangUp();
    await rest();
  });

  test("a re-INVITE that is taken back gets 487 and is never presented", async () => {
    const on = await waiting();
    const probe = await Probe.open(on.network);
    const via = "SIP/2.0/UDP 10.0.0.9:5060;branch=z9hG4bK-taken-back";
    probe.sendExactly(forged(on, "INVITE", 7, { Via: via }), bobAt);
    await on.clock.advance(50);
    probe.sendExactly(forged(on, "CANCEL", 7, { Via: via }), bobAt);
    await on.clock.advance(50);
    const answers = probe.responses.map(({ headers, status }) => `${headers.get("CSeq")} ${status}`);
    expect(new Set(answers)).toEqual(new Set(["7 CANCEL 200", "7 INVITE 487"]));
    for (const decide of on.verdicts) decide();
    await on.clock.advance(50);
    expect(on.bobUser.offers).toEqual([]);
    on.bobCall.hangUp();
    await on.rest();
  });

  test("a call that ends refuses what waits with 481, and a verdict after that changes nothing", async () => {
    const { bobCall, bobUser, call, clock, rest, verdicts } = await waiting();
    const outcomes = [call.request("INFO"), call.reinvite(hold)];
    await clock.advance(50);
    bobCall.hangUp();
    await clock.advance(50);
    for (const outcome of outcomes) expect(await outcome).toMatchObject({ ok: false, response: { status: 481 } });
    for (const decide of verdicts) decide();
    await clock.advance(50);
    expect(verdicts).toHaveLength(1);
    expect([bobUser.requests, bobUser.offers]).toEqual([[], []]);
    await rest();
  });

  test("a user agent that closes waits for none", async () => {
    const { bob, call, clock } = await waiting();
    void call.request("INFO");
    await clock.advance(50);
    await bob.agent.close();
    expect(bob.agent.counters().live).toEqual({ transactions: 0, dialogs: 0, calls: 0, timers: 0 });
  });

  test("sixteen requests may wait; more are refused and counted", async () => {
    const { bob, bobCall, call, clock, rest, verdicts } = await waiting();
    const outcomes = Array.from({ length: 17 }, () => call.request("INFO"));
    await clock.advance(50);
    expect(await outcomes.at(-1)).toMatchObject({ ok: true, response: { status: 503 } });
    expect(bob.agent.counters().totals.refused).toEqual({ "too many requests without a verdict": 1 });
    for (let count = 0; count < 16; count += 1) {
      verdicts[count]?.();
      await clock.advance(20);
    }
    for (const outcome of outcomes.slice(0, 16))
      expect(await outcome).toMatchObject({ ok: true, response: { status: 200 } });
    bobCall.hangUp();
    await rest();
  });
});
