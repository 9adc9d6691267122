import { destroy } from "../packages/infra/lib/launch/destroy.ts";
import { systemParts } from "../packages/infra/lib/launch/system.ts";

/** `node scripts/destroy.ts [-c region=...] [--yes]`: removes Trunkline from an AWS account, and says what stays. */
process.exitCode = await destroy(process.argv.slice(2), systemParts);
