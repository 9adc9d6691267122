import { setTimeout } from "node:timers/promises";
import { expect, onTestFinished, test, vi } from "vitest";
import { intervalsOf } from "../../harness/audio/intervals.ts";
import { between, durationMs } from "../../harness/audio/sound.ts";
import { cuttableWay } from "../peers/cuttable-way.ts";
import { bareHouse, comfortHz, earOf, hearEachOther, outsideHz, pageEar, tonesOf } from "./bare-house.ts";
import { fromNow, voice } from "./hears.ts";

const house = bareHouse();

/** The page calls by a way whose sound can be cut. */
async function callingByWay() {
  const page = await house.phone("jssip");
  const way = await cuttableWay(page.page);
  onTestFinished(() => way.close());
  return { ...(await house.callingOn(page)), way };
}

test("a socket that is cut for half a minute interrupts nothing, and the call's end comes over the next one", async () => {
  const { page, far } = await house.calling("jssip");
  await hearEachOther(page, far);
  const [farSince, pageSince] = [await fromNow(earOf(far)), await fromNow(pageEar(page))];
  await page.cutSocket();
  await setTimeout(30_000);
  for (const [ear, hz] of [
    [farSince, voice.hz],
    [pageSince, outsideHz],
  ] as const) {
    const heard = await ear();
    // Both browser and machine may be late by themselves; nothing that the server does takes so long.
    const [whole] = intervalsOf(heard, { hz: [hz], mergeMs: 120 });
    expect((whole!.toMs - whole!.fromMs) / durationMs(heard)).toBeGreaterThan(0.99);
  }
  await page.reconnect();
  await vi.waitFor(
    async () => expect(JSON.parse((await house.running.command("registrations", "--json")).stdout)).toHaveLength(1),
    10_000,
  );
  far.hangUp();
  expect(await page.ended()).toBe("The other side hung up.");
});

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
  await page.restartIce();
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
  expect(await house.lastRecord()).toMatchObject({ ending: { code: "peer-lost" } });
});
