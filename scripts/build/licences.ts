import { existsSync, readdirSync, readFileSync, realpathSync } from "node:fs";
import { dirname, join } from "node:path";

/** A package as its manifest says. */
export type Package = { readonly name: string; readonly version: string; readonly license?: string };

type Manifest = {
  readonly name: string;
  readonly version: string;
  readonly license?: string;
  readonly dependencies?: Readonly<Record<string, string>>;
};

const manifestOf = (folder: string): Manifest =>
  JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as Manifest;

/** The folder of a dependency, as Node looks for it: in each node_modules from `folder` upwards. */
function resolveFrom(folder: string, name: string): string | undefined {
  const candidate = join(folder, "node_modules", name);
  if (existsSync(join(candidate, "package.json"))) return realpathSync(candidate);
  const parent = dirname(folder);
  return parent === folder ? undefined : resolveFrom(parent, name);
}

/** Adds the folders of all packages that one package needs at run time, theirs included. */
function collect(folder: string, found: Set<string>): void {
  for (const name of Object.keys(manifestOf(folder).dependencies ?? {})) {
    const dependency = resolveFrom(folder, name);
    if (dependency === undefined || found.has(dependency)) continue;
    found.add(dependency);
    collect(dependency, found);
  }
}

function licenceText(folder: string): string {
  const file = readdirSync(folder).find((name) => /^(licen[cs]e|copying)/i.test(name));
  return file === undefined ? "(the package carries no licence file)" : readFileSync(join(folder, file), "utf8").trim();
}

function entry(folder: string): string {
  const { name, version, license } = manifestOf(folder);
  return `${name} ${version} (${license ?? "licence not named"})\n\n${licenceText(folder)}\n`;
}

/** What something is made of: packages of ours, and of what others have made, folders that no package of ours names as a whole. */
export type Parts = { readonly own: readonly string[]; readonly others?: readonly string[] };

function foreignTo({ own, others = [] }: Parts): readonly string[] {
  const found = new Set(others.map((folder) => realpathSync(folder)));
  for (const folder of [...own, ...found]) collect(folder, found);
  return [...found].filter((folder) => !own.includes(folder));
}

/** The packages of others that it needs at run time. */
export const packagesOf = (parts: Parts): readonly Package[] => foreignTo(parts).map(manifestOf);

/** The licences of everything of others that it needs at run time, sorted by name. */
export function licencesOf(parts: Parts): string {
  return foreignTo(parts)
    .map(entry)
    .sort()
    .join(`\n${"-".repeat(80)}\n\n`);
}
