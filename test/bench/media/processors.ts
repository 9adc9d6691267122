import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";

/** The numbers of the processors that this process may use. */
function allowed(): readonly number[] {
  const list = /^Cpus_allowed_list:\s*(\S+)$/m.exec(readFileSync("/proc/self/status", "utf8"))?.[1] ?? "0";
  return list.split(",").flatMap((range) => {
    const [first = 0, last = first] = range.split("-").map(Number);
    return Array.from({ length: last - first + 1 }, (_, at) => first + at);
  });
}

const numbers = allowed();

/** Where what is measured runs, and the load beside it: `same` with it, `other` apart from it. In the words of taskset. */
export const processors = {
  relay: `${numbers.at(-1)}`,
  same: `${numbers.at(-1)}`,
  other: `${numbers[0]}`,
  all: numbers.join(","),
} as const;

/** Where the load runs, seen from the relay. */
export type LoadPlace = "same" | "other";

/** Holds this process to the other processor, so that it never takes time from the relay. */
export function stayAside(): void {
  if (numbers.length === 1) console.log("one processor alone: the figures for two are those of one");
  spawnSync("taskset", ["-acp", processors.other, `${process.pid}`]);
}
