import { once } from "node:events";
import { type AddressInfo, connect, type Socket } from "node:net";
import { connect as connectSecurely } from "node:tls";
import { WebSocket, WebSocketServer } from "ws";
import { testCertificate } from "../testing/certificate.ts";
import { FakeClock } from "../testing/fake-clock.ts";
import { memoryNetwork } from "../testing/memory-network.ts";
import { memoryWebSocketPair } from "../testing/memory-websocket.ts";
import { type TransportBench, TransportReports, transportConformance } from "./conformance.ts";
import { type DatagramNetwork, systemDatagrams } from "./datagrams.ts";
import { StreamFraming } from "./framing.ts";
import { tcpTransport } from "./tcp.ts";
import { tlsTransport } from "./tls.ts";
import type { Transport } from "./transport.ts";
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

/** A transport over connections and a client that reads and writes a stream. */
async function streamBench(transport: Transport, open: () => Socket, ready: string): Promise<TransportBench> {
  const reports = new TransportReports();
  await transport.listen(reports);
  const client = open();
  const framing = new StreamFraming();
  const atPeer: Uint8Array[] = [];
  client.on("error", () => {});
  client.on("data", (chunk) => {
    for (const framed of framing.push(chunk as Buffer)) if (framed.kind === "message") atPeer.push(framed.bytes);
  });
  await once(client, ready);
  return {
    transport,
    reports,
    atPeer,
    sendFromPeer: (bytes) => client.writable && client.write(bytes),
    until: realUntil,
    settle: realSettle,
    async close() {
      client.destroy();
      await transport.close();
    },
  };
}

const streamHost = `${process.env.TRUNKLINE_TEST_NETWORK}.1`;

transportConformance("TCP", () => {
  const transport = tcpTransport({ bind: { address: streamHost, port: 0 } });
  return streamBench(transport, () => connect(transport.local.port, streamHost), "connect");
});

const identity = testCertificate(streamHost);

transportConformance("TLS", () => {
  const transport = tlsTransport({ bind: { address: streamHost, port: 0 }, identity });
  const open = () => connectSecurely({ host: streamHost, port: transport.local.port, ca: identity.certificate });
  return streamBench(transport, open, "secureConnect");
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
