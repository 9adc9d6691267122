import { describe, expect, test } from "vitest";
import { relayOnWorkers } from "../src/index.ts";
import { conformance } from "./conformance.ts";

const network = "127.42.0.1";
const options = {
  plain: { bind: network, ports: [10_000, 10_999] },
  browser: { hosts: [network], ports: [20_000, 20_999] },
} as const;

describe("a relay across threads", () => {
  conformance({ network, open: () => relayOnWorkers({ ...options, workers: 2 }) });

  test("sessions go to the worker with the fewest, each wholly on one, and workers never share a port", async () => {
    const relay = await relayOnWorkers({ ...options, workers: 2 });
    const sessions = [await relay.open({}), await relay.open({}), await relay.open({}), await relay.open({})];
    const ports = await Promise.all(sessions.map(async (session) => (await session.plainLeg()).local.rtpPort));
    expect(ports.filter((port) => port < 10_500)).toHaveLength(2);
    expect(ports.filter((port) => port >= 10_500)).toHaveLength(2);
    expect(await relay.counters()).toMatchObject({ sessions: 4, legs: 4, ports: 8 });
    await relay.close();
  });
});
