import { expect, test } from "vitest";
import { answer, scene } from "./agents.ts";

test("an INVITE that the application never settles rings every minute and ends with 480 after the bound", async () => {
  const { bob, clock, dial, rest } = await scene();
  bob.onCall = (call) => call.ring(180);
  const { user } = dial();
  await clock.advance(299_000);
  expect(user.ringing.map(({ status }) => status)).toEqual([180, 180, 180, 180, 180]);
  await clock.advance(2000);
  expect(user.ends).toMatchObject([{ cause: "rejected", response: { status: 480 } }]);
  expect(user.ends[0]?.cause === "rejected" && user.ends[0].response.headers.get("Reason")).toContain("SIP;cause=480");
  expect(bob.last().user.ends).toMatchObject([{ by: "failure", error: { code: "SIP_NOT_SETTLED" } }]);
  await rest();
});

test("a silent application's INVITE ends after the bound that the user agent was given", async () => {
  const { clock, dial, rest } = await scene({}, { ringingMs: 10_000 });
  const { user } = dial();
  await clock.advance(10_100);
  expect(user.ringing).toEqual([]);
  expect(user.ends).toMatchObject([{ cause: "rejected", response: { status: 480 } }]);
  await rest();
});

test("a re-INVITE that the application never settles gets 480 and the call goes on", async () => {
  const { bob, clock, dial, rest } = await scene({}, { ringingMs: 30_000 });
  bob.onCall = (call) => call.answer(answer);
  const { call } = dial();
  await clock.advance(100);
  bob.last().user.settle = () => {};
  const [outcome] = await Promise.all([call.reinvite(answer), clock.advance(31_000)]);
  expect(outcome).toMatchObject({ ok: true, response: { status: 480 } });
  bob.last().user.settle = (incoming) => incoming.accept(answer);
  const [again] = await Promise.all([call.reinvite(answer), clock.advance(100)]);
  expect(again).toMatchObject({ ok: true, response: { status: 200 } });
  call.hangUp();
  await rest();
});

test("a re-INVITE that has had no final answer for a minute is cancelled and the call goes on", async () => {
  const { alice, bob, clock, dial, rest } = await scene();
  bob.onCall = (call) => call.answer(answer);
  const { call } = dial();
  await clock.advance(100);
  bob.last().user.settle = () => {};
  const [outcome] = await Promise.all([call.reinvite(answer), clock.advance(61_000)]);
  expect(outcome).toMatchObject({ ok: true, response: { status: 487 } });
  expect(alice.ladder.filter((line) => line === "> CANCEL")).toHaveLength(1);
  bob.last().user.settle = (incoming) => incoming.accept(answer);
  const [again] = await Promise.all([call.reinvite(answer), clock.advance(100)]);
  expect(again).toMatchObject({ ok: true, response: { status: 200 } });
  call.hangUp();
  await rest();
});

test("Allow names what the application says it handles beside the stack's own methods", async () => {
  const { bob, clock, dial, rest, alice } = await scene({}, { allow: ["INFO", "REFER"] });
  bob.onCall = (call) => call.answer(answer);
  const { call, user } = dial();
  await clock.advance(100);
  expect(alice.wire[0]?.message?.headers.get("Allow")).toBe("INVITE, ACK, CANCEL, BYE, OPTIONS, UPDATE");
  expect(user.answered[0]?.response.headers.get("Allow")).toBe(
    "INVITE, ACK, CANCEL, BYE, OPTIONS, UPDATE, INFO, REFER",
  );
  call.hangUp();
  await rest();
});
