import { show } from "../command.ts";
import { type Machine, remedyFor } from "./install.ts";
import { locate, type Program, programs, thisMachine } from "./programs.ts";

const missingOf = (wanted: readonly Program[]) => wanted.filter((program) => locate(program) === undefined);

function machine(): Machine {
  return {
    isRoot: process.getuid?.() === 0,
    hasApt: thisMachine.isExecutable("/usr/bin/apt-get"),
    consent: process.env.TRUNKLINE_INSTALL,
  };
}

function install(packages: readonly string[]): void {
  console.log(`Installing with apt-get: ${packages.join(" ")} (TRUNKLINE_INSTALL=no forbids this)`);
  const quiet = { env: { DEBIAN_FRONTEND: "noninteractive" } };
  show("apt-get", ["update", "-qq"], quiet);
  show("apt-get", ["install", "-y", "-qq", "--no-install-recommends", ...packages], quiet);
}

/**
 * Makes sure that programs are there: those which the tests drive, or the named ones, or `soak`: all that there are.
 * @returns what a person must do, undefined when they are.
 */
export function providePrograms(names?: readonly string[] | "soak"): string | undefined {
  const wanted = programs.filter(({ name, isForSoak = false }) =>
    names === "soak" ? true : (names?.includes(name) ?? !isForSoak),
  );
  const remedy = remedyFor(missingOf(wanted), machine());
  if (remedy.kind === "tell") return remedy.words;
  if (remedy.kind === "install") install(remedy.packages);
  const left = missingOf(wanted).map((program) => program.name);
  return left.length === 0 ? undefined : `Still missing after the installation: ${left.join(", ")}`;
}
