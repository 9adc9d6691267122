import { parseArgs } from "node:util";
import { runProjects } from "./test/run.ts";

const { values } = parseArgs({ options: { minutes: { type: "string", default: "30" } } });
const limitMs = Number(values.minutes) * 60_000;

/**
 * `node scripts/soak.ts [--minutes 30]`: the long counts. TRUNKLINE_SOAK_UNTIL, in milliseconds since 1970, tells a test
 * when to begin no more rounds; a run that goes on beyond the limit is ended and counts as failed.
 */
const until = String(Date.now() + 0.9 * limitMs);
const options = { env: { TRUNKLINE_SOAK_UNTIL: until }, timeoutMs: limitMs };
process.exitCode = runProjects(["soak"], [], options);
