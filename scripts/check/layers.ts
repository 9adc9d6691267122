import { globSync } from "node:fs";
import { capture, tool } from "../command.ts";
import type { Step } from "./step.ts";

const cruised = /(\d+) modules, \d+ dependencies cruised/;

/** How many modules dependency-cruiser says it has seen. It sees none beside a TypeScript that it cannot use, and exits 0. */
export function modulesCruised(output: string): number {
  return Number(cruised.exec(output)?.[1] ?? 0);
}

const sourcesIn = (root: string): number => globSync("packages/*/src/**/*.{ts,tsx}", { cwd: root }).length;

/** What is wrong with a run that found no breach: it saw fewer modules than there are sources. */
export function blindness(output: string, sources: number): string | undefined {
  const seen = modulesCruised(output);
  return seen > 0 && seen >= sources ? undefined : `only ${seen} modules were cruised, there are ${sources} sources`;
}

/** Packages, folder ranks and cycles, by `.dependency-cruiser.mjs`. */
export const layers: Step = {
  name: "layers",
  async run(root) {
    const args = ["--config", ".dependency-cruiser.mjs", "packages", "scripts", "test"];
    const ran = await capture(tool("depcruise"), args, { cwd: root });
    return ran.status === 0 ? blindness(ran.output, sourcesIn(root)) : ran.output;
  },
};
