import { execFile } from "node:child_process";
import { setTimeout } from "node:timers/promises";
import { type HostSettings, install } from "./install.ts";
import { hostPaths, type Ran } from "./parts.ts";

const monitoring = "http://127.0.0.1:9090";

/** A program that cannot be started says why in the place of its output. */
const run = (command: string, args: readonly string[]): Promise<Ran> =>
  new Promise((resolve) => {
    execFile(command, args, (error, stdout, stderr) => {
      const isStarted = error === null || typeof error.code === "number";
      const status = error === null ? 0 : isStarted ? Number(error.code) : 1;
      resolve({ status, stdout, stderr: isStarted ? stderr : error.message });
    });
  });

async function health(): Promise<"dead" | "alive" | "ready"> {
  try {
    const ready = await fetch(`${monitoring}/readyz`, { signal: AbortSignal.timeout(5000) });
    return ready.ok ? "ready" : "alive";
  } catch {
    return "dead";
  }
}

/** `install FILE SHA256 [SETTINGS]`: what Systems Manager runs on a host, as root. SETTINGS is JSON in Base64. */
const [file, sha256, settings] = process.argv.slice(2);
if (file === undefined || sha256 === undefined || !/^[0-9a-f]{64}$/.test(sha256)) {
  console.error("Usage: install FILE SHA256 [SETTINGS]");
  process.exitCode = 2;
} else {
  const said =
    settings === undefined ? undefined : (JSON.parse(Buffer.from(settings, "base64").toString()) as HostSettings);
  const parts = { paths: hostPaths, run, health, sleep: setTimeout, tell: console.log };
  await install({ file, sha256 }, said, parts).catch((fault: Error) => {
    console.error(fault.message);
    process.exitCode = 1;
  });
}
