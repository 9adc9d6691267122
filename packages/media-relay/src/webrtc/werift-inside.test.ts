import { describe, expect, test } from "vitest";
import { RTCPeerConnection, UdpTransport } from "werift";
import { systemDatagrams } from "../socket/system-datagrams.ts";
import { Handshake } from "./handshake.ts";

const network = "127.44.0.1";

/** The browser's side keeps werift's own sockets. */
const peer = () =>
  new RTCPeerConnection({
    iceServers: [],
    iceUseIpv4: false,
    iceUseIpv6: false,
    iceAdditionalHostAddresses: [network],
  });

describe("what is reached inside werift", () => {
  test("a connection has the fields that are read and written", () => {
    const pc = peer();
    pc.addTransceiver("audio");
    const dtls = pc.dtlsTransports[0]!;
    const { connection } = dtls.iceTransport;
    for (const field of ["stunServer", "userHistory", "localUsername", "localPassword", "nominated"]) {
      expect(connection, field).toHaveProperty(field);
    }
    expect(dtls.role).toBe("auto");
    expect(dtls).toHaveProperty("startSrtp");
    expect(UdpTransport.init).toBeTypeOf("function");
  });

  test("left alone werift asks a public STUN server although none is configured", () => {
    const pc = peer();
    pc.addTransceiver("audio");
    expect(pc.dtlsTransports[0]!.iceTransport.connection).toHaveProperty("stunServer", ["stun.l.google.com", 19302]);
  });

  test("a handshake offers exactly its hosts, each with the port of its socket, and asks nobody", async () => {
    const sink = { onDatagram: () => {}, onError: () => {} };
    const sockets = [
      await systemDatagrams.bind({ address: network, port: 0 }, sink),
      await systemDatagrams.bind({ address: "127.44.0.2", port: 0 }, sink),
    ];
    const sent: unknown[] = [];
    const offered = sockets.map((socket, index) => ({
      host: ["198.51.100.204", "127.44.0.2"][index]!,
      socket: { ...socket, local: socket.local, send: (...args: unknown[]) => sent.push(args) } as never,
    }));
    const clock = { nowMs: () => 0, after: () => () => {} };
    const handshake = new Handshake(offered, clock, { onConnected: () => {}, onFailed: () => {} });
    const offer = await handshake.offer();
    const candidates = offer.match(/^a=candidate:.*$/gm)?.map((line) => line.split(" ").slice(4, 8).join(" "));
    expect(candidates).toEqual([
      `198.51.100.204 ${sockets[0]!.local.port} typ host`,
      `127.44.0.2 ${sockets[1]!.local.port} typ host`,
    ]);
    expect(sent).toEqual([]);
    await handshake.close();
    for (const socket of sockets) socket.close();
  });
});
