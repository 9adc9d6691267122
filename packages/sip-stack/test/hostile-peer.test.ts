import { expect, test } from "vitest";
import { seededRandom } from "../src/testing/index.ts";
import { aliceAt, answer, bobAt, scene } from "./agents.ts";
import { mutate } from "./mutate.ts";
import { Probe } from "./probe.ts";

/** Everything that two honest user agents say in a call with all its turns, as bytes. */
async function conversation(): Promise<{ readonly bytes: Uint8Array; readonly toBob: boolean }[]> {
  const { bob, clock, dial, network } = await scene();
  const said: { bytes: Uint8Array; toBob: boolean }[] = [];
  network.observe(({ bytes, to }) => said.push({ bytes, toBob: to.address === bobAt.address }));
  bob.onCall = (call) => {
    call.ring(180);
    clock.after(1000, () => call.answer(answer));
  };
  const { call } = dial();
  await clock.advance(2000);
  for (const act of [
    () => call.reinvite(answer),
    () => call.request("UPDATE", { body: answer }),
    () => call.request("INFO"),
  ]) {
    await Promise.all([act(), clock.advance(500)]);
  }
  call.hangUp();
  const cancelled = dial();
  await clock.advance(500);
  cancelled.call.hangUp();
  await clock.advance(2000);
  return said;
}

const seed = 20_261_123;

test(`no mutated message makes a user agent throw or leaves anything behind, seed ${seed}`, async () => {
  const random = seededRandom(seed);
  const said = await conversation();
  const { alice, bob, clock, dial, network, rest } = await scene({ seed });
  bob.onCall = (call) => {
    call.ring(180);
    if (random.fraction() < 0.5) call.answer(answer);
  };
  const probe = await Probe.open(network);
  for (let count = 0; count < 4000; count += 1) {
    const { bytes, toBob } = said[Math.floor(random.fraction() * said.length)] ?? {
      bytes: new Uint8Array(),
      toBob: true,
    };
    probe.sendBytes(mutate(bytes, random), toBob ? bobAt : aliceAt);
    if (count % 500 === 0) dial();
    if (count % 20 === 0) await clock.advance(100);
  }
  await clock.advance(1000);
  for (const { call } of bob.incoming) call.hangUp();
  await clock.advance(40_000);
  for (const { call, user } of bob.incoming) {
    expect(call.state).toBe("ended");
    expect(user.ends).toHaveLength(1);
  }
  expect(bob.agent.counters().totals.received).toBeGreaterThan(2000);
  expect(Object.keys(alice.agent.counters().totals.refused).length).toBeGreaterThan(0);
  await rest();
});
