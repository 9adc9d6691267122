import { expect, test } from "vitest";
import { systemClock } from "../kernel/clock.ts";
import { FakeClock, MemoryNetwork } from "../testing/index.ts";
import { PortPool } from "./port-pool.ts";
import { systemDatagrams } from "./system-datagrams.ts";

const sink = { onDatagram: () => {}, onError: () => {} };

test("an address that is not ours is an error soon, whatever the size of the range", async () => {
  const pool = new PortPool(systemDatagrams, systemClock, { first: 10_000, last: 60_000, restMs: 0 }, 0);
  await expect(pool.takePair("198.51.100.204", sink, sink)).rejects.toMatchObject({
    code: "MEDIA_NO_PORT",
    message: expect.stringContaining("EADDRNOTAVAIL"),
  });
  expect(pool.inUse).toBe(0);
});

test("a port that another process holds is passed over, and its even partner given back", async () => {
  const held = await systemDatagrams.bind({ address: "127.45.0.1", port: 10_001 }, sink);
  const pool = new PortPool(systemDatagrams, systemClock, { first: 10_000, last: 10_003, restMs: 0 }, 0);
  const { rtp, rtcp } = await pool.takePair("127.45.0.1", sink, sink);
  expect([rtp.local.port, rtcp.local.port]).toEqual([10_002, 10_003]);
  expect(pool.inUse).toBe(2);
  for (const socket of [rtp, rtcp, rtp]) socket.close();
  expect(pool.inUse).toBe(0);
  held.close();
});

test.each(["10.0.0.1", "10.0.0.2"])(
  "a pair and a single port taken in one turn are three ports: the single on %s",
  async (other) => {
    const network = new MemoryNetwork();
    const pool = new PortPool(network, new FakeClock(), { first: 10_000, last: 10_009, restMs: 0 }, 0);
    const [pair, one] = await Promise.all([pool.takePair("10.0.0.1", sink, sink), pool.takeOne(other, sink)]);
    expect([pair.rtp, pair.rtcp, one].map(({ local }) => local.port)).toEqual([10_000, 10_001, 10_002]);
    expect([pool.inUse, network.open]).toEqual([3, 3]);
    for (const socket of [pair.rtp, pair.rtcp, one]) socket.close();
    expect([pool.inUse, network.open]).toEqual([0, 0]);
  },
);
