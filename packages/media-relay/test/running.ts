import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { onTestFinished } from "vitest";

/** A TypeScript file run by this Node, spoken with line by line; it ends with the test at the latest. */
export function running(file: string, args: readonly string[], cwd: string) {
  const child = spawn(process.execPath, [file, ...args], { cwd, stdio: ["ignore", "pipe", "inherit"] });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const ended = new Promise<number | null>((resolve) => child.once("close", resolve));
  onTestFinished(() => void child.kill("SIGKILL"));
  return {
    /** The next line; none when the program is over. */
    line: async (): Promise<string | undefined> => (await lines.next()).value,
    /** Asks it to end and gives its exit status. */
    stop: (): Promise<number | null> => {
      child.kill("SIGTERM");
      return ended;
    },
  };
}
