import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { onTestFinished } from "vitest";

/** A program of Node's that is running. */
export type Program = {
  /** Resolves with the first line that contains the words; rejects when the program ends without one. */
  line(words: string): Promise<string>;
  /** Every line so far. */
  readonly lines: readonly string[];
  /** Resolves with the exit status once the program is over. */
  readonly ended: Promise<number | null>;
  stop(): void;
};

/** Runs a TypeScript file with this Node; it ends with the test at the latest. */
export function runProgram(file: string, args: readonly string[], cwd: string): Program {
  const child = spawn(process.execPath, [file, ...args], { cwd, stdio: ["ignore", "pipe", "inherit"] });
  const lines: string[] = [];
  const waiting = new Set<() => void>();
  const reader = createInterface({ input: child.stdout });
  const ended = new Promise<number | null>((resolve) => child.once("close", resolve));
  const look = (): void => waiting.forEach((each) => void each());
  reader.on("line", (text) => {
    lines.push(text);
    look();
  });
  onTestFinished(() => void child.kill("SIGKILL"));
  const line = (words: string): Promise<string> =>
    new Promise((resolve, reject) => {
      const search = (): void => {
        const found = lines.find((text) => text.includes(words));
        if (found !== undefined) resolve(found);
      };
      waiting.add(search);
      search();
      void ended.then(() => reject(new Error(`${file} ended without saying "${words}": ${lines.join(" | ")}`)));
    });
  return { line, lines, ended, stop: () => void child.kill("SIGTERM") };
}

/** Runs a program that says `ready at ADDRESS:PORT`, and gives that port. */
export async function runServer(file: string, args: readonly string[], cwd: string) {
  const program = runProgram(file, args, cwd);
  const said = await program.line("ready at ");
  return { program, port: Number(said.slice(said.lastIndexOf(":") + 1)) };
}
