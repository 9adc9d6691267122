import { writeFileSync } from "node:fs";
import { systemClock } from "@trunkline/sip-stack";
import type { App } from "./app.ts";
import { startApp } from "./app.ts";
import type { ServerCommands } from "./cli/program.ts";
import type { Config } from "./config/config.ts";
import { withPublicAddress } from "./config/public-address.ts";
import { readConfigFile } from "./config/read.ts";
import { configTemplate } from "./config/template.ts";
import { messageOf, PbxError } from "./kernel/errors.ts";
import { layoutOf } from "./layout.ts";
import { startLoopback } from "./loopback.ts";

const layout = layoutOf(import.meta.dirname);

/** The commands that are a server, or read its configuration: all that a question to a running server need not load. */
export const serverCommands: ServerCommands = {
  run: async (path, { socket }) => {
    const read = async (): Promise<Config> => {
      const config = await withPublicAddress(faultless(path));
      return socket === undefined ? config : { ...config, admin: { ...config.admin, socket } };
    };
    serve(await startApp(await read(), layout, { mode: "trunk", readAgain: read }));
  },
  loopback: async (command) => {
    const app = await startLoopback(command, layout);
    serve(app);
    console.error(welcome(app.url));
  },
  init: async (path) => {
    try {
      // Passwords may be written into it.
      writeFileSync(path, configTemplate, { flag: "wx", mode: 0o600 });
    } catch (cause) {
      const isThere = cause instanceof Error && "code" in cause && cause.code === "EEXIST";
      const why = isThere ? "there is such a file already. Name another one with --config." : messageOf(cause);
      throw new PbxError(isThere ? "CONFIG_EXISTS" : "CONFIG_UNREADABLE", `${path} cannot be written: ${why}`, {
        cause,
      });
    }
  },
  check: async (path) => {
    const read = readConfigFile(path);
    return "faults" in read ? read.faults : [];
  },
};

function faultless(path: string): Config {
  const read = readConfigFile(path);
  if ("faults" in read) throw new PbxError("CONFIG_FAULTY", read.faults.join("\n"));
  return read.config;
}

/** What a person who tries it out wants to know; the log's JSON lines go to standard output. */
const welcome = (url: string): string =>
  [
    "",
    `  The phone is at ${url.replace("127.0.0.1", "localhost")}`,
    "  Call any US or Canadian number, say +1 202 555 0123: it rings, answers and says back what you say.",
    "  To be called, in another terminal:  npx -y pnpm@10 -s trunkline simulate call",
    "  Ctrl+C ends it.",
    "",
  ].join("\n");

const stackOf = (cause: unknown): string | undefined => (cause instanceof Error ? cause.stack : undefined);

/** How long calls may go on after SIGTERM. */
const drainSeconds = 300;

/** Ctrl+C reaches the server twice, from the terminal and from the program that started it: within this time it is one wish. */
const oneWishMs = 500;

/**
 * Says that the server is ready, and minds signals: SIGTERM lets the calls that are up go on, SIGINT ends them, a second
 * one of either waits for nothing; SIGHUP reads the configuration again. A fault of ours that nobody caught is logged
 * with its place, and the calls that are up go on.
 */
function serve(app: App): void {
  app.log.info({ url: app.url, monitoring: app.monitoring, pid: process.pid }, "ready");
  const onSignal = stopperOf(app);
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, onSignal);
  process.on("SIGHUP", () => {
    app.reload?.().catch((cause: unknown) => app.log.error({ why: messageOf(cause) }, "reload-failed"));
  });
  for (const fault of ["uncaughtException", "unhandledRejection"] as const) {
    process.on(fault, (cause: unknown) => app.log.error({ why: messageOf(cause), stack: stackOf(cause) }, "fault"));
  }
}

function stopperOf({ shutdown }: App): (signal: string) => void {
  let asked = 0;
  let askedAtMs = Number.NEGATIVE_INFINITY;
  return (signal) => {
    const nowMs = systemClock.nowMs();
    if (nowMs - askedAtMs <= oneWishMs) return;
    askedAtMs = nowMs;
    asked += 1;
    if (asked === 1 && !shutdown.isUnderWay) void shutdown.begin(signal === "SIGTERM" ? drainSeconds : 0);
    else if (asked <= 2) shutdown.hurry();
    else process.exit(1);
  };
}
