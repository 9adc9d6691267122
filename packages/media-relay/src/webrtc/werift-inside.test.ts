import { describe, expect, test } from "vitest";
import { RTCPeerConnection, UdpTransport } from "werift";
import { Peer } from "./peer.ts";
import { makeCertificate } from "./werift-inside.ts";

const network = "127.44.0.1";

/** The browser's side keeps werift's own sockets. */
function peer() {
  const pc = new RTCPeerConnection({
    iceServers: [],
    iceUseIpv4: false,
    iceUseIpv6: false,
    iceAdditionalHostAddresses: [network],
  });
  const { sender } = pc.addTransceiver("audio");
  return { pc, sender, dtls: pc.dtlsTransports[0]!, connection: pc.iceTransports[0]!.connection };
}

describe("what is reached inside werift", () => {
  test.each([
    ["stunServer", ["stun.l.google.com", 19302]],
    ["generation", 0],
    ["localUsername", expect.any(String)],
    ["localPassword", expect.any(String)],
    ["remoteUsername", ""],
    ["remotePassword", ""],
    ["tieBreaker", expect.any(BigInt)],
    ["checkList", []],
    ["_iceControlling", false],
    ["nominated", undefined],
    ["consentFresh", false],
    ["queryConsent", expect.any(Function)],
    ["checkComplete", expect.any(Function)],
    ["addPair", expect.any(Function)],
    ["_remoteCandidates", []],
  ])("the ICE of a connection has %s", (field, value) => {
    expect(peer().connection).toHaveProperty(field, value);
  });

  test("the fields that are watched are the object's own", () => {
    const { connection } = peer();
    for (const field of ["nominated", "_iceControlling"]) {
      expect(Object.getOwnPropertyDescriptor(connection, field)).toMatchObject({ configurable: true, writable: true });
    }
  });

  test("the DTLS of a connection has a role, a state, a start that can be replaced, and a certificate", async () => {
    await makeCertificate();
    const { dtls } = peer();
    expect(dtls).toMatchObject({ role: "auto", state: "new", setState: expect.any(Function) });
    expect(dtls.start).toBeTypeOf("function");
    expect(dtls.iceTransport).toMatchObject({ role: expect.any(String), connection: { onData: expect.anything() } });
    expect(dtls.localCertificate).toMatchObject({
      certPem: expect.stringContaining("CERTIFICATE"),
      privateKey: expect.stringContaining("PRIVATE KEY"),
    });
  });

  test("a sender has an SSRC that can be named, and sockets are made in one place", () => {
    const { sender } = peer();
    expect(Object.getOwnPropertyDescriptor(sender, "ssrc")).toMatchObject({ writable: true });
    expect(UdpTransport.init).toBeTypeOf("function");
  });
});

test("a handshake offers exactly its hosts, each with the port of its socket, names the SSRC, and asks nobody", async () => {
  const sent: unknown[] = [];
  const hosts = [
    { host: "198.51.100.204", local: { address: "10.0.0.1", port: 20_000 } },
    { host: "10.0.0.2", local: { address: "10.0.0.2", port: 20_001 } },
  ];
  const user = {
    send: (...all: unknown[]) => sent.push(all),
    onKeys: () => {},
    onPath: () => {},
    onFailed: () => {},
    onRefused: () => {},
  };
  let closed = 0;
  const handshake = new Peer({ hosts, ssrc: 0xdead_beef }, user, () => {
    closed += 1;
  });
  const { sdp, user: ours } = await handshake.offer();
  const candidates = sdp.match(/^a=candidate:.*$/gm)?.map((line) => line.split(" ").slice(4, 8).join(" "));
  expect(candidates).toEqual(["198.51.100.204 20000 typ host", "10.0.0.2 20001 typ host"]);
  expect(sdp).toContain(`a=ssrc:${0xdead_beef} `);
  expect(sdp).toContain(`a=ice-ufrag:${ours.fragment}\r\na=ice-pwd:${ours.password}\r\n`);
  await Promise.all([handshake.close(), handshake.close()]);
  expect({ sent, closed }).toEqual({ sent: [], closed: 1 });
});
