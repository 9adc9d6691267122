import { dayOneInStep } from "./check/day-one.ts";
import { errorsInStep } from "./check/errors-doc.ts";
import { faultsInStep } from "./check/faults.ts";
import { laddersInStep } from "./check/ladders-doc.ts";
import { layers } from "./check/layers.ts";
import { metricsInStep } from "./check/metrics-doc.ts";
import { regexes } from "./check/regexes.ts";
import { rfcMapInStep } from "./check/rfc-map.ts";
import type { Step } from "./check/step.ts";
import { tablesInStep } from "./check/tables-doc.ts";
import { time } from "./check/time.ts";
import { lint, types, unused } from "./check/tools.ts";
import { root } from "./command.ts";

const steps: readonly Step[] = [
  types,
  lint,
  layers,
  unused,
  time,
  regexes,
  errorsInStep,
  metricsInStep,
  tablesInStep,
  laddersInStep,
  rfcMapInStep,
  dayOneInStep,
  faultsInStep,
];

async function runStep(step: Step): Promise<boolean> {
  const startedMs = performance.now();
  const fault = await step.run(root).catch((cause: unknown) => String(cause));
  const seconds = ((performance.now() - startedMs) / 1000).toFixed(1);
  console.log(`${fault === undefined ? "ok    " : "FAILED"} ${step.name.padEnd(8)} ${seconds} s`);
  if (fault !== undefined) console.log(fault.trim().replace(/^/gm, "  "));
  return fault === undefined;
}

/** `node scripts/check.ts [STEP...]`: all steps, or the named ones. Exit status 0, 1 when one fails, 2 for an unknown name. */
async function main(names: readonly string[]): Promise<number> {
  const unknown = names.filter((name) => !steps.some((step) => step.name === name));
  if (unknown.length > 0) {
    console.error(`no such step: ${unknown.join(", ")}; there are ${steps.map((step) => step.name).join(", ")}`);
    return 2;
  }
  const chosen = names.length === 0 ? steps : steps.filter((step) => names.includes(step.name));
  const results = await Promise.all(chosen.map(runStep));
  return results.every(Boolean) ? 0 : 1;
}

process.exitCode = await main(process.argv.slice(2));
