import { parseArgs } from "node:util";
import { providePrograms } from "./test/provide.ts";
import { runProjects } from "./test/run.ts";

const { values } = parseArgs({
  options: { minutes: { type: "string", default: "30" }, seeds: { type: "string", default: "10000" } },
});
const limitMs = Number(values.minutes) * 60_000;

/**
 * `node scripts/soak.ts [--minutes 30] [--seeds 10000]`: the scenarios with many seeds, and whatever else counts long.
 * TRUNKLINE_SEEDS tells a test how many; TRUNKLINE_SOAK_UNTIL, in milliseconds since 1970, when to begin no more rounds: the
 * other counts need the rest of the time. A run that goes on beyond the limit is ended and counts as failed.
 */
const lacking = providePrograms("soak");
if (lacking !== undefined) console.error(lacking);
const env = { TRUNKLINE_SEEDS: values.seeds, TRUNKLINE_SOAK_UNTIL: String(Date.now() + 0.6 * limitMs) };
process.exitCode = lacking === undefined ? runProjects(["seeds", "soak"], [], { env, timeoutMs: limitMs }) : 1;
