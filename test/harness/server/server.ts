import { cpSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { root } from "../../../scripts/command.ts";
import { type Child, ended, startChild } from "../child.ts";
import { type Log, type LogLine, readLog } from "./log.ts";
import { keepSecretsOf, secretsIn, toldBy, writtenIn } from "./secrets.ts";

/** What is started: a checkout's sources, or the bundle, copied to where no package of the checkout can be found. */
const programs = {
  sources: () => join(root, "packages/pbx/src/main.ts"),
  bundle: (folder: string) => {
    cpSync(join(root, "dist/bundle"), join(folder, "bundle"), { recursive: true });
    return join(folder, "bundle/server.mjs");
  },
} as const;

export type ServerOptions = {
  /** Default: `sources`. */
  readonly program?: keyof typeof programs;
  /** The text of a configuration file; without it the server runs in loopback mode. */
  readonly config?: string;
  /** Loopback mode's address. Default: the first of the test file's own network, else 127.0.0.1. */
  readonly address?: string;
  readonly arguments?: readonly string[];
  readonly env?: NodeJS.ProcessEnv;
};

export type CommandResult = { readonly status: number; readonly stdout: string; readonly stderr: string };

export type Server = {
  /** Where the phone is, e.g. `http://127.21.7.1:8080`. */
  readonly url: string;
  readonly pid: number;
  /** The line that the server logged when it was ready. */
  readonly ready: LogLine;
  readonly log: Log;
  /** Resolves with the exit status when it has ended. */
  readonly exit: Promise<number>;
  /** The folder it runs in, gone after `stop`. */
  readonly folder: string;
  /** Runs a command of ours against this server, e.g. `command("status", "--json")`. */
  command(...args: readonly string[]): Promise<CommandResult>;
  /**
   * SIGTERM, which drains; after `graceMs` a second one, which stops at once. Rejects when a secret that tests have used
   * stands in the log, in what the commands show, or in the database. @returns the exit status.
   */
  stop(graceMs?: number): Promise<number>;
};

async function runCommand(entry: string, folder: string, args: readonly string[]): Promise<CommandResult> {
  const child = startChild(process.execPath, [entry, ...args, "--socket", join(folder, "trunkline.sock")], folder);
  const [out, err] = [readLog(child.stdout), readLog(child.stderr)];
  const status = await ended(child);
  return { status, stdout: out.text(), stderr: err.text() };
}

/** Inside a network namespace there is no test runner, and no need for a network of one's own. */
function ownAddress(): string {
  const network = process.env.TRUNKLINE_TEST_NETWORK;
  return network === undefined ? "127.0.0.1" : `${network}.1`;
}

/** Where a test says nothing of monitoring, servers beside each other must not meet at its port. */
const withFreePorts = (config: string): string =>
  config.includes("admin:") ? config : `${config.trimEnd()}\nadmin: { bind: "127.0.0.1:0" }\n`;

function argumentsOf(options: ServerOptions, folder: string): string[] {
  const socket = ["--socket", join(folder, "trunkline.sock")];
  if (options.config === undefined) return [...socket, "loopback", "--address", options.address ?? ownAddress()];
  const file = join(folder, "trunkline.yaml");
  writeFileSync(file, withFreePorts(options.config));
  keepSecretsOf(options.config);
  return [...socket, "run", "--config", file];
}

async function stopChild(child: Child, exit: Promise<number>, graceMs: number): Promise<number> {
  child.kill("SIGTERM");
  const killTimer = setTimeout(() => child.kill("SIGTERM"), graceMs);
  const status = await exit;
  clearTimeout(killTimer);
  return status;
}

/** Starts the server in a folder of its own, its admin socket there, and waits until it says that it is ready; rejects with its output when it ends before. */
export async function startServer(options: ServerOptions = {}): Promise<Server> {
  const folder = mkdtempSync(join(tmpdir(), "trunkline-server-"));
  const entry = programs[options.program ?? "sources"](folder);
  const args = [entry, ...argumentsOf(options, folder), ...(options.arguments ?? [])];
  const child = startChild(process.execPath, args, folder, options.env);
  const exit = ended(child);
  const log = readLog(child.stdout);
  const complaints = readLog(child.stderr);
  const ready = await log
    .waitFor((line) => line.msg === "ready")
    .catch(async (cause: unknown) => {
      await exit;
      throw new Error(`the server did not start:\n${complaints.text()}`, { cause });
    });
  return {
    url: String(ready.url),
    pid: child.pid ?? 0,
    ready,
    log,
    exit,
    folder,
    command: (...words) => runCommand(entry, folder, words),
    stop: async (graceMs = 5000) => {
      const told = await toldBy(folder);
      const status = await stopChild(child, exit, graceMs);
      const found = [told, log.text(), complaints.text(), writtenIn(folder)].flatMap(secretsIn);
      rmSync(folder, { recursive: true, force: true });
      if (found.length > 0) throw new Error(`secrets are written down:\n${found.join("\n")}`);
      return status;
    },
  };
}
