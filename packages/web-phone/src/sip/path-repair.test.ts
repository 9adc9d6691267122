import { expect, test } from "vitest";
import { FakeClock } from "../testing/fake-clock.ts";
import { firstRepairMs, nextRepairMs, PathRepair } from "./path-repair.ts";

function scene() {
  const clock = new FakeClock();
  let restarts = 0;
  const repair = new PathRepair(clock, () => {
    restarts += 1;
  });
  return { clock, repair, restarts: () => restarts };
}

test("an interrupted path is repaired again and again, through checks, until it is there", async () => {
  const { clock, repair, restarts } = scene();
  repair.heard("connected");
  repair.heard("interrupted");
  await clock.advance(firstRepairMs - 1);
  expect(restarts()).toBe(0);
  await clock.advance(1);
  expect(restarts()).toBe(1);
  repair.heard("checking");
  repair.heard("interrupted");
  await clock.advance(nextRepairMs);
  expect(restarts()).toBe(2);
  repair.heard("connected");
  await clock.advance(60_000);
  expect([restarts(), clock.pending]).toEqual([2, 0]);
});

test.each(["connected", "failed"] as const)("a path that is %s in time is left alone", async (path) => {
  const { clock, repair, restarts } = scene();
  repair.heard("interrupted");
  repair.heard(path);
  await clock.advance(60_000);
  expect([restarts(), clock.pending]).toEqual([0, 0]);
});

test("a call that is over repairs nothing", async () => {
  const { clock, repair, restarts } = scene();
  repair.heard("interrupted");
  repair.close();
  repair.close();
  await clock.advance(60_000);
  expect([restarts(), clock.pending]).toEqual([0, 0]);
});
