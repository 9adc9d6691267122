import { networkInterfaces } from "node:os";
import { type Announcement, relayInProcess } from "@trunkline/media-relay";
import { type App, announcementIn, startApp } from "./app.ts";
import type { LoopbackCommand } from "./cli/program.ts";
import type { Config } from "./config/config.ts";
import { type Cidr, formatHostPort, readCidr } from "./domain/address.ts";
import { asUserName, type E164, readE164 } from "./domain/names.ts";
import { messageOf, PbxError } from "./kernel/errors.ts";
import type { Layout } from "./layout.ts";
import { type Simulator, simulator } from "./simulator/simulator.ts";

/** The number that the simulated account owns, one of those kept free for fiction, and who calls it by default. */
const ownNumber = readE164("+12025550100") as E164;
const simulatedCaller = "+12025550123";
const user = asUserName("local");

/** The simulator's own ports: they never meet the server's. */
const simulatorPorts = [40_000, 40_999] as const;

/** Starts the server beside a simulated Voice Connector, both on loopback addresses only. @throws PbxError */
export async function startLoopback(command: LoopbackCommand, layout: Layout): Promise<App> {
  const { address, sipPort } = command;
  const { connector, close } = makeConnector(address, sipPort, announcementIn(layout));
  await connector.listen().catch((cause: unknown) => {
    throw connectorNotBound(connector, cause);
  });
  return startApp(loopbackConfig(command, connector), layout, {
    mode: "loopback",
    operations: { simulateCall: ({ from = simulatedCaller, to = ownNumber }) => connector.call({ from, to }) },
    origins: developmentOrigins(),
    closeAfter: close,
  });
}

function connectorNotBound({ addresses: [first] }: Simulator, cause: unknown): PbxError {
  const what = `The simulated telephone network cannot be bound to ${first === undefined ? "" : formatHostPort(first)}`;
  const hint = "Is Trunkline running already? Stop it, or choose other ports with --sip-port.";
  return new PbxError("BIND_FAILED", `${what}: ${messageOf(cause)}. ${hint}`, { cause });
}

/** The page's development server, when it runs beside this one. */
const developmentOrigins = (): readonly string[] => {
  const origin = process.env.TRUNKLINE_DEV_ORIGIN;
  return origin === undefined ? [] : [origin];
};

/** The connector with a relay of its own: what it hears really crosses the loopback network. */
function makeConnector(
  address: string,
  sipPort: number,
  announcement: Announcement,
): { readonly connector: Simulator; close(): Promise<void> } {
  const relay = relayInProcess({
    plain: { bind: address, ports: simulatorPorts },
    browser: { hosts: [], ports: simulatorPorts },
  });
  const connector = simulator({
    binds: [{ address, port: sipPort + 2 }],
    announcement,
    target: { address, port: sipPort },
    owned: [ownNumber],
    relay,
  });
  return { connector, close: () => connector.close().finally(() => relay.close()) };
}

function loopbackConfig({ address, sipPort, httpPort, socket }: LoopbackCommand, connector: Simulator): Config {
  return {
    sip: { udp: { address, port: sipPort }, publicAddress: address },
    trunk: {
      host: address,
      port: connector.addresses[0]?.port ?? 0,
      transport: "udp",
      srtp: false,
      allow: [readCidr(address) as Cidr],
      optionsSeconds: 30,
      hold: "local",
    },
    numbers: new Map([
      [ownNumber, { number: ownNumber, ring: [user], ringSeconds: 30, unanswered: "reject", transferOut: false }],
    ]),
    users: new Map([
      [user, { name: user, displayName: "You", callerId: ownNumber, operator: true, callWaiting: true }],
    ]),
    devices: { allow: [] },
    calling: {
      country: "US",
      allow: ["US", "CA"],
      allowPremium: false,
      callsPerSecond: 10,
      maxCalls: 10,
      maxCallsPerUser: 2,
      maxMinutes: 240,
      maxHoldMinutes: 60,
      minutesPerUserPerDay: 300,
    },
    media: {
      trunkPorts: [10_000, 19_999],
      browserPorts: [20_000, 29_999],
      workers: "auto",
      browserHosts: offeredHosts(address),
      silenceSeconds: 60,
    },
    http: { bind: { address, port: httpPort }, trustedProxies: [], localUser: user },
    access: { sessionDays: 90 },
    admin: { socket },
    storage: { path: ":memory:", historyDays: 1 },
    log: { level: "info" },
  };
}

/**
 * ICE offers the loopback address and one address of an interface: Firefox never connects to the former, Chromium only
 * with a flag. ICE's own credentials protect the latter.
 */
function offeredHosts(address: string): readonly string[] {
  const outside = Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .find(({ family, internal }) => family === "IPv4" && !internal);
  return outside === undefined ? [address] : [address, outside.address];
}
