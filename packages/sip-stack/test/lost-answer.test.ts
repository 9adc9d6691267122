import { expect, test } from "vitest";
import { answer, offer, scene } from "./agents.ts";

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
