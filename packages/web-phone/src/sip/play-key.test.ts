import { expect, test } from "vitest";
import { FakeClock } from "../testing/fake-clock.ts";
import { type KeyOutlet, playKey } from "./play-key.ts";

/** A browser's sender that begins nothing until the test says so. */
class FakeOutlet extends EventTarget {
  readonly inserted: string[] = [];
  canInsertDTMF = true;

  insertDTMF(tones: string, durationMs?: number): void {
    this.inserted.push(`${tones} ${durationMs}`);
  }

  fire(tone: string): void {
    this.dispatchEvent(Object.assign(new Event("tonechange"), { tone }));
  }
}

function scene() {
  const clock = new FakeClock();
  const outlet = new FakeOutlet();
  let played = 0;
  const stop = playKey({
    clock,
    outlet: () => outlet as unknown as KeyOutlet,
    key: "5",
    durationMs: 100,
    played: () => {
      played += 1;
    },
  });
  return { clock, outlet, stop, played: () => played };
}

test("a key that has begun is played once, however long it takes", async () => {
  const { clock, outlet, played } = scene();
  outlet.fire("5");
  await clock.advance(5000);
  expect(played()).toBe(0);
  outlet.fire("");
  outlet.fire("");
  expect(played()).toBe(1);
  expect(outlet.inserted).toEqual(["5 100"]);
});

test("a key that the browser forgot, or cannot take yet, is given to it again", async () => {
  const { clock, outlet } = scene();
  await clock.advance(250);
  outlet.canInsertDTMF = false;
  await clock.advance(250);
  outlet.canInsertDTMF = true;
  await clock.advance(250);
  expect(outlet.inserted).toEqual(["5 100", "5 100", "5 100"]);
  outlet.fire("5");
  expect(clock.pending).toBe(0);
});

test("a key that is given up is neither tried again nor reported", async () => {
  const { clock, outlet, stop, played } = scene();
  stop();
  outlet.fire("");
  await clock.advance(5000);
  expect([outlet.inserted.length, played(), clock.pending]).toEqual([1, 0, 0]);
});
