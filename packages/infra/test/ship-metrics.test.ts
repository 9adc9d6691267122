import { readFileSync } from "node:fs";
import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { embedded } from "../host/ship/embedded.ts";
import { troubles } from "../host/ship/figures.ts";
import { systemMachine } from "../host/ship/machine.ts";
import { samplesOf, sumOf } from "../host/ship/prometheus.ts";
import { Report } from "../host/ship/report.ts";
import { settingsFrom } from "../host/ship/settings.ts";
import { StillClock } from "./ship-stand-in.ts";

const root = join(import.meta.dirname, "../../..");

describe("Prometheus' text", () => {
  test("is read with its labels, and what is none of it is left out", () => {
    const text = [
      "# HELP a_total Words.",
      "# TYPE a_total counter",
      'a_total{code="busy",by="a \\"b\\", c\\\\d}"} 2',
      "a_total 3.5e1 1395066363000",
      "nothing NaN",
      'half{code="',
      "<html> 7",
      "",
    ].join("\n");
    expect(samplesOf(text)).toEqual([
      { name: "a_total", labels: { code: "busy", by: 'a "b", c\\d}' }, value: 2 },
      { name: "a_total", labels: {}, value: 35 },
    ]);
    expect(sumOf(samplesOf(text), "a_total")).toBe(37);
    expect(sumOf(samplesOf(text), "missing")).toBeUndefined();
  });
});

