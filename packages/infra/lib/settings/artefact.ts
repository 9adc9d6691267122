import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** Where the server's artefact for hosts lies, unless TRUNKLINE_ARTEFACT says otherwise. */
const usual = join(import.meta.dirname, "../../../../dist/artefact/trunkline-linux-arm64.tar.gz");

/** @returns the path of the artefact that is deployed, or in words why there is none */
export function findArtefact(
  env: NodeJS.ProcessEnv = process.env,
): { readonly path: string } | { readonly fault: string } {
  const path = env.TRUNKLINE_ARTEFACT ?? usual;
  if (existsSync(path)) return { path };
  return { fault: `There is no artefact ${path}. Make it with: npx -y pnpm@10 run artefact arm64` };
}

/** SHA-256 of a file, in hex. */
export const sha256Of = (path: string): string => createHash("sha256").update(readFileSync(path)).digest("hex");
