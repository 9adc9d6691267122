import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CloudWatchLogsClient } from "@aws-sdk/client-cloudwatch-logs";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { complaints } from "../host/ship/complaints.ts";
import { type ShipParts, ship } from "../host/ship/ship.ts";
import { cursorOf, JournalFeed, journalLine, LogsStandIn, StillClock } from "./ship-stand-in.ts";

let folder: string;
let standIn: LogsStandIn;
let client: CloudWatchLogsClient;
let clock: StillClock;
let journal: JournalFeed;
let opened: (string | undefined)[];
let written: string[];
let stop: AbortController;
let done: Promise<void>;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "trunkline-ship-"));
  [standIn, clock, journal] = [new LogsStandIn(), new StillClock(), new JournalFeed()];
  [opened, written, stop] = [[], [], new AbortController()];
  client = new CloudWatchLogsClient({
    endpoint: await standIn.listen(),
    region: "us-east-1",
    credentials: { accessKeyId: "x", secretAccessKey: "y" },
    maxAttempts: 1,
  });
});
afterEach(async () => {
  stop.abort();
  clock.advance(5000);
  await done;
  client.destroy();
  await standIn.close();
  rmSync(folder, { recursive: true, force: true });
  expect(standIn.faults).toEqual([]);
  expect(standIn.mostAtOnce).toBeLessThanOrEqual(1);
});

function start(changes: Partial<ShipParts> = {}): void {
  done = ship(
    {
      settings: { group: "group", stream: "host", stack: "Test", data: folder, state: folder },
      clock,
      fetch: () => Promise.reject(new Error("no server")),
      machine: { memoryUsedPercent: () => 40, diskUsedPercent: async () => 10 },
      client,
      openJournal: (after) => {
        opened.push(after);
        return journal;
      },
      bounds: { lines: 20_000, bytes: 16 * 1024 * 1024 },
      complain: complaints(clock, (line) => void written.push(line)),
      ...changes,
    },
    stop.signal,
  );
}

/** Resolves when the lines are taken. */
const says = (...numbers: readonly number[]): Promise<void> =>
  journal.write(numbers.map((at) => journalLine(at, `line ${at}`)).join(""));
const range = (from: number, to: number): readonly number[] =>
  Array.from({ length: to - from + 1 }, (_, index) => from + index);
const lines = (from: number, to: number): readonly string[] => range(from, to).map((at) => `line ${at}`);
const kept = (): string => readFileSync(join(folder, "cursor"), "utf8").trim();
/** Stops and waits for the end. */
const end = (): Promise<void> => {
  stop.abort();
  return done;
};
const attempts = (): number => standIn.asked.filter((name) => name === "PutLogEvents").length;
/** Waits for so many batches that are accepted in all, and until the answer to the last one is back. */
const accepted = async (count: number): Promise<void> => {
  await standIn.until(() => standIn.batches.length === count);
  await clock.unwaited(30_000);
};
/** Waits for so many requests to put lines in all. */
const attempted = (count: number): Promise<void> => standIn.until(() => attempts() >= count);
/** Minutes' figures among what arrived. */
const figures = (): readonly Record<string, unknown>[] =>
  standIn.messages.filter((text) => text.includes('"_aws"')).map((text) => JSON.parse(text));

describe("what the journal says", () => {
  test("arrives as it is, once and in order of time, 2 s after the first line; the place is kept", async () => {
    start();
    const pino = '{"level":30,"time":1800000000001,"call":"7","msg":"call-arrived"}';
    await journal.write(journalLine(1, pino) + journalLine(2, ""));
    await clock.waited(2000);
    clock.advance(1999);
    await journal.write(journalLine(4, [104, 228, 255]) + journalLine(3, "Started trunkline.service."));
    clock.advance(1);
    await accepted(1);
    expect(standIn.streams.get("host")).toEqual([
      { timestamp: 1_800_000_000_001, message: pino },
      { timestamp: 1_800_000_000_003, message: "Started trunkline.service." },
      { timestamp: 1_800_000_000_004, message: "h\ufffd\ufffd" },
    ]);
    await end();
    expect([opened, kept(), written]).toEqual([[undefined], cursorOf(3), []]);
  });

  test("is read on from the place that was kept, or from the boot where what was kept is none", async () => {
    writeFileSync(join(folder, "cursor"), `${cursorOf(9)}\n`);
    start();
    await says(10);
    await clock.pass(2000);
    await standIn.until(() => standIn.messages.length === 1);
    await end();
    writeFileSync(join(folder, "cursor"), "garbage\n");
    [stop, journal] = [new AbortController(), new JournalFeed()];
    start();
    await says(11);
    await clock.pass(2000);
    await standIn.until(() => standIn.messages.length === 2);
    expect(opened).toEqual([cursorOf(9), undefined]);
  });

  test("goes at once when a request is full, and however much there is: nothing is lost while it is taken", async () => {
    start({ bounds: { lines: 12_000, bytes: 16 * 1024 * 1024 } });
    await says(...range(1, 25_000));
    await clock.pass(2000);
    await standIn.until(() => standIn.messages.length === 25_000);
    expect(standIn.messages).toEqual(lines(1, 25_000));
    expect(standIn.batches.slice(0, 2)).toEqual([10_000, 10_000]);
  });

  test("is cut where a line is a giant, with a note of how much", async () => {
    start();
    await journal.write(journalLine(1, "\u20ac".repeat(200_000)) + journalLine(2, "after it"));
    await clock.pass(2000);
    await standIn.until(() => standIn.messages.length === 2);
    const [giant = "", after] = standIn.messages;
    expect(Buffer.byteLength(giant)).toBeLessThanOrEqual(256 * 1024 - 26);
    const [, whole = "", cut] = /^(\u20ac+) \[(\d+) bytes were cut off here\]$/.exec(giant) ?? [];
    expect([Buffer.byteLength(whole) + Number(cut), after]).toEqual([600_000, "after it"]);
  });
});

