import * as sip from "@trunkline/sip-stack";
import { afterEach, expect, test, vi } from "vitest";
import { testNetwork } from "../harness/network.ts";
import { startSipp } from "../harness/sipp/sipp.ts";

const network = testNetwork();
const us = { address: `${network}.1`, port: 5060 };
const them = { address: `${network}.2`, port: 5060 };
const others = { address: `${network}.3`, port: 5060 };
const sdp = sip.sdpBody(
  `v=0\r\no=us 1 1 IN IP4 ${us.address}\r\ns=call\r\nc=IN IP4 ${us.address}\r\nt=0 0\r\nm=audio 4000 RTP/AVP 0\r\n`,
);
/** A fifth of the usual times: what waits for 64*T1 is over after 6.4 s. */
const timers = { t1: 100, t2: 800, t4: 1000 };

/** What an answered call has come to; both sides of a call of ours know it. */
class Calls implements sip.OutgoingCallUser {
  readonly ends: sip.CallEnd[] = [];
  answered = 0;
  onRinging(): void {}
  onAnswer(): void {}
  onAnswered(): void {
    this.answered += 1;
  }
  onEnded(end: sip.CallEnd): void {
    this.ends.push(end);
  }
  onOffer(offer: sip.IncomingOffer): void {
    offer.reject(488);
  }
  onRequest(incoming: sip.IncomingRequest): void {
    incoming.respond(501);
  }
}

const agents: sip.UserAgent[] = [];
afterEach(() => Promise.all(agents.splice(0).map((agent) => agent.close())));

/** A user agent that answers every call at once. */
async function answering(options: Partial<sip.UserAgentOptions> = {}) {
  const calls = new Calls();
  const agent = sip.userAgent({
    transports: [sip.udpTransport({ bind: us })],
    user: {
      onCall(call) {
        call.attach(calls);
        call.ring(180);
        call.answer(sdp);
      },
      onRequest: (incoming) => incoming.respond(405),
    },
    ...options,
  });
  agents.push(agent);
  await agent.listen();
  const emptied = () =>
    vi.waitFor(() => expect(agent.counters().live).toEqual({ transactions: 0, dialogs: 0, calls: 0, timers: 0 }), {
      timeout: 50_000,
      interval: 100,
    });
  return { agent, calls, emptied };
}

const lossy = ["-lost", "10"];

test("SIPp calls us and loses a tenth of all messages: every call completes and nothing is left", {
  timeout: 120_000,
}, async () => {
  // The usual times, which are SIPp's as well: whoever forgets sooner than the other repeats loses calls.
  const { calls, emptied } = await answering();
  const load = { calls: 150, callsPerSecond: 30, pauseMs: 1000, arguments: lossy };
  const run = await startSipp({ scenario: "trunk-uac", local: them, remote: us, caller: "+12025550123", ...load })
    .ended;
  expect(run).toMatchObject({ successful: 150, failed: 0 });
  expect(run.retransmissions).toBeGreaterThan(20);
  await emptied();
  expect(calls.ends.filter((end) => end.by === "remote" && end.cause === "bye")).toHaveLength(150);
});

test("we call SIPp, which loses a tenth of all messages: every call is answered, ended and nothing is left", {
  timeout: 120_000,
}, async () => {
  const { agent, calls, emptied } = await answering({ timers });
  const callee = startSipp({ scenario: "lossy-uas", local: them, calls: 100, arguments: lossy });
  await callee.listening;
  const parties = { uri: `sip:peer@${them.address}`, from: `<sip:us@${us.address}>`, to: `<sip:peer@${them.address}>` };
  const destination = { transport: "udp", ...them } as const;
  const made = Array.from({ length: 100 }, () => agent.call({ ...parties, destination, body: sdp, user: calls }));
  await vi.waitFor(() => expect(calls.answered).toBe(100), { timeout: 30_000, interval: 50 });
  for (const call of made) call.hangUp();
  await vi.waitFor(() => expect(calls.ends).toHaveLength(100), { timeout: 30_000, interval: 50 });
  expect(calls.ends.every((end) => end.by === "local" && end.cause === "hung-up")).toBe(true);
  expect(agent.counters().totals.retransmitted).toBeGreaterThan(10);
  await emptied();
  callee.stop();
  await callee.ended;
});

test("more calls than there is room for get 503 with Retry-After; calls that are up complete, and later ones do", {
  timeout: 120_000,
}, async () => {
  const { agent, emptied } = await answering({ timers, limits: { maxDialogs: 60, maxTransactions: 400 } });
  const steady = startSipp({
    scenario: "storm-uac",
    local: them,
    remote: us,
    calls: 30,
    callsPerSecond: 100,
    pauseMs: 6000,
  });
  await vi.waitFor(() => expect(agent.counters().live.calls).toBe(30), { timeout: 10_000, interval: 20 });
  const storm = { calls: 2000, callsPerSecond: 700, pauseMs: 300 };
  const flooded = await startSipp({ scenario: "storm-uac", local: others, remote: us, ...storm }).ended;
  const { refused } = agent.counters().totals;
  const turnedAway = (refused["too many transactions"] ?? 0) + (refused["too many dialogs"] ?? 0);
  expect(flooded).toMatchObject({ successful: 2000, failed: 0 });
  expect(turnedAway).toBeGreaterThan(500);
  expect(await steady.ended).toMatchObject({ successful: 30, failed: 0 });
  await emptied();
  const later = { calls: 20, callsPerSecond: 20, pauseMs: 100 };
  const run = await startSipp({ scenario: "trunk-uac", local: them, remote: us, caller: "+12025550123", ...later })
    .ended;
  expect(run).toMatchObject({ successful: 20, failed: 0 });
});
