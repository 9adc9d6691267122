import { FakeClock } from "@trunkline/sip-stack/testing";
import { pino } from "pino";
import { expect, test } from "vitest";
import { ending } from "../kernel/ending.ts";
import { logJournal } from "./log.ts";

function makeLog() {
  const lines: Record<string, unknown>[] = [];
  const clock = new FakeClock();
  const log = pino({ base: null, timestamp: false }, { write: (text: string) => void lines.push(JSON.parse(text)) });
  return { lines, clock, journal: logJournal(log, clock) };
}

test("every line about a call carries its id and why it ended", () => {
  const { lines, journal } = makeLog();
  journal.record({ kind: "call-arrived", call: "k1", from: "alice", to: "+12025550123", sipCallId: "c1" });
  journal.record({ kind: "call-ended", call: "k1", ending: ending("busy", "callee") });
  journal.record({ kind: "ack-late", call: "k1", leg: "a", contact: "<sip:10.0.0.1>" });
  journal.record({ kind: "leg-state", call: "k1", leg: "a", state: "away" });
  journal.record({ kind: "party-changed", call: "k1", how: "takeover", by: "a", to: "c1" });
  expect(lines).toEqual([
    { level: 30, call: "k1", from: "alice", to: "+12025550123", sipCallId: "c1", msg: "call-arrived" },
    {
      level: 30,
      call: "k1",
      by: "callee",
      code: "busy",
      words: "The line is busy.",
      sip: 486,
      q850: 17,
      msg: "call-ended",
    },
    {
      level: 40,
      call: "k1",
      leg: "a",
      contact: "<sip:10.0.0.1>",
      msg: expect.stringContaining("no ACK for our 200 within 3 s"),
    },
    { level: 30, call: "k1", leg: "a", state: "away", msg: "leg-state" },
    { level: 30, call: "k1", how: "takeover", by: "a", to: "c1", msg: "party-changed" },
  ]);
});

test("a flood of refusals writes ten lines a second, and the next one says how many it stands for", async () => {
  const { lines, clock, journal } = makeLog();
  const refuse = (): void =>
    journal.record({ kind: "refused", what: "INVITE", source: "192.0.2.9:5060", why: "not in trunk.allow" });
  for (let count = 0; count < 1000; count++) refuse();
  expect(lines).toHaveLength(10);
  await clock.advance(1000);
  refuse();
  expect(lines[10]).toEqual({
    level: 40,
    what: "INVITE",
    source: "192.0.2.9:5060",
    why: "not in trunk.allow",
    unwritten: 990,
    msg: "refused",
  });
});
