import { describe, expect, test } from "vitest";
import { Backlog } from "../host/ship/backlog.ts";
import { batchOf, fittingIn, limits, lineOf } from "../host/ship/batch.ts";
import { complaints } from "../host/ship/complaints.ts";
import { StillClock } from "./ship-stand-in.ts";

const day = 24 * 60 * 60 * 1000;
const many = (count: number, message: string) => Array.from({ length: count }, () => lineOf(0, message));

describe("a line", () => {
  test("counts its UTF-8 and 26 bytes", () => {
    expect(lineOf(7, "a\u20ac")).toEqual({ atMs: 7, message: "a\u20ac", bytes: 30 });
  });

  test("of 256 KiB goes whole, one byte more is cut, never inside a character", () => {
    const whole = "x".repeat(limits.lineBytes - 26);
    expect(lineOf(0, whole)).toEqual({ atMs: 0, message: whole, bytes: limits.lineBytes });
    for (const shift of ["", "x", "xx", "xxx"]) {
      const { message, bytes } = lineOf(0, `${shift}${"\u{1f4de}".repeat(100_000)}`);
      expect(bytes).toBeLessThanOrEqual(limits.lineBytes);
      const [, kept = "", cut] = /^(.*) \[(\d+) bytes were cut off here\]$/u.exec(message) ?? [];
      expect(Buffer.byteLength(kept) + Number(cut)).toBe(400_000 + shift.length);
      expect(kept).not.toContain("\ufffd");
    }
  });

  test("with half a character is made whole", () => expect(lineOf(0, "a\ud83db").message).toBe("a\ufffdb"));
});

describe("a batch", () => {
  test("has 10,000 lines at most", () => {
    expect(fittingIn(many(10_000, "x"))).toBe(10_000);
    expect(fittingIn(many(10_001, "x"))).toBe(10_000);
  });

  test("has 1 MiB at most", () => {
    expect(fittingIn(many(1024, "x".repeat(998)))).toBe(1024);
    expect(fittingIn([...many(1023, "x".repeat(998)), lineOf(0, "x".repeat(999))])).toBe(1023);
  });

  test("spans less than a day, whichever way the clock was set", () => {
    expect(fittingIn([lineOf(0, "x"), lineOf(day - 1, "x"), lineOf(day, "x")])).toBe(2);
    expect(fittingIn([lineOf(day, "x"), lineOf(1, "x"), lineOf(0, "x")])).toBe(2);
  });

  test("is in order of time; what came last is its place", () => {
    const lines = [lineOf(5, "b", "one"), lineOf(3, "a", "two"), lineOf(5, "c"), lineOf(5, "d")];
    const { lines: sorted, cursor } = batchOf(lines);
    expect([sorted.map(({ message }) => message), cursor]).toEqual([["a", "b", "c", "d"], "two"]);
    expect(batchOf([lineOf(1, "ours")]).cursor).toBeUndefined();
  });
});

describe("what waits", () => {
  test("stays within its bytes: the oldest go", () => {
    const backlog = new Backlog({ lines: 100, bytes: 3 * 126 });
    for (const at of [1, 2, 3, 4, 5]) backlog.push(lineOf(at, "x".repeat(100)));
    expect([backlog.lost, backlog.take()?.lines.map(({ atMs }) => atMs)]).toEqual([2, [3, 3, 4, 5]]);
    expect([backlog.isEmpty, backlog.take()]).toEqual([true, undefined]);
  });

  test("stays within its lines, however many come", () => {
    const backlog = new Backlog({ lines: 1000, bytes: 1024 * 1024 });
    for (let at = 0; at < 50_000; at++) backlog.push(lineOf(at, "x"));
    expect([backlog.lost, backlog.take()?.lines.length]).toEqual([49_000, 1001]);
  });

  test("goes batch by batch, the note within the limits", () => {
    const backlog = new Backlog({ lines: 20_000, bytes: 16 * 1024 * 1024 });
    for (let at = 0; at < 20_001; at++) backlog.push(lineOf(at, "x"));
    const batches = [backlog.take(), backlog.take(), backlog.take(), backlog.take()];
    expect(batches.map((batch) => batch?.lines.length)).toEqual([10_000, 10_000, 1, undefined]);
  });

  test("has room for any line of the journal, or has none", () => {
    const backlog = new Backlog({ lines: 1000, bytes: 4 * limits.lineBytes });
    while (backlog.hasRoom) backlog.push(lineOf(0, "x".repeat(limits.lineBytes)));
    backlog.push(lineOf(0, "ours"));
    expect(backlog.lost).toBe(0);
  });
});

test("a complaint comes once a minute, with how many there were", () => {
  const [clock, written] = [new StillClock(), [] as string[]];
  const complain = complaints(clock, (line) => void written.push(line));
  complain("one");
  complain("two");
  clock.advance(59_999);
  complain("three");
  clock.advance(1);
  complain("four");
  clock.advance(60_000);
  complain("five");
  expect(written).toEqual(["one", "four (2 more since the last line)", "five"]);
});
