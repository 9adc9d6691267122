import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { root } from "../../scripts/command.ts";
import { ended, startChild } from "../harness/child.ts";
import { readLog } from "../harness/server/log.ts";
import { startServer } from "../harness/server/server.ts";
import { printFigures, repeat } from "./figures.ts";

const address = "127.77.1.1";

async function untilServed(url: string): Promise<void> {
  for (;;) {
    const served = await fetch(url)
      .then((response) => response.ok)
      .catch(() => false);
    if (served) return;
    await setTimeout(5);
  }
}

/** From the command to the page, in milliseconds. */
async function startToPage(command: string, args: readonly string[]): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), "trunkline-bench-"));
  const startedMs = performance.now();
  const child = startChild(command, [...args, "--address", address, "--socket", join(folder, "socket")], root);
  const [exit, log] = [ended(child), readLog(child.stdout)];
  child.stderr.resume();
  await untilServed(`http://${address}:8080/`);
  const tookMs = performance.now() - startedMs;
  process.kill(Number((await log.waitFor((line) => line.msg === "ready")).pid), "SIGTERM");
  await exit;
  rmSync(folder, { recursive: true });
  return tookMs;
}

/** Resident memory of an idle server, in MB, ten seconds after its start. */
async function idleMemory(): Promise<number> {
  const server = await startServer({ address });
  await setTimeout(10_000);
  const status = readFileSync(`/proc/${server.pid}/status`, "utf8");
  await server.stop();
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1]) / 1024;
}

await startToPage("npx", ["-y", "pnpm@10", "start"]);
printFigures(
  "`npx -y pnpm@10 start`, installed, to the page",
  await repeat(5, () => startToPage("npx", ["-y", "pnpm@10", "start"])),
  "ms",
);
const server = ["packages/pbx/src/main.ts", "loopback"];
printFigures("the server alone, to the page", await repeat(5, () => startToPage(process.execPath, server)), "ms");
printFigures("memory of the idle server", await repeat(3, idleMemory), "MB");
