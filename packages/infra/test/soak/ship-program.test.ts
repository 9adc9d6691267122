import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { appendFileSync, chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { rolldown } from "rolldown";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { cursorOf, journalLine, LogsStandIn } from "../ship-stand-in.ts";

/** Says what it was asked, gives the lines after a cursor, or all, and goes on as `--follow` does. */
const journalctl = `#!/bin/sh
here=$(dirname "$0")
echo "$*" >> "$here/asked"
after=$(echo "$*" | sed -n 's/.*--after-cursor=//p')
known=$(grep -nF "$after" "$here/journal" | cut -d: -f1)
exec tail --pid=$PPID -n "+$((\${after:+$known} + 1))" -f "$here/journal"
`;

let built: string;
let folder: string;
let standIn: LogsStandIn;
let endpoint: string;
const running: ChildProcess[] = [];

beforeAll(async () => {
  built = mkdtempSync(join(tmpdir(), "trunkline-ship-program-"));
  const input = join(import.meta.dirname, "../../host/ship-command.ts");
  const bundle = await rolldown({ input, platform: "node", logLevel: "warn" });
  await bundle.write({ file: join(built, "ship.mjs"), format: "esm", codeSplitting: false });
  await bundle.close();
});
afterAll(() => rmSync(built, { recursive: true }));

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "trunkline-ship-host-"));
  for (const name of ["bin", "state"]) mkdirSync(join(folder, name));
  writeFileSync(join(folder, "bin/journalctl"), journalctl);
  chmodSync(join(folder, "bin/journalctl"), 0o755);
  writeFileSync(join(folder, "bin/journal"), "");
  standIn = new LogsStandIn();
  endpoint = await standIn.listen();
});
afterEach(async () => {
  for (const child of running.splice(0)) child.kill("SIGKILL");
  await standIn.close();
  rmSync(folder, { recursive: true });
  expect(standIn.faults).toEqual([]);
});

const says = (...numbers: readonly number[]): void =>
  appendFileSync(join(folder, "bin/journal"), numbers.map((at) => journalLine(at, `line ${at}`, Date.now())).join(""));
const asked = (): readonly string[] => readFileSync(join(folder, "bin/asked"), "utf8").trim().split("\n");

type Program = { readonly stop: () => Promise<unknown>; readonly stderr: () => string };

function start(changes: Record<string, string> = {}): Program {
  const env = {
    PATH: [join(folder, "bin"), process.env.PATH].join(delimiter),
    LD_LIBRARY_PATH: process.env.LD_LIBRARY_PATH ?? "",
    STATE_DIRECTORY: join(folder, "state"),
    TRUNKLINE_LOG_GROUP: "group",
    TRUNKLINE_LOG_STREAM: "host",
    TRUNKLINE_STACK: "Test",
    AWS_REGION: "us-east-1",
    AWS_ACCESS_KEY_ID: "x",
    AWS_SECRET_ACCESS_KEY: "y",
    AWS_ENDPOINT_URL_CLOUDWATCH_LOGS: endpoint,
    ...changes,
  };
  const child = spawn(process.execPath, [join(built, "ship.mjs")], { env, stdio: ["ignore", "ignore", "pipe"] });
  running.push(child);
  const ended = once(child, "exit");
  let stderr = "";
  child.stderr?.setEncoding("utf8").on("data", (text: string) => {
    stderr += text;
  });
  const stop = (): Promise<unknown> => {
    child.kill("SIGTERM");
    return ended;
  };
  return { stop, stderr: () => stderr };
}

test("in one file, it sends each line once and in order, ends with SIGTERM, and goes on from there", async () => {
  says(1, 2);
  const first = start();
  await standIn.until(() => standIn.messages.length === 2);
  says(3);
  await standIn.until(() => standIn.messages.length === 3);
  expect(await first.stop()).toEqual([0, null]);
  says(4);
  const second = start();
  await standIn.until(() => standIn.messages.length === 4);
  expect(await second.stop()).toEqual([0, null]);
  expect(standIn.messages).toEqual(["line 1", "line 2", "line 3", "line 4"]);
  expect(asked().map((words) => words.split(" ").at(-1))).toEqual(["--boot", `--after-cursor=${cursorOf(3)}`]);
  expect([first.stderr(), second.stderr()]).toEqual(["", ""]);
});

test("a stop ends it although nothing can be sent, and the lines go with the next start", async () => {
  says(1);
  standIn.hasGroup = false;
  const first = start();
  await standIn.until(() => standIn.asked.length > 0);
  expect(await first.stop()).toEqual([0, null]);
  expect(first.stderr()).toMatch(/^CloudWatch Logs took no lines: ResourceNotFoundException.*\n$/);
  standIn.hasGroup = true;
  start();
  await standIn.until(() => standIn.messages.length === 1);
  expect(standIn.messages).toEqual(["line 1"]);
});

test("without a journalctl it says so, and goes on until a stop", async () => {
  rmSync(join(folder, "bin/journalctl"));
  const program = start({ PATH: join(folder, "bin") });
  await expect.poll(program.stderr).toMatch(/ENOENT/);
  expect(await program.stop()).toEqual([0, null]);
  expect(program.stderr().trim().split("\n")).toHaveLength(1);
});

test("without its settings it ends and says which", async () => {
  const program = start({ TRUNKLINE_LOG_GROUP: "", AWS_REGION: "" });
  await once(running[0]!, "exit");
  expect(program.stderr()).toBe("Not set: TRUNKLINE_LOG_GROUP, AWS_REGION.\n");
  expect(running[0]!.exitCode).toBe(2);
});
