import { FakeClock } from "@trunkline/sip-stack/testing";
import { expect, test } from "vitest";
import { Pace } from "./pace.ts";

/** Asks for so many turns at once and notes when each comes, in ms; -1 for those that are refused. */
async function turns(count: number, callsPerSecond: number): Promise<readonly number[]> {
  const clock = new FakeClock();
  const pace = new Pace(clock);
  const came: number[] = [];
  const all = Array.from({ length: count }, () =>
    pace.turn(callsPerSecond, "ann").then((isMine) => came.push(isMine ? clock.nowMs() : -1)),
  );
  await clock.advance(60_000);
  await Promise.all(all);
  return came;
}

test("one call a second: the second and third wait for their turn, the fourth would wait too long", async () => {
  expect(await turns(4, 1)).toEqual([0, -1, 1000, 2000]);
});

test("ten calls a second", async () => {
  const came = await turns(30, 10);
  expect(came.filter((atMs) => atMs >= 0)).toEqual(Array.from({ length: 21 }, (_, at) => at * 100));
});

test("who calls after a pause does not wait", async () => {
  const clock = new FakeClock();
  const pace = new Pace(clock);
  expect(await pace.turn(1, "ann")).toBe(true);
  await clock.advance(1000);
  expect(await pace.turn(1, "ann")).toBe(true);
  expect(clock.nowMs()).toBe(1000);
});

test("a caller who waits for most turns gives one to another who waits for fewer, and to herself none", async () => {
  const clock = new FakeClock();
  const pace = new Pace(clock);
  const came: string[] = [];
  const ask = (who: string): void =>
    void pace.turn(1, who).then((isMine) => came.push(isMine ? `${who} ${clock.nowMs()}` : `${who} refused`));
  for (const who of ["ann", "ann", "ann", "ann", "ben", "cy"]) ask(who);
  await clock.advance(60_000);
  expect(came.toSorted()).toEqual(["ann 0", "ann 1000", "ann refused", "ann refused", "ben 2000", "cy refused"]);
});
