import { setTimeout } from "node:timers/promises";
import { expect, onTestFinished, test, vi } from "vitest";
import { between, durationMs } from "../../harness/audio/sound.ts";
import { lastRecord } from "../peers/counters.ts";
import { cuttableWay } from "../peers/cuttable-way.ts";
import { bareHouse, comfortHz, earOf, hearEachOther, tonesOf } from "./bare-house.ts";
import { fromNow } from "./hears.ts";

const house = bareHouse();

/** The page calls by a way whose sound can be cut. */
async function callingByWay() {
  const page = await house.phone("jssip");
  const way = await cuttableWay(page.page);
  onTestFinished(() => way.close());
  return { ...(await house.callingOn(page)), way };
}

test("sound that is cut for five seconds: the network hears that the other is away, and then its voice again", async () => {
  const { page, far, way } = await callingByWay();
  await hearEachOther(page, far);
  const since = await fromNow(earOf(far));
  way.cut(true);
  await setTimeout(5000);
  way.cut(false);
  await hearEachOther(page, far);
  expect(await tonesOf(since, comfortHz)).toBeGreaterThan(0);
  expect(far.sound.ssrcs.size).toBe(1);
  await page.hangUp();
  await far.over;
});

test("a browser that comes back by another path, after an ICE restart, has its call again", async () => {
  const { page, far, way } = await callingByWay();
  await hearEachOther(page, far);
  const since = await fromNow(earOf(far));
  way.cut(true);
  await vi.waitFor(async () => expect(await tonesOf(since, comfortHz)).toBeGreaterThan(1), 10_000);
  way.openAnother();
  await page.restartIce();
  await hearEachOther(page, far);
  expect(far.sound.ssrcs.size).toBe(1);
  await page.hangUp();
  await far.over;
});

test("a browser whose path is broken is offered another one by the server, and has its call again", async () => {
  const { page, far, way } = await callingByWay();
  await hearEachOther(page, far);
  way.cut(true);
  way.openAnother();
  await hearEachOther(page, far);
  expect(far.sound.ssrcs.size).toBe(1);
  await page.hangUp();
  await far.over;
});

test("sound that is cut for good: after twenty seconds of comfort tones the call ends, and the record says why", async () => {
  const { page, far, way } = await callingByWay();
  await hearEachOther(page, far);
  const since = await fromNow(earOf(far));
  way.cut(true);
  await far.over;
  const heard = await since();
  expect(await tonesOf(async () => between(heard, 4000, durationMs(heard)), comfortHz)).toBeGreaterThan(7);
  expect(await page.ended()).toBe("The connection to the other side was lost.");
  expect(await lastRecord(house.running)).toMatchObject({ ending: { code: "peer-lost" } });
});
