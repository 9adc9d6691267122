import { execFile, execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { pathOf } from "../../scripts/test/programs.ts";
import { type Child, ended, startChild } from "../harness/child.ts";
import { readLog } from "../harness/server/log.ts";

export type Ran = { readonly status: number; readonly output: string };

/** A machine of its own, whose first process is systemd: its files are a folder, its network is this machine's. */
export type Machine = {
  /** Where a path of it lies here. */
  files(path: string): string;
  /** Runs a program inside. */
  run(...words: readonly string[]): Promise<Ran>;
  stop(): Promise<void>;
};

const packages = ["systemd", "systemd-sysv", "dbus", "xfsprogs", "awscli", "python3-cffi-backend"];

/**
 * Makes the machine in a folder and starts it.
 * @param devices block devices of this machine that it has as well
 */
export async function startMachine(folder: string, devices: readonly string[]): Promise<Machine> {
  const files = (path: string): string => join(folder, path);
  execFileSync(pathOf("debootstrap"), ["--variant=minbase", `--include=${packages.join()}`, "stable", folder], {
    stdio: "ignore",
  });
  // A disk of its own that holds two releases, and no third.
  mkdirSync(files("opt/trunkline/releases"), { recursive: true });
  execFileSync("mount", ["-t", "tmpfs", "-o", "size=400M", "tmpfs", files("opt/trunkline/releases")]);
  const child = startChild(
    pathOf("nspawn"),
    [
      ...["--quiet", "--boot", "--register=no", "--keep-unit", "-D", folder],
      ...devices.map((device) => `--bind=${device}`),
    ],
    folder,
  );
  const said = [readLog(child.stdout), readLog(child.stderr)];
  const run = (...words: readonly string[]): Promise<Ran> => inside(child, words);
  const stop = async (): Promise<void> => {
    await powerOff(child);
    execFileSync("umount", ["--lazy", files("opt/trunkline/releases")]);
    rmSync(folder, { recursive: true, force: true });
  };
  for (let tries = 0; !(await isUp(run)); tries++) {
    if (tries === 120) throw new Error(`the machine does not come up:\n${said.map((log) => log.text()).join("\n")}`);
    await setTimeout(500);
  }
  return { files, run, stop };
}

/** `degraded`: some of Debian's own services need what only a real machine has. */
const isUp = async (run: Machine["run"]): Promise<boolean> => {
  const { output } = await run("systemctl", "is-system-running");
  return ["running", "degraded"].includes(output.trim());
};

/** The machine's first process, as this machine numbers it: the one child of what has started it. */
function firstProcess({ pid }: Child): string {
  const children = `/proc/${pid}/task/${pid}/children`;
  return existsSync(children) ? (readFileSync(children, "utf8").split(" ", 1)[0] ?? "") : "";
}

function inside(child: Child, words: readonly string[]): Promise<Ran> {
  return new Promise((resolve) => {
    const entered = ["-t", firstProcess(child), "-m", "-u", "-i", "-p", "-r", "-w", ...words];
    // Nothing of this machine's own environment is meant for that one.
    const env = { PATH: "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin" };
    execFile("nsenter", entered, { env }, (error, stdout, stderr) => {
      const status = error === null ? 0 : typeof error.code === "number" ? error.code : 1;
      resolve({ status, output: `${stdout}${stderr}` });
    });
  });
}

/** With its first process a machine is gone, and all that runs in it. */
async function powerOff(child: Child): Promise<void> {
  const first = firstProcess(child);
  const isOff = ended(child).then(() => true);
  await inside(child, ["systemctl", "poweroff"]);
  if (!(await Promise.race([isOff, setTimeout(20_000, false)])) && first !== "") process.kill(Number(first), "SIGKILL");
}
