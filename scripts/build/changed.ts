import { createHash } from "node:crypto";
import { existsSync, globSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** Something that is made from files and need not be made again while they are the same. */
export type Artefact = {
  readonly name: string;
  /** Globs of the files that it is made from, relative to `root`. */
  readonly inputs: readonly string[];
  /** A file that exists once it is made. */
  readonly output: string;
  make(): Promise<void>;
};

/** A hash over the names and contents of all files that the globs name. */
export function fingerprint(root: string, inputs: readonly string[]): string {
  const found = globSync([...inputs], { cwd: root, exclude: ["**/node_modules/**", "**/dist/**"] });
  const files = found.filter((path) => statSync(join(root, path)).isFile()).sort();
  const hash = createHash("sha256");
  for (const file of files) {
    const path = join(root, file);
    hash.update(`${file}\0`).update(readFileSync(path)).update("\0");
  }
  return hash.digest("hex");
}

const readMark = (path: string): string => (existsSync(path) ? readFileSync(path, "utf8") : "");

/** Makes an artefact when its inputs have changed since it was last made here. @returns whether it was made. */
export async function makeIfChanged(root: string, artefact: Artefact): Promise<boolean> {
  const mark = join(root, ".cache", `${artefact.name}.fingerprint`);
  const wanted = fingerprint(root, artefact.inputs);
  if (readMark(mark) === wanted && existsSync(join(root, artefact.output))) return false;
  rmSync(mark, { force: true });
  await artefact.make();
  mkdirSync(join(root, ".cache"), { recursive: true });
  writeFileSync(mark, wanted);
  return true;
}
