import { setTimeout } from "node:timers/promises";
import { expect, test, vi } from "vitest";
import { intervalsOf } from "../../harness/audio/intervals.ts";
import { durationMs } from "../../harness/audio/sound.ts";
import { bareHouse, earOf, hearEachOther, outsideHz, pageEar } from "./bare-house.ts";
import { fromNow, voice } from "./hears.ts";

const house = bareHouse();

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
