import { beforeEach, describe, expect, test } from "vitest";
import { entryOf, isCursor, type JournalEntry } from "../host/ship/entry.ts";
import { followJournal } from "../host/ship/journal.ts";
import { journalctlArguments } from "../host/ship/journalctl.ts";
import { linesOf } from "../host/ship/lines.ts";
import { cursorOf, JournalFeed, journalLine, StillClock } from "./ship-stand-in.ts";

describe("lines", () => {
  const read = async (chunks: readonly string[], most = 100): Promise<readonly (string | undefined)[]> => {
    async function* bytes(): AsyncGenerator<Uint8Array> {
      for (const chunk of chunks) yield Buffer.from(chunk, "latin1");
    }
    const found: (string | undefined)[] = [];
    for await (const line of linesOf(bytes(), most)) found.push(line);
    return found;
  };

  test("are put together from what comes, in whatever pieces; one without an end is none", async () => {
    expect(await read(["on", "e\ntwo\n\nthr", "\u00c3", "\u00a4", "\nfour"])).toEqual(["one", "two", "", "thr\u00e4"]);
  });

  test("of more than the most are not held, and do not take the next one with them", async () => {
    expect(await read(["12345\n123456", "7", "8\n1234\n"], 5)).toEqual(["12345", undefined, "1234"]);
  });
});

describe("an entry", () => {
  const messageOf = (message: unknown): unknown => entryOf(journalLine(1, message))?.message;

  test("has its place, its time in milliseconds and its text", () => {
    expect(entryOf(journalLine(255, "text"))).toEqual({
      cursor: cursorOf(255),
      atMs: 1_800_000_000_255,
      message: "text",
    });
  });

  test.each([
    ["bytes that are UTF-8", [...Buffer.from("gr\u00fcn\u0000")], "gr\u00fcn\u0000"],
    ["bytes that are not", [97, 255, 98], "a\ufffdb"],
    ["several", ["one", [116, 119, 111]], "one\ntwo"],
    ["none", null, ""],
    ["none at all", undefined, ""],
  ])("its message is %s", (_, given, expected) => expect(messageOf(given)).toBe(expected));

  test.each([
    "",
    "no JSON",
    "7",
    "null",
    "[]",
    "{}",
    '{"__CURSOR":"s=1"}',
    '{"__CURSOR":7,"__REALTIME_TIMESTAMP":"1"}',
  ])("is not %s", (line) => expect(entryOf(line)).toBeUndefined());

  test("a place is journalctl's own form, and nothing that it would take for something else", () => {
    const real = "s=6f4ccd0bfb4e4ed1b5ec6a1e5a2b0b6f;i=1a2b;b=0d8f;m=2f;t=62f;x=9c";
    expect([real, cursorOf(1)].every(isCursor)).toBe(true);
    expect(["", "--rotate", "s=", `${real}\n--rotate`, `s=${"0".repeat(600)}`, undefined].some(isCursor)).toBe(false);
  });
});

test("journalctl leaves nothing out: no long message, no line but the latest ten", () => {
  const always = ["--follow", "--no-tail", "--all", "--quiet", "--output=json", "--output-fields=MESSAGE"];
  expect(journalctlArguments(undefined)).toEqual([...always, "--unit=trunkline.service", "--boot"]);
  expect(journalctlArguments("s=1")).toEqual([...always, "--unit=trunkline.service", "--after-cursor=s=1"]);
});

describe("the journal", () => {
  let clock: StillClock;
  let feeds: JournalFeed[];
  let opened: (string | undefined)[];
  let entries: JournalEntry[];
  let complaints: string[];
  let lost: number;
  const stop = new AbortController();
  beforeEach(() => {
    [clock, feeds, opened, entries, complaints, lost] = [new StillClock(), [], [], [], [], 0];
  });

  /** The journal as it was opened last. */
  const feed = (): JournalFeed => feeds.at(-1)!;
  const follow = (after?: string): void => {
    const parts = {
      clock,
      open: (place: string | undefined) => {
        opened.push(place);
        feeds.push(new JournalFeed());
        return feed();
      },
      take: async (entry: JournalEntry) => void entries.push(entry),
      lose: () => void lost++,
      complain: (words: string) => void complaints.push(words),
    };
    void followJournal(after, parts, stop.signal);
  };

  test("a journalctl that ends is started again after what was read last, half a line not counted", async () => {
    follow(cursorOf(5));
    await feed().write(`${journalLine(6, "six")}${journalLine(7, "seven").slice(0, 40)}`);
    feed().end();
    await clock.pass(1000);
    await feed().write(journalLine(7, "seven"));
    feed().end(new Error("journalctl ended with 1. Failed to open the journal"));
    await clock.pass(1000);
    await feed().write(journalLine(8, "eight"));
    expect(opened).toEqual([cursorOf(5), cursorOf(6), cursorOf(7)]);
    expect(entries.map(({ message }) => message)).toEqual(["six", "seven", "eight"]);
    expect([lost, complaints]).toEqual([
      0,
      [
        "The journal cannot be read: Error: it ended",
        "The journal cannot be read: Error: journalctl ended with 1. Failed to open the journal",
      ],
    ]);
  });

  test("a journalctl that never gives anything is started ever more rarely", async () => {
    follow();
    for (const pauseMs of [1000, 2000, 4000, 8000, 16_000, 32_000, 60_000, 60_000]) {
      feed().end(new Error("no such program"));
      await clock.pass(pauseMs);
    }
    expect(opened).toHaveLength(9);
  });

  test("what is no entry is counted, and so is one that is too long to be held", async () => {
    follow();
    const giant = Buffer.alloc(5 * 1024 * 1024, "x").toString();
    await feed().write(`garbage\n${journalLine(1, giant)}${journalLine(2, "two")}`);
    expect([lost, entries.map(({ message }) => message)]).toEqual([2, ["two"]]);
  });
});
