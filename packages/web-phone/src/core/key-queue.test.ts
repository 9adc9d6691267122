import { expect, test } from "vitest";
import { FakeClock } from "../testing/fake-clock.ts";
import { KeyQueue, keyPlan } from "./key-queue.ts";

function scene() {
  const clock = new FakeClock();
  const sent: [key: string, atMs: number][] = [];
  const queue = new KeyQueue(clock, (key) => sent.push([key, clock.nowMs()]));
  return { clock, sent, queue };
}

test("keys keep their order and their distance", async () => {
  const { clock, sent, queue } = scene();
  for (const key of "11") queue.push(key);
  await clock.advance(1000);
  queue.push("9");
  expect(sent).toEqual([
    ["1", 0],
    ["1", keyPlan.toneMs + keyPlan.gapMs],
    ["9", 1000],
  ]);
});

test("a key pressed within the tone of the last waits for its end", async () => {
  const { clock, sent, queue } = scene();
  queue.push("1");
  await clock.advance(50);
  queue.push("2");
  await clock.advance(1000);
  expect(sent[1]).toEqual(["2", keyPlan.toneMs + keyPlan.gapMs]);
});

test("a full queue takes no more and counts what it dropped", async () => {
  const { clock, sent, queue } = scene();
  const taken = Array.from({ length: 100 }, () => queue.push("7")).filter(Boolean).length;
  expect(queue.dropped).toBe(100 - taken);
  await clock.advance(60_000);
  expect(sent.length).toBe(taken);
  expect(clock.pending).toBe(0);
});
