import { readFileSync } from "node:fs";
import { hostname } from "node:os";
import { type Announcement, relayOnWorkers, wavAnnouncement } from "@trunkline/media-relay";
import { systemClock, systemDatagrams, systemRandom, systemResolver } from "@trunkline/sip-stack";
import type { SignIn } from "./access/sign-in.ts";
import { type AdminListener, adminListener } from "./admin/listener.ts";
import { adminSocket } from "./admin/socket.ts";
import type { Config } from "./config/config.ts";
import { messageOf } from "./kernel/errors.ts";
import { systemWallClock } from "./kernel/time.ts";
import type { Layout } from "./layout.ts";
import { accessOperationsOf } from "./ops/access-report.ts";
import { type Log, logAudit, systemLog } from "./ops/log.ts";
import type { DrainReport, Operations, ReloadReport } from "./ops/operations.ts";
import { Shutdown } from "./ops/shutdown.ts";
import { openPbx, type Pbx } from "./pbx.ts";
import { openHttp, openSignIn } from "./people.ts";
import { type SqliteStore, sqliteStore } from "./store/sqlite.ts";
import { trunkResolver } from "./trunk/resolve.ts";

/** A whole running server. */
export type App = {
  readonly log: Log;
  readonly url: string;
  /** Where monitoring asks. */
  readonly monitoring?: string;
  readonly shutdown: Shutdown;
  /** Reads the configuration again; absent where there is none. Rejects with a PbxError for a faulty one. */
  reload?(): Promise<ReloadReport>;
};

/** What loopback mode puts around the server that a configuration describes. */
export type Surroundings = {
  readonly mode: "loopback" | "trunk";
  /** Operations beside the server's own. */
  readonly operations?: Partial<Operations>;
  /** Reads the configuration again. Rejects with a PbxError when it cannot be used. */
  readonly readAgain?: () => Promise<Config>;
  /** What is to be closed after the server. */
  readonly closeAfter?: () => Promise<void>;
  /** Origins of other pages that may use the listener: the development server's. */
  readonly origins?: readonly string[];
};

/** Something that is open. Kept in the order of closing: calls are ended before the sockets they are spoken over go. */
type Closable = { close(): void | Promise<void> };

/** What a drain answers is to be out before the socket goes over which it was asked. */
const answerMs = 100;

/** Starts the server of a configuration: relay, SIP, the listener for people, the admin socket. @throws PbxError */
export async function startApp(config: Config, layout: Layout, around: Surroundings): Promise<App> {
  const log = systemLog(config.log.level);
  const opened: Closable[] = [];
  const close = async (): Promise<void> => {
    for (const part of opened.splice(0)) await part.close();
    await around.closeAfter?.();
  };
  try {
    const store = openStore(config, log);
    opened.unshift(store.history);
    const relay = await openRelay(config, layout, log);
    opened.unshift(relay);
    const pbx = await openPbx(config, partsOf(relay, store, log, layout, around, config));
    opened.unshift(pbx);
    const shutdown = new Shutdown({ drain: pbx.drain, close, log });
    const signIn = openSignIn(config, { store, pbx, log });
    if (signIn !== undefined) opened.unshift(signIn);
    await signIn?.keepUsers();
    const reload = reloadOf(pbx, signIn, around, log);
    const drain = async (seconds: number): Promise<DrainReport> => {
      const calls = await pbx.operations.calls();
      systemClock.after(answerMs, () => void shutdown.begin(seconds));
      return { calls: calls.length, seconds };
    };
    const access = signIn && { access: accessOperationsOf(signIn) };
    const operations = { ...pbx.operations, ...around.operations, ...access, ...reload, drain };
    const http = await openHttp(config, { ...layout, ...around, pbx, signIn, operations, log });
    opened.splice(opened.indexOf(pbx) + 1, 0, http);
    const monitoring = await openMonitoring(config, operations, pbx, log);
    if (monitoring !== undefined) opened.unshift(monitoring);
    const forOwner = { operations, audit: logAudit(log), onFailure: failuresTo(log) };
    opened.unshift(await adminSocket({ path: config.admin.socket, ...forOwner }));
    return { log, url: http.url, ...(monitoring && { monitoring: monitoring.url }), shutdown, ...reload };
  } catch (error) {
    await close();
    throw error;
  }
}

function reloadOf(pbx: Pbx, signIn: SignIn | undefined, { readAgain }: Surroundings, log: Log): Pick<App, "reload"> {
  if (readAgain === undefined) return {};
  return {
    reload: async () => {
      const report = await pbx.reload(await readAgain());
      await signIn?.keepUsers();
      log.info(report, "reloaded");
      return report;
    },
  };
}

/** What callers hear whom nobody answers. */
export const announcementIn = ({ announcement }: Layout): Announcement => wavAnnouncement(readFileSync(announcement));

/** A request that failed through a fault of ours: its sender is told nothing, so the log is. */
const failuresTo =
  (log: Log) =>
  (what: string, cause: unknown): void =>
    log.error({ what, why: messageOf(cause) }, "request-failed");

async function openMonitoring(
  { admin: { bind } }: Config,
  operations: Operations,
  { metrics, refused }: Pbx,
  log: Log,
): Promise<AdminListener | undefined> {
  const onRefused = (source: string): void => refused("monitoring", source, "HTTP_FULL");
  return bind && adminListener({ bind, operations, metrics, onFailure: failuresTo(log), onRefused });
}

const openStore = ({ storage }: Config, log: Log): SqliteStore =>
  sqliteStore({
    ...storage,
    clock: systemClock,
    wallClock: systemWallClock,
    onTrouble: (why) => log.error({ path: storage.path, why }, "storage-failed"),
    onRecovered: (written) => log.warn({ path: storage.path, written }, "storage-recovered"),
  });

function partsOf(
  relay: Awaited<ReturnType<typeof openRelay>>,
  { history, budgets, bindings }: SqliteStore,
  log: Log,
  layout: Layout,
  { mode }: Surroundings,
  { trunk: { nameServers } }: Config,
) {
  return {
    relay,
    log,
    version: layout.version,
    mode,
    clock: systemClock,
    wallClock: systemWallClock,
    random: systemRandom,
    network: systemDatagrams,
    resolve: nameServers
      ? trunkResolver(systemResolver({ servers: nameServers }), systemRandom, false)
      : trunkResolver(systemResolver(), systemRandom),
    bindings,
    node: hostname(),
    history,
    budgets,
    announcement: announcementIn(layout),
  };
}

/** As many calls as a configuration may allow, and those that are being refused: the calls' own limit may be changed. */
const maxSessions = 10_100;

const openRelay = ({ media, sip }: Config, { threads }: Layout, log: Log) =>
  relayOnWorkers({
    plain: { bind: sip.udp.address, ports: media.trunkPorts },
    browser: {
      hosts: media.browserHosts,
      ports: media.browserPorts,
      ...(media.browserBind !== undefined && { bind: media.browserBind }),
    },
    silence: { beforeFirstPacketSeconds: media.silenceSeconds, inTalkSeconds: media.silenceSeconds },
    limits: { maxSessions },
    ...(media.workers !== "auto" && { workers: media.workers }),
    ...(threads !== undefined && { entries: threads }),
    onWorkerGone: (cause) => log.error({ why: cause.message }, "media-worker-gone"),
    onFault: (cause) => log.error({ why: cause.message }, "media-fault"),
  });
