import { expect, test } from "vitest";
import { Refusals } from "./refusals.ts";

test("each refusal is counted by its reason and kept with its source, newest first", () => {
  let now = 0;
  const refusals = new Refusals(() => (now += 1000));
  refusals.add("INVITE", "192.0.2.9:5060", "not in trunk.allow");
  refusals.add("OPTIONS", "192.0.2.10:5060", "not in trunk.allow");
  expect(refusals.counts).toEqual({ "not in trunk.allow": 2 });
  expect(refusals.latest(1)).toEqual([
    { atMs: 2000, what: "OPTIONS", source: "192.0.2.10:5060", why: "not in trunk.allow" },
  ]);
});

test("a flood of strangers takes no more than a thousand places, and every one of them is counted", () => {
  const refusals = new Refusals(() => 0);
  for (let at = 0; at < 5000; at += 1) refusals.add("INVITE", `192.0.2.9:${at}`, `reason ${at % 2000}`);
  const counts = Object.values(refusals.counts);
  expect(counts.length).toBe(1001);
  expect(counts.reduce((sum, count) => sum + count, 0)).toBe(5000);
  expect(refusals.latest(5000)).toHaveLength(1000);
  expect(refusals.latest(1)[0]?.source).toBe("192.0.2.9:4999");
});
