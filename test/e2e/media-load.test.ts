import { createSocket, type Socket } from "node:dgram";
import { once } from "node:events";
import { beforeAll, expect, onTestFinished, test } from "vitest";
import { type CallKind, setUpCalls } from "../bench/media/calls.ts";
import { buildLoad, runLoad } from "../bench/media/load.ts";
import { processors } from "../bench/media/processors.ts";
import { RelayProcess } from "../bench/media/relay-process.ts";
import type { Address } from "../bench/media/requests.ts";
import { clearPackets } from "../bench/media/streams.ts";
import { testNetwork } from "../harness/network.ts";

const network = testNetwork();
const clean = { wrong: 0, reordered: 0, duplicated: 0 };

beforeAll(buildLoad);

test.each<["bare" | "ours", CallKind, number]>([
  ["bare", "plain", 3],
  ["ours", "plain", 100],
  ["ours", "aes-cm", 20],
  ["ours", "aes-gcm", 20],
])(
  "through the %s relay every packet of %s calls, %i at once, comes back once, in order, in its call",
  async (kind, between, calls) => {
    const relay = await RelayProcess.start(kind, network, processors.all);
    onTestFinished(() => relay.stop());
    const streams = await setUpCalls(relay, between, calls, 51);
    const load = await runLoad(streams, processors.all);
    expect(load).toMatchObject({ ...clean, sent: 2 * calls * 51, received: 2 * calls * 51 });
    // Two packets of each browser's stream are kept and opened.
    expect(load.opened).toEqual({ right: between === "plain" ? 0 : calls * 2, wrong: 0 });
  },
);

async function bound(): Promise<{ readonly socket: Socket; readonly at: Address }> {
  const socket = createSocket("udp4").bind(0, `${network}.1`);
  await once(socket, "listening");
  onTestFinished(() => void socket.close());
  return { socket, at: socket.address() };
}

test("the generator of load notices what a path did to its packets", async () => {
  const { socket, at } = await bound();
  const [near, far] = [
    { address: `${network}.2`, port: 30_000 },
    { address: `${network}.3`, port: 30_000 },
  ];
  let count = 0;
  let held: Buffer | undefined;
  const deeds: Readonly<Record<number, (packet: Buffer) => readonly Buffer[]>> = {
    3: () => [],
    5: (packet) => [Buffer.concat([packet.subarray(0, -1), Buffer.of(packet.at(-1)! ^ 1)])],
    7: (packet) => {
      held = packet;
      return [];
    },
    8: (packet) => [packet, held!],
    11: (packet) => [packet, packet],
  };
  socket.on("message", (packet) => {
    for (const one of deeds[count]?.(packet) ?? [packet]) socket.send(one, far.port, far.address);
    count += 1;
  });
  const there = { local: near, remote: at, hears: 1, packets: clearPackets(0, 20) };
  const back = { local: far, remote: near, hears: 0, packets: clearPackets(1, 20) };
  const load = await runLoad([there, back], processors.all);
  expect(load).toMatchObject({ sent: 40, received: 38, wrong: 1, reordered: 1, duplicated: 1 });
});
