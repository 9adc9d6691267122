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

  test("a worker that crashes is reported, its legs have failed, the others go on and another takes its place", async () => {
    const gone = Promise.withResolvers<Error>();
    const failed: string[] = [];
    const entry = new URL("./crashing-worker.ts", import.meta.url);
    const relay = await relayOnWorkers({ ...options, workers: 2, entry, onWorkerGone: gone.resolve });
    const doomed = await relay.open({ onFailed: (leg, why) => failed.push(`${leg} ${why}`) });
    const other = await relay.open({});
    const leg = await doomed.plainLeg();
    const asked = doomed.sourceLeg({ kind: "tone", hz: [666] });
    await expect(asked).rejects.toMatchObject({ code: "MEDIA_WORKER_GONE" });
    expect((await gone.promise).message).toContain("told to die");
    expect(failed).toEqual([expect.stringContaining(leg.id)]);
    await expect(doomed.statistics()).rejects.toMatchObject({ code: "MEDIA_WORKER_GONE" });
    await expect(doomed.close()).resolves.toBeUndefined();
    await other.plainLeg();
    expect(await relay.counters()).toMatchObject({ sessions: 1, legs: 1 });
    await relay.close();
  });

  test("a worker that cannot start is an error at once", async () => {
    const entry = new URL("./no-such-file.ts", import.meta.url);
    await expect(relayOnWorkers({ ...options, workers: 1, entry })).rejects.toMatchObject({
      code: "MEDIA_WORKER_GONE",
    });
  });
});
