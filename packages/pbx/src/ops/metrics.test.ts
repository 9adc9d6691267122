import { expect, test } from "vitest";
import { fakeOperations } from "../../test/fakes/operations.ts";
import { ending } from "../kernel/ending.ts";
import { Metrics, metricMeanings } from "./metrics.ts";

const call = {
  id: "c1",
  direction: "inbound",
  from: "+12025550123",
  to: "+16185558387",
  users: ["alice"],
  legs: [],
} as const;

const linesOf = (text: string): readonly string[] =>
  text.split("\n").filter((line) => /^trunkline_(?!process|nodejs)/.test(line));

test("calls are counted by how they ended, and how long they rang and were talked", async () => {
  const metrics = new Metrics();
  const times = { startedAtMs: 1000, answeredAtMs: 4000, endedAtMs: 64_000 };
  metrics.onOver({ ...call, ...times, ending: ending("hung-up", "caller") });
  metrics.onOver({ ...call, startedAtMs: 1000, endedAtMs: 2000, ending: ending("busy", "callee") });
  const lines = linesOf(await metrics.text(fakeOperations()));
  expect(lines).toContain('trunkline_calls_ended_total{direction="inbound",code="hung-up",by="caller"} 1');
  expect(lines).toContain('trunkline_calls_ended_total{direction="inbound",code="busy",by="callee"} 1');
  expect(lines).toContain('trunkline_call_answer_seconds_sum{direction="inbound"} 3');
  expect(lines).toContain('trunkline_call_talk_seconds_bucket{le="60",direction="inbound"} 1');
});

test("a call that only an announcement answered was not talked", async () => {
  const metrics = new Metrics();
  const times = { startedAtMs: 1000, answeredAtMs: 4000, answeredBy: "announcement", endedAtMs: 64_000 };
  metrics.onOver({ ...call, ...times, ending: ending("no-answer", "callee") });
  const lines = linesOf(await metrics.text(fakeOperations()));
  expect(lines.filter((line) => /talk_seconds|answer_seconds/.test(line) && !line.startsWith("#"))).toEqual([]);
});

test("a clock that was set back makes no negative time", async () => {
  const metrics = new Metrics();
  const times = { startedAtMs: 9000, answeredAtMs: 4000, endedAtMs: 1000 };
  metrics.onOver({ ...call, ...times, ending: ending("hung-up", "caller") });
  expect(linesOf(await metrics.text(fakeOperations()))).toContain(
    'trunkline_call_talk_seconds_sum{direction="inbound"} 0',
  );
});

test("what is counted elsewhere is shown as it stands, scrape after scrape; an address that is gone is shown no more", async () => {
  const metrics = new Metrics();
  const status = await fakeOperations().status();
  await metrics.text(fakeOperations());
  const lines = linesOf(await metrics.text(fakeOperations()));
  expect(lines).toContain('trunkline_refused_total{why="stranger"} 3');
  expect(lines).toContain('trunkline_trunk_up{address="192.0.2.10:5060"} 1');
  expect(lines).toContain('trunkline_trunk_up{address="192.0.2.11:5060"} 0');
  expect(lines).toContain('trunkline_trunk_round_trip_seconds{address="192.0.2.10:5060"} 0.0124');
  const moved = { ...status, trunk: { ...status.trunk, targets: [] } };
  const later = linesOf(await metrics.text(fakeOperations({ status: async () => moved })));
  expect(later.filter((line) => /^trunkline_trunk_(up|round)/.test(line))).toEqual([]);
});

test("every metric that is described is there, and no other of ours; no label tells who calls whom", async () => {
  const metrics = new Metrics();
  metrics.onOver({ ...call, startedAtMs: 0, answeredAtMs: 1, endedAtMs: 2, ending: ending("hung-up", "caller") });
  const text = await metrics.text(fakeOperations());
  const named = [...text.matchAll(/^# TYPE (trunkline_(?!process|nodejs)\S+)/gm)].map(([, name]) => name);
  expect(named.sort()).toEqual(Object.keys(metricMeanings).sort());
  expect(text).not.toMatch(/alice|2025550123|6185558387|c1"/);
});