describe("when CloudWatch Logs takes nothing", () => {
  test.each([
    ["ThrottlingException", "ServiceUnavailableException"],
    ["ExpiredTokenException", "UnrecognizedClientException"],
    ["AccessDeniedException", "InternalFailure"],
  ])("the same batch is sent again, and arrives once: %s, %s", async (...codes) => {
    start();
    standIn.streams.set("host", []);
    standIn.fail(...codes);
    await says(1, 2, 3);
    await clock.pass(2000);
    await attempted(1);
    await says(4);
    await clock.pass(1000);
    await attempted(2);
    await clock.pass(2000);
    await accepted(1);
    expect(standIn.batches).toEqual([3]);
    await clock.pass(2000);
    await standIn.until(() => standIn.messages.length === 4);
    expect(standIn.messages).toEqual(lines(1, 4));
    expect(written).toEqual([`CloudWatch Logs took no lines: ${codes[0]}: ${codes[0]} it is`]);
  });

  test("the pauses grow to a minute and stay there, and it is told once a minute", async () => {
    start({ settings: { group: "missing", stream: "host", stack: "Test", data: folder, state: folder } });
    await says(1);
    await clock.pass(2000);
    for (const pauseMs of [1000, 2000, 4000, 8000, 16_000, 32_000]) await clock.pass(pauseMs);
    // The figures of each minute wait for a minute, too.
    for (const _ of range(1, 3)) await clock.pass(60_000, 2);
    await clock.waited(60_000, 2);
    expect(written).toHaveLength(5);
    expect(written[0]).toMatch(/^CloudWatch Logs took no lines: ResourceNotFoundException/);
    expect(written[1]).toMatch(/ \(5 more since the last line\)$/);
    expect(standIn.asked.filter((name) => name === "CreateLogStream")).toHaveLength(10);
  });

  test("a network that is gone and comes again loses nothing", async () => {
    start();
    await standIn.close();
    await says(1);
    await clock.pass(2000);
    await clock.pass(1000);
    await says(2);
    await clock.waited(2000);
    await standIn.listen();
    await clock.pass(2000);
    await accepted(1);
    await clock.pass(2000);
    await accepted(2);
    expect([standIn.messages, kept()]).toEqual([lines(1, 2), cursorOf(1)]);
    expect(written[0]).toMatch(/ECONNREFUSED/);
  });

  test("no answer within 30 s is none", async () => {
    start();
    standIn.streams.set("host", []);
    standIn.fail("silence");
    await says(1);
    await clock.pass(2000);
    await attempted(1);
    await clock.pass(30_000);
    await clock.pass(1000);
    await standIn.until(() => standIn.messages.length === 1);
    expect(written).toEqual(["CloudWatch Logs took no lines: Error: no answer within 30 s"]);
  });

  test("a stream that is deleted is made again", async () => {
    start();
    await says(1);
    await clock.pass(2000);
    await standIn.until(() => standIn.messages.length === 1);
    standIn.streams.clear();
    await says(2);
    await clock.pass(2000);
    await standIn.until(() => standIn.messages.length === 1);
    expect(standIn.messages).toEqual(["line 2"]);
    const made = ["PutLogEvents", "CreateLogStream", "PutLogEvents"];
    expect([standIn.asked, written]).toEqual([[...made, ...made], []]);
  });

  test("a stream that somebody else has made meanwhile is as good", async () => {
    start();
    standIn.streams.set("host", []);
    standIn.fail("ResourceNotFoundException");
    await says(1);
    await clock.pass(2000);
    await accepted(1);
    expect([standIn.asked, written]).toEqual([["PutLogEvents", "CreateLogStream", "PutLogEvents"], []]);
  });

  const pausesMs = [1000, 2000, 4000, 8000, 16_000, 32_000];

  test("the journal keeps what does not fit for a minute, then the oldest lines go, and a line tells how many", async () => {
    start({ bounds: { lines: 50, bytes: 16 * 1024 * 1024 } });
    standIn.streams.set("host", []);
    standIn.fail(...Array(7).fill("ThrottlingException"));
    await says(1);
    await clock.pass(2000);
    await attempted(1);
    let isTaken = false;
    const said = says(...range(2, 101)).then(() => {
      isTaken = true;
    });
    for (const pauseMs of pausesMs) await clock.pass(pauseMs);
    await clock.waited(60_000, 2);
    expect(isTaken).toBe(false);
    clock.advance(60_000);
    await said;
    await accepted(1);
    await clock.pass(2000);
    await accepted(2);
    const [first, note = "", ...rest] = standIn.messages;
    // Two minutes' figures are among what went.
    expect(JSON.parse(note)).toMatchObject({ level: 40, lost: 52, msg: "52 log lines before this were lost" });
    expect([first, rest]).toEqual(["line 1", lines(52, 101)]);
    await clock.pass(60_000);
    await clock.pass(2000);
    await accepted(3);
    expect(figures()).toMatchObject([{ LogLinesDropped: 52 }]);
  });

  test("a burst is not lost because of one failure", async () => {
    start({ bounds: { lines: 50, bytes: 16 * 1024 * 1024 } });
    standIn.streams.set("host", []);
    standIn.fail("ThrottlingException");
    const said = says(...range(1, 101));
    await clock.pass(2000);
    await clock.pass(1000);
    await accepted(1);
    for (const batch of [2, 3]) {
      await clock.pass(2000);
      await accepted(batch);
    }
    await said;
    await end();
    expect(standIn.messages).toEqual(lines(1, 101));
  });
});

