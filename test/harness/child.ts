import { type ChildProcess, type ChildProcessByStdio, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import type { Readable, Writable } from "node:stream";

export type Child = ChildProcessByStdio<null, Readable, Readable>;
/** A program that is told what to do on its input. */
export type ToldChild = ChildProcessByStdio<Writable, Readable, Readable>;

const setpriv = "/usr/bin/setpriv";

/** Where the system can, a child dies with its parent even when that is killed and runs no exit hook. */
const dyingWithUs = (command: string, args: readonly string[]): readonly [string, readonly string[]] =>
  existsSync(setpriv) ? [setpriv, ["--pdeathsig", "KILL", command, ...args]] : [command, args];

/** Starts a program without input that does not outlive this process. */
export function startChild(command: string, args: readonly string[], cwd: string, env: NodeJS.ProcessEnv = {}): Child {
  const [program, words] = dyingWithUs(command, args);
  return leashed(spawn(program, words, { cwd, stdio: ["ignore", "pipe", "pipe"], env: { ...process.env, ...env } }));
}

/** The same for a program that reads commands. */
export function startToldChild(
  command: string,
  args: readonly string[],
  cwd: string,
  env: NodeJS.ProcessEnv = {},
): ToldChild {
  const [program, words] = dyingWithUs(command, args);
  return leashed(spawn(program, words, { cwd, stdio: ["pipe", "pipe", "pipe"], env: { ...process.env, ...env } }));
}

function leashed<Process extends ChildProcess>(child: Process): Process {
  const kill = (): void => {
    child.kill("SIGKILL");
  };
  process.once("exit", kill);
  child.once("close", () => process.off("exit", kill));
  return child;
}

/** Resolves with the exit status when the program has ended and its outputs are read; 1 when a signal ended it. */
export function ended(child: ChildProcess): Promise<number> {
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (status) => resolve(status ?? 1));
  });
}
