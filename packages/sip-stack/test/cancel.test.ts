import { expect, test } from "vitest";
import { answer, scene } from "./agents.ts";

test("a caller who hangs up while it rings cancels the call on both sides", async () => {
  const { alice, bob, clock, dial, rest } = await scene();
  bob.onCall = (call) => call.ring(180);
  const { call, user } = dial();
  await clock.advance(1000);
  call.hangUp({ headers: [["Reason", 'SIP;cause=200;text="Call completed elsewhere"']] });
  expect(call.state).toBe("ended");
  await clock.advance(1000);
  expect(user.ends).toEqual([{ by: "local", cause: "hung-up" }]);
  const [end] = bob.last().user.ends;
  expect(end).toMatchObject({ by: "remote", cause: "cancel" });
  expect(end?.by === "remote" && "request" in end && end.request.headers.get("Reason")).toContain("elsewhere");
  expect(bob.last().call.state).toBe("ended");
  expect(alice.ladder).toEqual(["> INVITE", "< 180", "> CANCEL", "< 200", "< 487", "> ACK"]);
  await rest();
});

test("a caller who hangs up before any response cancels only after the first one", async () => {
  const { alice, bob, clock, dial, rest } = await scene({ delayMs: 50 });
  const { call, user } = dial();
  call.hangUp();
  await clock.advance(100);
  expect(user.ends).toEqual([{ by: "local", cause: "hung-up" }]);
  expect(alice.ladder).toEqual(["> INVITE"]);
  await clock.advance(1000);
  expect(alice.ladder).toEqual(["> INVITE", "< 100", "> CANCEL", "< 200", "< 487", "> ACK"]);
  expect(bob.last().user.ends).toMatchObject([{ by: "remote", cause: "cancel" }]);
  await rest();
});

test("a 200 that crosses our CANCEL is acknowledged and ended with BYE", async () => {
  const { alice, bob, clock, dial, rest } = await scene({ delayMs: 50 });
  bob.onCall = (call) => call.ring(180);
  const { call, user } = dial();
  await clock.advance(200);
  call.hangUp();
  bob.last().call.answer(answer);
  await clock.advance(1000);
  expect(user.answered).toEqual([]);
  expect(user.ends).toEqual([{ by: "local", cause: "hung-up" }]);
  expect(bob.last().user.ends).toMatchObject([{ by: "remote", cause: "bye" }]);
  expect(alice.ladder).toEqual(["> INVITE", "< 180", "> CANCEL", "< 200", "> ACK", "> BYE", "< 200", "< 200"]);
  await rest();
});

test("a CANCEL that comes after our 200 is answered and changes nothing", async () => {
  const { bob, clock, dial, rest } = await scene({ delayMs: 50 });
  bob.onCall = (call) => call.ring(180);
  const { call } = dial();
  await clock.advance(200);
  bob.last().call.answer(answer);
  call.hangUp();
  await clock.advance(60);
  expect(bob.last().call.state).toBe("confirmed");
  expect(bob.ladder.slice(-2)).toEqual(["< CANCEL", "> 200"]);
  await rest();
});

test("a cancelled INVITE that never gets its final response is given up after 64*T1", async () => {
  const { alice, bob, clock, network, dial, rest } = await scene();
  bob.onCall = (call) => call.ring(180);
  const { call } = dial();
  await clock.advance(1000);
  await bob.agent.close();
  call.hangUp();
  await clock.advance(31_900);
  expect(alice.agent.counters().live.calls).toBe(1);
  await clock.advance(200);
  expect(alice.agent.counters().live.calls).toBe(0);
  expect(network.lost).toBe(0);
  await rest();
});
