import { join } from "node:path";
import { createInterface } from "node:readline";
import { startChild } from "../harness/child.ts";

/** A server in a process of its own whose cost is measured. */
export type Example = { readonly pid: number; stop(): Promise<void> };

const root = join(import.meta.dirname, "../..");

/** Starts a file of the workspace, by its path from the root, and waits until it says `ready`. */
export async function startExample(file: string, args: readonly string[]): Promise<Example> {
  const profile =
    process.env.TRUNKLINE_CPU_PROFILE === undefined ? [] : ["--cpu-prof", "--cpu-prof-dir=.cache/profiles"];
  const child = startChild(process.execPath, [...profile, file, ...args], root);
  child.stderr.pipe(process.stderr);
  const closed = new Promise<void>((resolve) => child.once("close", () => resolve()));
  await new Promise<void>((resolve, reject) => {
    createInterface({ input: child.stdout }).on("line", (line) => line.startsWith("ready") && resolve());
    void closed.then(() => reject(new Error(`${file} ended before it was ready`)));
  });
  const stop = async (): Promise<void> => {
    child.kill("SIGTERM");
    await closed;
  };
  return { pid: child.pid ?? 0, stop };
}
