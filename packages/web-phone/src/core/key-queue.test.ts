import { expect, test } from "vitest";
import { KeyQueue, keyPlan } from "./key-queue.ts";

function scene() {
  const sent: string[] = [];
  const queue = new KeyQueue((key, durationMs) => sent.push(`${key} ${durationMs}`));
  return { sent, queue };
}

test("keys keep their order, and each waits until the last is out", () => {
  const { sent, queue } = scene();
  for (const key of "119") queue.push(key);
  expect(sent).toEqual(["1 100"]);
  queue.sent();
  expect(sent).toEqual(["1 100", "1 100"]);
  queue.sent();
  queue.sent();
  queue.push("#");
  expect(sent).toEqual(["1 100", "1 100", "9 100", "# 100"]);
});

test("a closed queue sends nothing more", () => {
  const { sent, queue } = scene();
  for (const key of "12") queue.push(key);
  queue.close();
  queue.sent();
  expect(sent).toEqual(["1 100"]);
});

test("a full queue takes no more and counts what it dropped", () => {
  const { sent, queue } = scene();
  const taken = Array.from({ length: 100 }, () => queue.push("7")).filter(Boolean).length;
  expect([taken, queue.dropped]).toEqual([keyPlan.longestQueue + 1, 100 - taken]);
  for (let count = 0; count < 100; count++) queue.sent();
  expect(sent.length).toBe(taken);
});
