import { show } from "../command.ts";
import { type Machine, remedyFor } from "./install.ts";
import { locate, programs, thisMachine } from "./programs.ts";

const missing = () => programs.filter((program) => locate(program) === undefined);

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

/** Makes sure that the programs which the tests drive are there. @returns what a person must do, undefined when they are. */
export function providePrograms(): string | undefined {
  const remedy = remedyFor(missing(), machine());
  if (remedy.kind === "tell") return remedy.words;
  if (remedy.kind === "install") install(remedy.packages);
  const left = missing().map((program) => program.name);
  return left.length === 0 ? undefined : `Still missing after the installation: ${left.join(", ")}`;
}
