import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { WebSocket, WebSocketServer } from "ws";
import { FakeClock } from "../testing/fake-clock.ts";
import { memoryNetwork } from "../testing/memory-network.ts";
import { memoryWebSocketPair } from "../testing/memory-websocket.ts";
import { type TransportBench, TransportReports, transportConformance } from "./conformance.ts";
import { type DatagramNetwork, systemDatagrams } from "./datagrams.ts";
import { udpTransport } from "./udp.ts";
import { webSocketTransport } from "./websocket.ts";

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

async function realUntil(condition: () => boolean): Promise<void> {
  while (!condition()) await turn();
}

async function realSettle(): Promise<void> {
  for (let turns = 0; turns < 50; turns += 1) await turn();
}

function fakeUntil(clock: FakeClock) {
  return async (condition: () => boolean): Promise<void> => {
    for (let steps = 0; steps < 1000 && !condition(); steps += 1) await clock.advance(1);
  };
}

async function udpBench(
  network: DatagramNetwork,
  timing: Pick<TransportBench, "until" | "settle">,
): Promise<TransportBench> {
  const host = "127.61.0.1";
  const transport = udpTransport({ bind: { address: host, port: 0 }, network });
  const reports = new TransportReports();
  await transport.listen(reports);
  const atPeer: Uint8Array[] = [];
  const sink = { onDatagram: (bytes: Uint8Array) => atPeer.push(bytes), onError: () => {} };
  const peer = await network.bind({ address: "127.61.0.2", port: 0 }, sink);
  return {
    ...timing,
    transport,
    reports,
    atPeer,
    sendFromPeer: (bytes) => peer.send(bytes, transport.local),
    async close() {
      await transport.close();
      peer.close();
    },
  };
}

transportConformance("UDP", () => udpBench(systemDatagrams, { until: realUntil, settle: realSettle }));

transportConformance("UDP in memory", () => {
  const clock = new FakeClock();
  return udpBench(memoryNetwork({ clock }), { until: fakeUntil(clock), settle: () => clock.advance(100) });
});

transportConformance("WebSocket", async () => {
  const transport = webSocketTransport();
  const reports = new TransportReports();
  await transport.listen(reports);
  const server = new WebSocketServer({ host: "127.61.0.3", port: 0 });
  await once(server, "listening");
  const local = { address: "127.61.0.3", port: (server.address() as AddressInfo).port };
  server.on("connection", (socket, request) => {
    const remote = { address: "127.61.0.3", port: request.socket.remotePort ?? 0 };
    transport.adopt(socket, { remote, local });
  });
  const client = new WebSocket(`ws://${local.address}:${local.port}`, "sip");
  const atPeer: Uint8Array[] = [];
  client.on("message", (data: Buffer) => atPeer.push(data));
  await once(client, "open");
  return {
    transport,
    reports,
    atPeer,
    sendFromPeer: (bytes) => client.readyState === WebSocket.OPEN && client.send(Buffer.from(bytes)),
    until: realUntil,
    settle: realSettle,
    async close() {
      await transport.close();
      client.terminate();
      server.close();
    },
  };
});

transportConformance("WebSocket in memory", async () => {
  const clock = new FakeClock();
  const transport = webSocketTransport({ clock });
  const reports = new TransportReports();
  await transport.listen(reports);
  const [ours, peer] = memoryWebSocketPair(clock);
  const place = { address: "127.0.0.1", port: 8080 };
  transport.adopt(ours, { remote: { ...place, port: 50_000 }, local: place });
  const atPeer: Uint8Array[] = [];
  peer.on("message", (data) => atPeer.push(data));
  return {
    transport,
    reports,
    atPeer,
    sendFromPeer: (bytes) => peer.send(bytes),
    until: fakeUntil(clock),
    settle: () => clock.advance(100),
    close: () => transport.close(),
  };
});
