import { execFile } from "node:child_process";
import { setTimeout } from "node:timers/promises";
import { type Ran, swap } from "./swap.ts";

const monitoring = "http://127.0.0.1:9090";

const run = (command: string, args: readonly string[]): Promise<Ran> =>
  new Promise((resolve) => {
    execFile(command, args, (error, stdout, stderr) => {
      const status = error === null ? 0 : typeof error.code === "number" ? error.code : 1;
      resolve({ status, output: `${stdout}${stderr}` || (error?.message ?? "") });
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

/** `node swap.mjs FILE SHA256`: what Systems Manager runs on a host, as root. */
const [file, sha256] = process.argv.slice(2);
if (file === undefined || sha256 === undefined || !/^[0-9a-f]{64}$/.test(sha256)) {
  console.error("Usage: swap FILE SHA256");
  process.exitCode = 2;
} else {
  const parts = {
    home: "/opt/trunkline",
    config: "/etc/trunkline/trunkline.yaml",
    run,
    health,
    sleep: setTimeout,
    tell: console.log,
  };
  await swap({ file, sha256 }, parts).catch((fault: Error) => {
    console.error(fault.message);
    process.exitCode = 1;
  });
}
