import type { Program } from "./programs.ts";

/** What to do about programs that are missing. */
export type Remedy =
  | { readonly kind: "none" }
  | { readonly kind: "install"; readonly packages: readonly string[] }
  | { readonly kind: "tell"; readonly words: string };

export type Machine = {
  readonly isRoot: boolean;
  readonly hasApt: boolean;
  /** `TRUNKLINE_INSTALL`: "no" forbids to install anything. */
  readonly consent: string | undefined;
};

/** Decides, without doing anything, how to come by what is missing. */
export function remedyFor(missing: readonly Program[], machine: Machine): Remedy {
  if (missing.length === 0) return { kind: "none" };
  const packages = [...new Set(missing.map((program) => program.debianPackage))];
  if (machine.hasApt && machine.isRoot && machine.consent !== "no") return { kind: "install", packages };
  const names = missing.map((program) => program.name).join(", ");
  const command = machine.hasApt
    ? `${machine.isRoot ? "" : "sudo "}apt-get install -y --no-install-recommends ${packages.join(" ")}`
    : `install these with your system's package manager (Debian's names): ${packages.join(" ")}`;
  return { kind: "tell", words: `This needs ${names}, which this machine lacks. To get them:\n  ${command}` };
}
