import { buildArtefact } from "./build/artefact/artefact.ts";
import { architectures } from "./build/artefact/fetch.ts";

/** `node scripts/artefact.ts [x64|arm64 ...]`: what a host runs, in one file for each processor. */
const wanted = process.argv.slice(2);
for (const architecture of architectures.filter((one) => wanted.length === 0 || wanted.includes(one))) {
  const { file, sha256 } = await buildArtefact(architecture);
  console.log(`${sha256}  ${file}`);
}
