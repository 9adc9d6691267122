import { capture, tool } from "../command.ts";
import type { Step } from "./step.ts";

function toolStep(name: string, bin: string, args: readonly string[]): Step {
  return {
    name,
    async run(root) {
      const ran = await capture(tool(bin), args, { cwd: root });
      return ran.status === 0 ? undefined : ran.output;
    },
  };
}

export const types: Step = toolStep("types", "tsc", ["-b", "--pretty", "false"]);
export const lint: Step = toolStep("lint", "biome", ["check", "--error-on-warnings", "--diagnostic-level=warn", "."]);
export const unused: Step = toolStep("unused", "knip", ["--no-progress", "--no-config-hints"]);