test("each minute has its figures, those that are known", async () => {
  start();
  await clock.pass(60_000);
  await clock.pass(2000);
  await accepted(1);
  const machine = { MemoryUsedPercent: 40, DataDiskUsedPercent: 10, LogLinesDropped: 0 };
  expect(figures()).toEqual([{ _aws: expect.anything(), Stack: "Test", Alive: 0, TrunkUp: 0, ...machine }]);
  await clock.pass(60_000);
  await clock.pass(2000);
  await accepted(2);
  expect(figures()).toHaveLength(2);
});

describe("lines that are refused", () => {
  test("are counted, and the others go on: too old, expired, of the future", async () => {
    start();
    standIn.rejected = { tooOldLogEventEndIndex: 1, expiredLogEventEndIndex: 2, tooNewLogEventStartIndex: 4 };
    await says(1, 2, 3, 4, 5);
    await clock.pass(2000);
    await accepted(1);
    standIn.rejected = undefined;
    await says(6);
    await clock.pass(2000);
    await accepted(2);
    expect(JSON.parse(standIn.messages[5] ?? "")).toMatchObject({ lost: 3 });
    expect([standIn.messages[6], kept()]).toEqual(["line 6", cursorOf(5)]);
    expect(written[0]).toMatch(/^3 lines were refused/);
  });

  test("do not hold up the others when a whole batch is refused", async () => {
    start();
    standIn.streams.set("host", []);
    standIn.fail("InvalidParameterException");
    await says(1, 2);
    await clock.pass(2000);
    await attempted(1);
    await says(3);
    await clock.pass(2000);
    await accepted(1);
    expect([JSON.parse(standIn.messages[0] ?? ""), standIn.messages[1]]).toMatchObject([{ lost: 2 }, "line 3"]);
  });
});

describe("a stop", () => {
  test("sends what is there at once, and keeps the place", async () => {
    start();
    await says(1, 2);
    await end();
    expect([standIn.messages, kept()]).toEqual([lines(1, 2), cursorOf(2)]);
  });

  test("ends when there is nothing", async () => {
    start();
    await end();
    expect(standIn.asked).toEqual([]);
  });

  test("does not wait for the end of a pause", async () => {
    start();
    standIn.streams.set("host", []);
    standIn.fail("ThrottlingException");
    await says(1);
    await clock.pass(2000);
    await clock.waited(1000);
    await end();
    expect(standIn.messages).toEqual(["line 1"]);
  });

  test("ends after 5 s where nothing can be sent, without a rush of attempts, and the place stays where it was", async () => {
    start();
    standIn.hasGroup = false;
    await says(1);
    stop.abort();
    for (const _ of range(1, 9)) await clock.pass(500);
    await clock.waited(500);
    expect(attempts()).toBe(10);
    clock.advance(500);
    await done;
    expect(kept).toThrow("ENOENT");
  });

  test("ends after 5 s where nothing answers", async () => {
    start();
    standIn.streams.set("host", []);
    standIn.fail("silence");
    await says(1);
    stop.abort();
    await attempted(1);
    await clock.pass(5000);
    await done;
    expect(kept).toThrow("ENOENT");
  });
});

test("a place that cannot be kept is told, and holds up nothing", async () => {
  start();
  rmSync(folder, { recursive: true });
  for (const at of [1, 2]) {
    await says(at);
    await clock.pass(2000);
    await accepted(at);
  }
  await end();
  expect(standIn.messages).toEqual(lines(1, 2));
  expect(written).toEqual([expect.stringMatching(/^The place in the journal cannot be kept: .*ENOENT/)]);
});
