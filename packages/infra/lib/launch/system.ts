import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { createInterface } from "node:readline/promises";
import { systemSleep } from "../handlers/retry-policy.ts";
import { makeClients } from "./clients.ts";
import type { LaunchParts, Parts, Ran, RunOptions } from "./parts.ts";

const folder = join(import.meta.dirname, "../..");

/** This machine, and AWS as it is. */
export const systemParts: Parts = {
  tell: (text) => console.log(text),
  warn: (text) => console.error(text),
  ask: process.stdin.isTTY && process.stdout.isTTY ? askAtTerminal : undefined,
  sleep: systemSleep,
  clients: (region) => makeClients(region),
  env: process.env,
  written:
    (JSON.parse(readFileSync(join(folder, "cdk.json"), "utf8")) as { context?: Record<string, unknown> }).context ?? {},
};

/** Those, with this package's own cdk command. */
export const systemLaunchParts = (build: LaunchParts["build"]): LaunchParts => ({
  ...systemParts,
  run,
  build,
  out: join(folder, "cdk.out"),
});

/** Ctrl+C and the end of the input are an empty answer. */
async function askAtTerminal(question: string): Promise<string> {
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  try {
    return await Promise.race([terminal.question(question).catch(() => ""), once(terminal, "close").then(() => "")]);
  } finally {
    terminal.close();
  }
}

/** Runs a program in this package's folder, with this Node before any other. */
export function run(command: string, args: readonly string[], { env, isShown }: RunOptions): Promise<Ran> {
  const PATH = [dirname(process.execPath), process.env.PATH ?? ""].join(delimiter);
  return new Promise((resolve) => {
    const child = spawn(command, args, {
      cwd: folder,
      env: { ...process.env, PATH, ...env },
      stdio: isShown ? "inherit" : ["ignore", "pipe", "pipe"],
    });
    const chunks: Buffer[] = [];
    for (const stream of [child.stdout, child.stderr]) stream?.on("data", (chunk: Buffer) => chunks.push(chunk));
    // Ctrl+C is for the program that is shown: what it has left is told afterwards.
    const wait = (): void => {};
    process.on("SIGINT", wait);
    const end = (status: number, output: string): void => {
      process.off("SIGINT", wait);
      resolve({ status, output });
    };
    child.once("error", (cause) => end(127, cause.message));
    child.once("close", (status) => end(status ?? 1, Buffer.concat(chunks).toString()));
  });
}
