import { spawn, spawnSync } from "node:child_process";
import { join } from "node:path";

/** The root of the checkout that this script lies in. */
export const root: string = join(import.meta.dirname, "..");

/** A tool that the workspace installed, e.g. `tool("biome")`; `of` names the package that has it among its own. */
export const tool = (name: string, of = "."): string => join(root, of, "node_modules/.bin", name);

export type Ran = { readonly status: number; readonly output: string };

/** Runs a command to its end without input; what it wrote to both outputs is returned as one text. */
export function capture(
  command: string,
  args: readonly string[],
  options: { readonly cwd?: string } = {},
): Promise<Ran> {
  return new Promise((resolve) => {
    const child = spawn(command, args, { cwd: options.cwd ?? root, stdio: ["ignore", "pipe", "pipe"] });
    const chunks: Buffer[] = [];
    child.stdout.on("data", (chunk: Buffer) => chunks.push(chunk));
    child.stderr.on("data", (chunk: Buffer) => chunks.push(chunk));
    child.on("error", (cause) => resolve({ status: 127, output: cause.message }));
    child.on("close", (status) => resolve({ status: status ?? 1, output: Buffer.concat(chunks).toString() }));
  });
}

export type ShowOptions = { readonly env?: NodeJS.ProcessEnv; readonly timeoutMs?: number };

/** Runs a command in the foreground, its output on ours. @returns its exit status, 1 when a signal or the time limit ended it. */
export function show(command: string, args: readonly string[], { env, timeoutMs }: ShowOptions = {}): number {
  const ran = spawnSync(command, args, {
    cwd: root,
    stdio: ["ignore", "inherit", "inherit"],
    env: { ...process.env, ...env },
    ...(timeoutMs === undefined ? {} : { timeout: timeoutMs }),
  });
  return ran.status ?? 1;
}