describe("names that are the server's", () => {
  test("every trouble is an ending of it", () => {
    const endings = readFileSync(join(root, "packages/pbx/src/kernel/ending.ts"), "utf8");
    const codes = [...endings.matchAll(/^ {2}"?([a-z-]+)"?: \{/gm)].map(([, code]) => code);
    expect(codes).toContain("hung-up");
    expect([...troubles].filter((code) => !codes.includes(code))).toEqual([]);
  });

  test("every metric that is read is one of it, or of its process", () => {
    const documented = readFileSync(join(root, "docs/metrics.md"), "utf8");
    const sources = ["figures.ts", "scrape.ts"].map((name) =>
      readFileSync(join(import.meta.dirname, "../host/ship", name), "utf8"),
    );
    const read = [...sources.join("").matchAll(/"(trunkline_\w+)"/g)].map(([, name = ""]) => name);
    const unknown = read.filter(
      (name) => !documented.includes(`\`${name.replace(/_sum$/, "")}\``) && !name.startsWith("trunkline_process_"),
    );
    expect(read.length).toBeGreaterThan(8);
    expect(unknown).toEqual([]);
  });
});

test("an embedded metric is of the form that CloudWatch reads", () => {
  const text = embedded("Stack", 7, {
    Alive: 1,
    Calls: 2,
    DataDiskUsedPercent: undefined,
    MemoryUsedPercent: Number.NaN,
  });
  const metric = (Name: string, Unit: string) => ({ Name, Unit, StorageResolution: 60 });
  const metrics = [metric("Alive", "None"), metric("Calls", "Count")];
  expect(JSON.parse(text)).toEqual({
    _aws: { Timestamp: 7, CloudWatchMetrics: [{ Namespace: "Trunkline", Dimensions: [["Stack"]], Metrics: metrics }] },
    Stack: "Stack",
    Alive: 1,
    Calls: 2,
  });
});

test("the machine's own figures are percents, and a folder that is not there has none", async () => {
  const disk = await systemMachine.diskUsedPercent("/");
  for (const percent of [systemMachine.memoryUsedPercent(), disk]) {
    expect(percent).toBeGreaterThan(0);
    expect(percent).toBeLessThanOrEqual(100);
  }
  expect(await systemMachine.diskUsedPercent("/var/lib/nowhere")).toBeUndefined();
});

test("settings that are missing are told together", () => {
  const all = { TRUNKLINE_LOG_GROUP: "g", TRUNKLINE_LOG_STREAM: "s", TRUNKLINE_STACK: "t", AWS_REGION: "us-east-1" };
  expect(settingsFrom({ ...all, STATE_DIRECTORY: "/s" })).toEqual({
    settings: { group: "g", stream: "s", stack: "t", data: "/var/lib/trunkline", state: "/s" },
  });
  expect(settingsFrom({ ...all, TRUNKLINE_STACK: "" })).toEqual({ missing: ["TRUNKLINE_STACK", "STATE_DIRECTORY"] });
});

describe("a minute's figures", () => {
  let clock: StillClock;
  let server: Server;
  let port: number;
  let report: Report;
  let answer: RequestListener;
  let asked: string[];
  let lost: number;

  beforeEach(async () => {
    [clock, asked, lost] = [new StillClock(), [], 0];
    server = createServer((request, response) => answer(request, response));
    await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
    port = (server.address() as AddressInfo).port;
    report = new Report({
      clock,
      fetch: (url, options) => {
        asked.push(url);
        return fetch(url.replace("9090", String(port)), options);
      },
      machine: { memoryUsedPercent: () => 40, diskUsedPercent: async (folder) => folder.length },
      stack: "Test",
      data: "/data",
      lost: () => lost,
    });
  });
  afterEach(() => {
    server.closeAllConnections();
    server.close();
  });

  const says = (text: string, status = 200): void => {
    answer = (_, response) => void response.writeHead(status).end(text);
  };
  const figures = async (): Promise<Record<string, unknown>> => {
    const { _aws, Stack, ...rest } = JSON.parse(await report.line());
    expect([_aws.Timestamp, Stack]).toEqual([clock.nowMs(), "Test"]);
    return rest;
  };
  type Counts = {
    readonly busy: number;
    readonly failed: number;
    readonly talkSeconds: number;
    readonly start?: number;
  };
  const counts = ({ busy, failed, talkSeconds, start = 1 }: Counts): string =>
    [
      "trunkline_calls 3",
      "trunkline_registrations 4",
      'trunkline_trunk_up{address="192.0.2.1:5060"} 0',
      'trunkline_trunk_up{address="192.0.2.2:5060"} 1',
      `trunkline_calls_ended_total{direction="inbound",code="busy",by="callee"} ${busy}`,
      `trunkline_calls_ended_total{direction="outbound",code="trunk-failed",by="callee"} ${failed}`,
      `trunkline_calls_ended_total{direction="inbound",code="media-failed",by="system"} ${failed}`,
      `trunkline_call_talk_seconds_sum{direction="inbound"} ${talkSeconds}`,
      `trunkline_call_talk_seconds_sum{direction="outbound"} ${talkSeconds}`,
      `trunkline_refused_total{why="flood"} ${busy * 10}`,
      `trunkline_storage_dropped_total ${failed}`,
      `trunkline_process_resident_memory_bytes ${100 * 1024 * 1024}`,
      `trunkline_process_start_time_seconds ${start}`,
    ].join("\n");
  const machine = { MemoryUsedPercent: 40, DataDiskUsedPercent: 5, LogLinesDropped: 0 };
  const now = { Alive: 1, TrunkUp: 1, Calls: 3, Registrations: 4, ProcessMemoryMiB: 100 };
  const dead = { Alive: 0, TrunkUp: 0, ...machine };

  test("have no counts the first time, then what came since the last one", async () => {
    says(counts({ busy: 5, failed: 1, talkSeconds: 60 }));
    expect(await figures()).toEqual({ ...now, ...machine });
    says(counts({ busy: 7, failed: 2, talkSeconds: 105 }));
    lost = 9;
    const since = { CallsEnded: 4, CallsFailed: 2, TalkMinutes: 1.5, Refused: 20, RecordsDropped: 1 };
    expect(await figures()).toEqual({ ...now, ...since, ...machine, LogLinesDropped: 9 });
    expect(await figures()).toEqual({
      ...now,
      ...{ CallsEnded: 0, CallsFailed: 0, TalkMinutes: 0, Refused: 0, RecordsDropped: 0 },
      ...machine,
    });
    expect(asked[0]).toBe("http://127.0.0.1:9090/metrics");
  });

  test("count from zero when the server was started again, even where it has counted further since", async () => {
    says(counts({ busy: 5, failed: 1, talkSeconds: 60 }));
    await figures();
    says(counts({ busy: 2, failed: 1, talkSeconds: 30 }));
    expect(await figures()).toMatchObject({ CallsEnded: 4, CallsFailed: 0, TalkMinutes: 1, Refused: 20 });
    says(counts({ busy: 8, failed: 2, talkSeconds: 90, start: 2 }));
    expect(await figures()).toMatchObject({ CallsEnded: 12, CallsFailed: 4, TalkMinutes: 3, RecordsDropped: 2 });
  });

  test("say that no address of the trunk answers", async () => {
    says('trunkline_calls 0\ntrunkline_trunk_up{address="192.0.2.1:5060"} 0');
    expect(await figures()).toEqual({ Alive: 1, TrunkUp: 0, Calls: 0, ...machine });
  });

  test("go over minutes in which nothing answered", async () => {
    says(counts({ busy: 1, failed: 0, talkSeconds: 0 }));
    await figures();
    says("", 503);
    expect(await figures()).toEqual(dead);
    says(counts({ busy: 3, failed: 0, talkSeconds: 0 }));
    expect(await figures()).toMatchObject({ Alive: 1, CallsEnded: 2 });
  });

  test.each([
    ["garbage", "<html>It works!</html>"],
    ["nothing", ""],
    ["something without an end", `trunkline_calls 1\n${"#".repeat(2 * 1024 * 1024)}`],
  ])("are those of a dead server when it answers %s", async (_, text) => {
    says(text);
    expect(await figures()).toEqual(dead);
  });

  test("are those of a dead server when it hangs up, and when nothing listens", async () => {
    answer = (request) => void request.socket.destroy();
    expect(await figures()).toEqual(dead);
    await new Promise((resolve) => server.close(resolve));
    expect(await figures()).toEqual(dead);
  });

  test.each([
    ["does not begin", false],
    ["does not end", true],
  ])("are those of a dead server when its answer %s within 5 s", async (_, begins) => {
    const came = new Promise<void>((resolve) => {
      answer = (_request, response) => {
        if (begins) response.write("trunkline_calls 1\n");
        resolve();
      };
    });
    const found = figures();
    await came;
    await clock.pass(5000);
    expect(await found).toEqual(dead);
  });
});
