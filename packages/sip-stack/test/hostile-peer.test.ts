import { expect, test } from "vitest";
import { type SeededRandom, seededRandom } from "../src/testing/index.ts";
import { aliceAt, answer, bobAt, scene } from "./agents.ts";
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

function mutate(bytes: Uint8Array, random: SeededRandom): Uint8Array {
  const text = Buffer.from(bytes).toString("latin1");
  const lines = text.split("\r\n");
  const pick = (length: number): number => Math.floor(random.fraction() * length);
  const kind = pick(7);
  if (kind === 0) lines.splice(pick(lines.length), 1);
  else if (kind === 1) lines.splice(pick(lines.length), 0, lines[pick(lines.length)] ?? "");
  else if (kind === 2) lines[0] = (lines[0] ?? "").replace(/\d\d\d|[A-Z]{3,}/, () => String(100 + pick(600)));
  else if (kind === 3) return bytes.slice(0, pick(bytes.length));
  else if (kind === 4) return bytes.with(pick(bytes.length), pick(256));
  else if (kind === 5) lines[pick(lines.length)] = "CSeq: 2147483647 INVITE";
  else {
    const at = pick(lines.length);
    lines[at] = (lines[at] ?? "").replace(/[;:=<>@]/, () => ';:=<>@,"%\\'[pick(10)] ?? "");
  }
  return Buffer.from(lines.join("\r\n"), "latin1");
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
