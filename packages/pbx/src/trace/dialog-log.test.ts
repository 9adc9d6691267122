import { expect, test } from "vitest";
import { DialogLog } from "./dialog-log.ts";
import type { WireEntry } from "./wire-entry.ts";

let number = 0;
const entry = (sipCallId: string, bytes = 10): WireEntry => ({
  number: number++,
  atMs: 0,
  wallMs: 0,
  direction: "in",
  outcome: "accepted",
  transport: "udp",
  local: "127.0.0.1:5060",
  remote: "127.0.0.2:5060",
  sipCallId,
  bytes: new Uint8Array(bytes),
  omittedBytes: 0,
});

test("the dialog that has been silent longest goes first when there are too many messages", () => {
  const log = new DialogLog({ messages: 4, bytes: 1000, messagesPerDialog: 100 });
  for (const id of ["one", "two", "one", "two", "one"]) log.add(entry(id));
  expect(log.of("two")).toHaveLength(0);
  expect(log.of("one")).toHaveLength(3);
  expect(log.dropped).toBe(2);
});

test("bytes are bounded, and one message above the bound leaves nothing behind", () => {
  const log = new DialogLog({ messages: 100, bytes: 1000, messagesPerDialog: 100 });
  for (let n = 0; n < 5; n++) log.add(entry(`small ${n}`, 200));
  expect(log.all()).toHaveLength(5);
  log.add(entry("large", 900));
  expect(log.all().map(({ sipCallId }) => sipCallId)).toEqual(["large"]);
  log.add(entry("too large", 1001));
  expect(log.all()).toEqual([]);
});

test("a dialog with too many messages keeps its beginning and the latest", () => {
  const log = new DialogLog({ messages: 1000, bytes: 1000_000, messagesPerDialog: 30 });
  const added = Array.from({ length: 100 }, () => entry("one"));
  for (const each of added) log.add(each);
  expect(log.of("one")).toEqual([...added.slice(0, 20), ...added.slice(-10)]);
  expect(log.dropped).toBe(70);
});

test("a dialog that is taken out no longer counts", () => {
  const log = new DialogLog({ messages: 2, bytes: 1000, messagesPerDialog: 100 });
  for (const id of ["one", "one"]) log.add(entry(id));
  expect(log.take("one")).toHaveLength(2);
  for (const id of ["two", "two"]) log.add(entry(id));
  expect(log.all()).toHaveLength(2);
  expect(log.dropped).toBe(0);
});
