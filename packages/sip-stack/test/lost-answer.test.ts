import { expect, test } from "vitest";
import type { SipRequest } from "../src/index.ts";
import { aliceAt, answer, offer, scene } from "./agents.ts";
import { Probe } from "./probe.ts";

test("a re-INVITE whose answers are lost for good ends with its dialog, 64*T1 later", async () => {
  const { bob, clock, dial, network, rest } = await scene();
  bob.onCall = (call, user) => {
    user.settle = () => {};
    call.answer(answer);
  };
  const { call } = dial();
  await clock.advance(100);
  const pending = call.reinvite(offer);
  await clock.advance(1000);
  const heal = network.partition(() => true);
  call.hangUp();
  await clock.advance(40_000);
  heal();
  expect(await pending).toMatchObject({ ok: false, error: { code: "SIP_TRANSACTION_TIMEOUT" } });
  bob.last().call.hangUp();
  await rest();
});

const calleeAt = { address: "10.0.0.3", port: 5060 };

/** A 200 to a request, with lines of the test's. */
function accepted(request: SipRequest | undefined, ...lines: string[]): string {
  const copied = ["Via", "From", "Call-ID", "CSeq"].map((name) => `${name}: ${request?.headers.get(name)}`);
  const to = request?.headers.get("To") ?? "";
  return ["SIP/2.0 200 OK", ...copied, `To: ${to.includes("tag=") ? to : `${to};tag=1`}`, ...lines, "", ""].join(
    "\r\n",
  );
}

/** Alice talks with a peer that says what the test says, and has sent it a re-INVITE. */
async function renegotiating() {
  const on = await scene();
  const peer = await Probe.open(on.network, calleeAt);
  const { call, user } = on.dial({ destination: { transport: "udp", ...calleeAt } });
  await on.clock.advance(10);
  peer.sendText(accepted(peer.requests[0], "Contact: <sip:peer@10.0.0.3>"), aliceAt);
  await on.clock.advance(10);
  const outcome = call.reinvite(offer);
  await on.clock.advance(10);
  return { ...on, call, user, peer, outcome, invite: peer.requests.at(-1) };
}

test.each([
  ["a CSeq that is none", (text: string) => text.replace(/CSeq: .*/, "CSeq: two INVITE")],
  ["less body than it says", (text: string) => text.replace("\r\n\r\n", "\r\nContent-Length: 9\r\n\r\nshort")],
  ["no From", (text: string) => text.replace(/From: .*\r\n/, "")],
])(
  "a re-INVITE that is only answered by a 200 with %s ends the call, 64*T1 later, and nothing is left",
  async (_, spoil) => {
    const { alice, clock, invite, outcome, peer, rest, user } = await renegotiating();
    peer.sendText(spoil(accepted(invite, "Contact: <sip:peer@10.0.0.3>")), aliceAt);
    await clock.advance(33_000);
    expect(await outcome).toMatchObject({ ok: false, error: { code: "SIP_TRANSACTION_TIMEOUT" } });
    expect(Object.keys(alice.agent.counters().totals.refused)).toEqual([expect.stringMatching(/^malformed: /)]);
    expect(user.ends).toMatchObject([{ by: "failure", cause: "timeout" }]);
    await rest();
  },
);

test("a 200 to a re-INVITE whose Contact cannot be read is acknowledged where the call led before", async () => {
  const { call, clock, invite, outcome, peer, rest } = await renegotiating();
  peer.sendText(accepted(invite, "Contact: <sip:[bad>"), aliceAt);
  await clock.advance(100);
  expect(await outcome).toMatchObject({ ok: true, response: { status: 200 } });
  call.hangUp();
  await clock.advance(100);
  const after = peer.requests.slice(-2).map(({ method, uri }) => `${method} ${uri}`);
  expect(after).toEqual(["ACK sip:peer@10.0.0.3", "BYE sip:peer@10.0.0.3"]);
  await rest();
});
