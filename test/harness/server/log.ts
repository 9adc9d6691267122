import { createInterface } from "node:readline";
import type { Readable } from "node:stream";

/** One line of the server's log. */
export type LogLine = { readonly msg?: string; readonly level?: number; readonly [key: string]: unknown };

/** The lines of a running program's output, and a way to wait for one. */
export type Log = {
  /** Those that are JSON objects. */
  readonly lines: readonly LogLine[];
  /** Everything, as it came. */
  readonly text: () => string;
  /** Resolves with the first line that matches, whether it has come or is to come; rejects when the output ends without one. */
  waitFor(matches: (line: LogLine) => boolean): Promise<LogLine>;
};

type Waiting = {
  readonly matches: (line: LogLine) => boolean;
  readonly resolve: (line: LogLine) => void;
  readonly reject: (cause: Error) => void;
};

function parseLine(text: string): LogLine | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? (value as LogLine) : undefined;
  } catch {
    return undefined;
  }
}

/** Reads a program's output line by line. */
export function readLog(output: Readable): Log {
  const raw: string[] = [];
  const lines: LogLine[] = [];
  let waiting: Waiting[] = [];
  let isOver = false;
  const text = (): string => raw.join("\n");
  const over = (): Error => new Error(`the program ended without the awaited line; it wrote:\n${text()}`);

  const reader = createInterface({ input: output });
  reader.on("line", (written) => {
    raw.push(written);
    const line = parseLine(written);
    if (line === undefined) return;
    lines.push(line);
    const met = waiting.filter(({ matches }) => matches(line));
    waiting = waiting.filter((one) => !met.includes(one));
    for (const { resolve } of met) resolve(line);
  });
  reader.on("close", () => {
    isOver = true;
    for (const { reject } of waiting) reject(over());
  });
  const waitFor = (matches: (line: LogLine) => boolean): Promise<LogLine> => {
    const found = lines.find(matches);
    if (found !== undefined) return Promise.resolve(found);
    if (isOver) return Promise.reject(over());
    return new Promise((resolve, reject) => waiting.push({ matches, resolve, reject }));
  };
  return { lines, text, waitFor };
}
