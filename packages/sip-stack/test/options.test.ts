import { expect, test } from "vitest";
import { aliceAt, bobAt, scene } from "./agents.ts";

const ping = { method: "OPTIONS", uri: "sip:10.0.0.2", from: "<sip:10.0.0.1>", to: "<sip:10.0.0.2>" };

test("OPTIONS is asked and answered both ways", async () => {
  const { alice, bob, clock, rest } = await scene();
  const there = alice.agent.request({ ...ping, destination: { transport: "udp", ...bobAt } });
  const back = bob.agent.request({
    ...ping,
    destination: { transport: "udp", ...aliceAt },
    headers: [["X-Test", "1"]],
  });
  await clock.advance(100);
  for (const outcome of [await there, await back]) {
    expect(outcome).toMatchObject({ ok: true, response: { status: 200 } });
    expect(outcome.ok && outcome.response.headers.get("Allow")).toContain("BYE");
    expect(outcome.ok && outcome.response.headers.get("To")).toMatch(/;tag=[0-9a-f]{32}$/);
  }
  expect(bob.requests.map(({ request }) => request.method)).toEqual(["OPTIONS"]);
  expect(alice.requests[0]?.request.headers.get("X-Test")).toBe("1");
  await rest();
});

test("an unanswered OPTIONS is repeated with growing intervals and ends as a timeout", async () => {
  const { alice, bob, clock, rest } = await scene();
  await bob.agent.close();
  const outcome = alice.agent.request({ ...ping, destination: { transport: "udp", ...bobAt } });
  await clock.advance(33_000);
  expect(await outcome).toMatchObject({ ok: false, error: { code: "SIP_TRANSACTION_TIMEOUT" } });
  const times = alice.wire.map(({ atMs }) => atMs);
  expect(times).toEqual([0, 500, 1500, 3500, 7500, 11_500, 15_500, 19_500, 23_500, 27_500, 31_500]);
  const quick = alice.agent.request({ ...ping, destination: { transport: "udp", ...bobAt }, timeoutMs: 2000 });
  await clock.advance(2000);
  expect(await quick).toMatchObject({ ok: false, error: { code: "SIP_TRANSACTION_TIMEOUT" } });
  await rest();
});

test("an application that never answers leaves nothing behind", async () => {
  const { alice, clock, rest } = await scene({}, { user: { onCall: () => {}, onRequest: () => {} } });
  const outcome = alice.agent.request({ ...ping, destination: { transport: "udp", ...bobAt } });
  await clock.advance(40_000);
  expect(await outcome).toMatchObject({ ok: false });
  await rest();
});

test("a flow's peer may be shown the stack's own methods and option tags alone", async () => {
  const bobs = { supported: ["replaces"], allow: ["REFER"] };
  for (const showsOwnOnly of [() => false, () => true]) {
    const { alice, bob, clock, rest } = await scene({}, { ...bobs, showsOwnOnly });
    const there = alice.agent.request({ ...ping, destination: { transport: "udp", ...bobAt } });
    const back = bob.agent.request({ ...ping, destination: { transport: "udp", ...aliceAt } });
    await clock.advance(100);
    const [outcome] = await Promise.all([there, back]);
    const answer = outcome.ok ? outcome.response.headers : undefined;
    for (const shown of [answer, alice.requests[0]?.request.headers]) {
      expect(shown?.get("Allow")?.includes("REFER")).toBe(!showsOwnOnly());
      expect(shown?.get("Supported")).toBe(showsOwnOnly() ? "timer" : "timer, replaces");
    }
    await rest();
  }
});
