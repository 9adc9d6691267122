import { expect, test } from "vitest";
import { request } from "../src/testing/index.ts";
import { aliceAt, bobAt, scene } from "./agents.ts";
import { Probe } from "./probe.ts";

test("a callee whom the caller tells that the early dialog is gone refuses the INVITE with 480 and the reason", async () => {
  const { bob, clock, network, rest } = await scene();
  const probe = await Probe.open(network);
  bob.onCall = (call) => call.ring(180);
  const contact = "<sip:caller@10.0.0.9:5060>";
  probe.send(request("INVITE", "sip:bob@10.0.0.2", { Contact: contact }), bobAt);
  await clock.advance(100);
  const { call, user } = bob.last();
  void call.request("INFO");
  await clock.advance(100);
  const [info] = probe.requests;
  const lines = ["Via", "From", "To", "Call-ID", "CSeq"].map((name) => `${name}: ${info?.headers.get(name)}`);
  probe.sendText(["SIP/2.0 481 Gone", ...lines, "", ""].join("\r\n"), bobAt);
  await clock.advance(100);
  const refusal = probe.responses.at(-1);
  expect([refusal?.status, refusal?.headers.get("Reason")?.split(";")[1]]).toEqual([480, "cause=481"]);
  expect(user.ends).toMatchObject([{ by: "failure", error: { code: "SIP_DIALOG_GONE" } }]);
  await rest();
});

test.each([
  ["plain", [], 100, 0],
  ["reliable", ["Require: 100rel", "RSeq: 1"], 8, 8],
] as const)(
  "a callee that rings %s under a hundred tags gets eight dialogs, no more",
  async (_, lines, rings, pracks) => {
    const { alice, clock, dial, network, rest } = await scene();
    const forks = await Probe.open(network, { address: "10.0.0.3", port: 5060 });
    const { call, user } = dial({
      destination: { transport: "udp", address: "10.0.0.3", port: 5060 },
      reliable: "supported",
    });
    await clock.advance(10);
    const [invite] = forks.requests;
    const copied = ["Via", "From", "Call-ID", "CSeq"].map((name) => `${name}: ${invite?.headers.get(name)}`);
    for (let fork = 0; fork < 100; fork += 1) {
      const own = [`To: ${invite?.headers.get("To")};tag=${fork}`, `Contact: <sip:${fork}@10.0.0.3>`];
      forks.sendText(["SIP/2.0 180 Ringing", ...copied, ...own, ...lines, "", ""].join("\r\n"), aliceAt);
    }
    await clock.advance(20);
    expect(alice.agent.counters().live.dialogs).toBe(8);
    expect(alice.agent.counters().totals.refused).toEqual({ "too many early dialogs": 92 });
    expect(user.ringing).toHaveLength(rings);
    expect(forks.requests.filter(({ method }) => method === "PRACK")).toHaveLength(pracks);
    call.hangUp();
    await rest();
  },
);
