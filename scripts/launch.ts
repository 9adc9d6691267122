import { launch } from "../packages/infra/lib/launch/launch.ts";
import { systemLaunchParts } from "../packages/infra/lib/launch/system.ts";
import { buildArtefact } from "./build/artefact/artefact.ts";
import { bundledServer } from "./build/bundle.ts";

/** `node scripts/launch.ts [-c key=value ...] [--dry-run] [--yes]`: puts Trunkline into an AWS account, or shows what that would be. */
process.exitCode = await launch(
  process.argv.slice(2),
  systemLaunchParts(async () => ({ ...(await buildArtefact("arm64")), server: bundledServer })),
);
