import { accessSync, constants } from "node:fs";
import { join } from "node:path";

/** A program of the system that tests and benchmarks drive. */
export type Program = {
  readonly name: string;
  /** Any of these on the search path will do. */
  readonly commands: readonly string[];
  /** Names another place to look first, e.g. a browser that was unpacked by hand. */
  readonly variable?: string;
  readonly debianPackage: string;
  /** Needed by the long counts alone. */
  readonly isForSoak?: boolean;
};

export const programs: readonly Program[] = [
  {
    name: "Chromium",
    commands: ["chromium", "chromium-browser", "google-chrome"],
    variable: "TRUNKLINE_CHROMIUM",
    debianPackage: "chromium",
  },
  {
    name: "Firefox ESR",
    commands: ["firefox-esr", "firefox"],
    variable: "TRUNKLINE_FIREFOX",
    debianPackage: "firefox-esr",
  },
  { name: "SIPp", commands: ["sipp"], debianPackage: "sip-tester" },
  { name: "baresip", commands: ["baresip"], debianPackage: "baresip-core" },
  { name: "linphonec", commands: ["linphonec"], debianPackage: "linphone-cli" },
  // Not the package gcc: that one leaves out the C library's headers.
  { name: "gcc", commands: ["gcc"], debianPackage: "build-essential" },
  { name: "ip", commands: ["ip"], debianPackage: "iproute2" },
  { name: "ss", commands: ["ss"], debianPackage: "iproute2" },
  { name: "debootstrap", commands: ["debootstrap"], debianPackage: "debootstrap", isForSoak: true },
  { name: "qemu", commands: ["qemu-aarch64-static"], debianPackage: "qemu-user-static", isForSoak: true },
  { name: "nspawn", commands: ["systemd-nspawn"], debianPackage: "systemd-container", isForSoak: true },
];

/** What is looked at when a program is searched for. */
export type Surroundings = {
  readonly env: Readonly<Record<string, string | undefined>>;
  isExecutable(path: string): boolean;
};

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

export const thisMachine: Surroundings = { env: process.env, isExecutable };

/** The path of a program, undefined when it is not there. System folders count even where PATH lacks them. */
export function locate(program: Program, { env, isExecutable }: Surroundings = thisMachine): string | undefined {
  const named = program.variable === undefined ? undefined : env[program.variable];
  const folders = [...(env.PATH ?? "").split(":"), "/usr/bin", "/usr/sbin", "/sbin"].filter((folder) => folder !== "");
  const candidates = program.commands.flatMap((command) => folders.map((folder) => join(folder, command)));
  return (named === undefined ? candidates : [named]).find(isExecutable);
}

/** The path of one of `programs` by its name. @throws in words when it is missing. */
export function pathOf(name: string): string {
  const program = programs.find((candidate) => candidate.name === name);
  const path = program && locate(program);
  if (path === undefined) throw new Error(`${name} is not installed: run the tests through 'pnpm test'`);
  return path;
}
