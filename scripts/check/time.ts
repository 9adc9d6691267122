import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Step } from "./step.ts";

const sources = "packages/*/src/**/*.{ts,tsx}";
const allowed = /\/src\/(kernel|testing)\/|\.test\.tsx?$/;
const impure = /\b(setTimeout|setInterval|Date\.now|Math\.random|new Date\(\))/;

/** The lines of a source that read the machine's time or randomness themselves. */
export function impureLines(text: string): readonly number[] {
  return text
    .split("\n")
    .flatMap((line, at) => (impure.test(line) && !/^\s*(\*|\/\/|\/\*)/.test(line) ? [at + 1] : []));
}

/** Time and randomness are parameters: only `kernel/` takes them from the machine. */
export const time: Step = {
  name: "time",
  async run(root) {
    const faults: string[] = [];
    for (const file of globSync(sources, { cwd: root })) {
      if (allowed.test(file)) continue;
      const lines = impureLines(readFileSync(join(root, file), "utf8"));
      faults.push(
        ...lines.map((line) => `${file}:${line} takes time or randomness from the machine; take it as a parameter`),
      );
    }
    return faults.length === 0 ? undefined : faults.join("\n");
  },
};
