import { once } from "node:events";
import { connect, createServer, type Server, type Socket } from "node:net";
import { connect as connectSecurely } from "node:tls";
import { afterEach, describe, expect, test, vi } from "vitest";
import { formatMessage } from "../message/format.ts";
import { testCertificate } from "../testing/certificate.ts";
import { FakeClock } from "../testing/fake-clock.ts";
import { request } from "../testing/request.ts";
import { TransportReports } from "./conformance.ts";
import { ConnectFailed } from "./stream-flow.ts";
import type { StreamOptions } from "./stream-options.ts";
import { tcpTransport } from "./tcp.ts";
import { tlsTransport } from "./tls.ts";
import type { Flow, Remote, Transport } from "./transport.ts";

const network = process.env.TRUNKLINE_TEST_NETWORK;
const [here, there, trunk] = [`${network}.1`, `${network}.2`, `${network}.3`];
const bytes = formatMessage(request("OPTIONS", "sip:a@b"));
const opened: { close(): unknown }[] = [];

afterEach(async () => {
  for (const one of opened.splice(0).reverse()) await one.close();
});

async function listening<Kind extends Transport>(transport: Kind) {
  const reports = new TransportReports();
  opened.push(transport);
  await transport.listen(reports);
  return { transport, reports };
}

const tcp = (options: Partial<StreamOptions> = {}) =>
  listening(tcpTransport({ bind: { address: here, port: 0 }, ...options }));

async function client(to: Transport, from = there): Promise<Socket> {
  const socket = connect({ host: here, port: to.local.port, localAddress: from });
  opened.push({ close: () => socket.destroy() });
  socket.on("error", () => {});
  await once(socket, "connect");
  return socket;
}

async function server(onSocket: (socket: Socket) => void = () => {}): Promise<Remote & { readonly server: Server }> {
  const sockets: Socket[] = [];
  const listener = createServer((socket) => {
    sockets.push(socket.on("error", () => {}));
    onSocket(socket);
  });
  listener.listen(0, there);
  await once(listener, "listening");
  opened.push({ close: () => [...sockets.map((socket) => socket.destroy()), listener.close()] });
  return { address: there, port: (listener.address() as { port: number }).port, server: listener };
}

function flowTo(transport: Transport, remote: Remote): Flow {
  const flow = transport.flowTo(remote);
  if (flow === undefined) throw new Error("no flow");
  return flow;
}

const until = (check: () => void): Promise<void> => vi.waitFor(check, { timeout: 10_000, interval: 5 });

describe("connections", () => {
  test("to one address there is one, opened once and used in both directions", async () => {
    const [one, other] = [await tcp(), await tcp({ bind: { address: there, port: 0 } })];
    const flow = flowTo(one.transport, other.transport.local);
    expect(one.transport.flowTo(other.transport.local)).toBe(flow);
    one.transport.send(bytes, flow);
    await until(() => expect(other.reports.messages).toHaveLength(1));
    const back = other.reports.messages[0]?.from;
    if (back === undefined) throw new Error("nothing came");
    expect(back.remote.address).toBe(here);
    expect(other.transport.flowTo(back.remote)).toBe(back);
    other.transport.send(bytes, back);
    await until(() => expect(one.reports.messages).toMatchObject([{ from: { id: flow.id } }]));
  });

  test("one that closes is reported once, and the next request opens another", async () => {
    const peer = await server((socket) => socket.once("data", () => socket.end()));
    const { transport, reports } = await tcp();
    const flow = flowTo(transport, peer);
    transport.send(bytes, flow);
    await until(() => expect(reports.closed).toEqual([flow]));
    expect(flow.open).toBe(false);
    expect(flowTo(transport, peer).id).not.toBe(flow.id);
    transport.send(bytes, flow);
    await until(() => expect(reports.failures).toMatchObject([{ flow }]));
  });

  test("one that is refused fails what was sent on it, told apart from one that breaks", async () => {
    const peer = await server();
    peer.server.close();
    await once(peer.server, "close");
    const { transport, reports } = await tcp();
    const flow = flowTo(transport, peer);
    expect(flow.open).toBe(true);
    transport.send(bytes, flow);
    await until(() => expect(reports.closed).toEqual([flow]));
    expect(reports.failures.map(({ cause }) => cause instanceof ConnectFailed)).toEqual([true]);
  });

  test("there is none to a name, to another family of addresses or after close", async () => {
    const { transport } = await tcp();
    for (const address of ["phone.example", "::1"]) expect(transport.flowTo({ address, port: 5060 })).toBeUndefined();
    expect(transport.flowTo({ address: there, port: 0 })).toBeUndefined();
    await transport.close();
    expect(transport.flowTo({ address: there, port: 5060 })).toBeUndefined();
  });

  test("above the limits they are turned away and counted, and room is made again by a close", async () => {
    const { transport, reports } = await tcp({ maxFlows: 3, maxFlowsPerAddress: 2 });
    const [first] = [await client(transport), await client(transport)];
    const third = await client(transport);
    await once(third, "close");
    const ours = await client(transport, here);
    await once(await client(transport, here), "close");
    expect(reports.refused).toEqual(["tcp-flows-of-address", "tcp-flows"]);
    first?.destroy();
    await until(() => expect(reports.closed).toHaveLength(1));
    (await client(transport)).write(bytes);
    ours.write(bytes);
    await until(() => expect(reports.messages).toHaveLength(2));
  });

  test("strangers are closed before a byte is read", async () => {
    const { transport, reports } = await tcp({ admits: ({ address }) => address === here });
    const stranger = await client(transport);
    stranger.write(bytes);
    await once(stranger, "close");
    expect([reports.refused, reports.messages.length]).toEqual([["tcp-stranger"], 0]);
  });

  test("those that we open have room of their own", async () => {
    const { transport, reports } = await tcp({ maxFlows: 1 });
    const peer = await server();
    await client(transport);
    const flow = flowTo(transport, peer);
    expect(transport.flowTo({ ...peer, port: peer.port + 1 })).toBeUndefined();
    expect([flow.open, reports.refused]).toEqual([true, ["tcp-flows"]]);
  });

  test("unknown sources cannot fill the room of the trunk, nor one of them that of the others", async () => {
    const { transport, reports } = await tcp({
      standingOf: ({ address }) => (address === trunk ? "trusted" : "unknown"),
      maxFlows: 2,
      unknownFlows: { max: 4, perSource: 3 },
    });
    const greedy = [];
    for (let n = 0; n < 3; n += 1) greedy.push(await client(transport));
    await once(await client(transport), "close");
    const others = [await client(transport, here), await client(transport, here)];
    await once(greedy[0]!, "close");
    for (const socket of [...others, await client(transport, trunk), await client(transport, trunk)])
      socket.write(bytes);
    await until(() => expect(reports.messages).toHaveLength(4));
    expect(reports.refused).toEqual(["tcp-flows-of-address", "tcp-evicted"]);
  });

  test("an office of 120 phones behind one NAT connects again after a power cut, dead connections included", async () => {
    const { transport, reports } = await tcp({ standingOf: () => "unknown" });
    const proven: Flow[] = [];
    for (let phones = 1; phones <= 240; phones += 1) {
      (await client(transport)).write(bytes);
      await until(() => expect(reports.messages).toHaveLength(phones));
      proven.push(reports.messages.at(-1)!.from);
      transport.vouch?.(proven.at(-1)!);
    }
    expect([reports.refused, proven.filter(({ open }) => open).length]).toEqual([[], 240]);
  });

  test("phones behind one NAT may all connect before any of them has proved itself", async () => {
    const { transport, reports } = await tcp({ standingOf: () => "unknown" });
    for (const phone of await Promise.all(Array.from({ length: 100 }, () => client(transport)))) phone.write(bytes);
    await until(() => expect(reports.messages).toHaveLength(100));
    expect(reports.refused).toEqual([]);
  });

  test("an unknown source that proves nothing is closed in time; who is vouched for stays", async () => {
    const clock = new FakeClock();
    const { transport, reports } = await tcp({ clock, standingOf: () => "unknown" });
    const [silent, phone] = [await client(transport), await client(transport, here)];
    const heard: string[] = [];
    phone.on("data", (chunk) => heard.push(chunk.toString()));
    phone.write(bytes);
    await until(() => expect(reports.messages).toHaveLength(1));
    const flow = reports.messages[0]!.from;
    transport.vouch?.(flow);
    await clock.advance(32_000);
    await once(silent, "close");
    for (let minutes = 0; minutes < 40; minutes += 2) await clock.advance(120_000);
    await until(() => expect(heard.join("")).toBe("\r\n\r\n".repeat(20)));
    expect([reports.refused, flow.open]).toEqual([["tcp-unproven"], true]);
  });

  test("a peer that does not read is cut off instead of filling the memory", async () => {
    const peer = await server((socket) => socket.pause());
    const { transport, reports } = await tcp({ limits: { maxBufferedBytes: 100_000 } });
    const flow = flowTo(transport, peer);
    const big = Buffer.alloc(50_000, "x");
    await until(() => {
      transport.send(big, flow);
      expect(flow.open).toBe(false);
    });
    expect(reports.refused).toEqual(["tcp-backlog"]);
  });

  test("answers to pings wait within the same bound", async () => {
    const { transport, reports } = await tcp({ limits: { maxBufferedBytes: 1 } });
    (await client(transport)).write("\r\n\r\n");
    await until(() => expect(reports.refused).toEqual(["tcp-backlog"]));
  });

  test("closing leaves nothing, and what was sent before still arrives", async () => {
    const got: string[] = [];
    const peer = await server((socket) => socket.on("data", (chunk) => got.push(chunk.toString())));
    const { transport } = await tcp();
    const idle = await client(transport);
    const flow = flowTo(transport, peer);
    transport.send(bytes, flow);
    await until(() => expect(got.join("")).toBe(Buffer.from(bytes).toString()));
    transport.send(bytes, flow);
    await Promise.all([transport.close(), transport.close(), once(idle, "close")]);
    await until(() => expect(got.join("")).toBe(Buffer.from(bytes).toString().repeat(2)));
  });
});

describe("TLS", () => {
  const identity = testCertificate("sip.example", there);
  const at = async () => listening(tlsTransport({ bind: { address: there, port: 0 }, identity }));
  const toward = async (authorities: readonly string[]) =>
    listening(tlsTransport({ bind: { address: here, port: 0 }, authorities }));

  test.each([
    ["the name of the next hop", { host: "sip.example" }],
    ["its address, when it has no name", {}],
  ])("a certificate with %s is good", async (_name, named) => {
    const [{ transport }, peer] = [await toward([identity.certificate]), await at()];
    const flow = flowTo(transport, { ...peer.transport.local, ...named });
    transport.send(bytes, flow);
    await until(() => expect(peer.reports.messages).toHaveLength(1));
    expect(flow).toMatchObject({ transport: "tls", open: true, ...named });
  });

  test.each([
    ["another name", [identity.certificate], "evil.example"],
    ["an unknown authority", [testCertificate("sip.example").certificate], "sip.example"],
  ])("a certificate of %s fails the connection before a byte of SIP is sent", async (_name, authorities, host) => {
    const [{ transport, reports }, peer] = [await toward(authorities), await at()];
    const flow = flowTo(transport, { ...peer.transport.local, host });
    transport.send(bytes, flow);
    await until(() => expect(reports.closed).toEqual([flow]));
    expect(reports.failures.map(({ cause }) => cause instanceof ConnectFailed)).toEqual([true]);
    expect(peer.reports.messages).toEqual([]);
  });

  test("a connection proven for one name is not used for another, nor an accepted one for any", async () => {
    const [{ transport }, peer] = [await toward([identity.certificate]), await at()];
    const { local } = peer.transport;
    const flow = flowTo(transport, { ...local, host: "sip.example" });
    expect(transport.flowTo({ ...local, host: "SIP.example" })).toBe(flow);
    expect(transport.flowTo(local)).not.toBe(flow);
    transport.send(bytes, flow);
    await until(() => expect(peer.reports.messages).toHaveLength(1));
    const accepted = peer.reports.messages[0]?.from;
    expect(peer.transport.flowTo(accepted?.remote ?? local)).not.toBe(accepted);
  });

  test("older versions, garbage and handshakes that never end are turned away and counted", async () => {
    const options = { bind: { address: here, port: 0 }, identity, limits: { connectMs: 300 } };
    const { transport, reports } = await listening(tlsTransport(options));
    const { port } = transport.local;
    const old = connectSecurely({
      host: here,
      port,
      maxVersion: "TLSv1.1",
      minVersion: "TLSv1",
      rejectUnauthorized: false,
    });
    await once(old, "error");
    (await client(transport)).write("OPTIONS sip:a@b SIP/2.0\r\n\r\n");
    const silent = await client(transport);
    await once(silent, "close");
    await until(() => expect(reports.refused).toEqual(["tls-handshake", "tls-handshake", "tls-handshake"]));
    expect([reports.messages.length, reports.closed.length]).toEqual([0, 0]);
  });

  test("a renewed certificate is shown to those who connect from then on, and who is connected stays", async () => {
    const peer = await at();
    const [old, renewed] = [await toward([identity.certificate]), testCertificate("sip.example", there)];
    const before = flowTo(old.transport, { ...peer.transport.local, host: "sip.example" });
    old.transport.send(bytes, before);
    await until(() => expect(peer.reports.messages).toHaveLength(1));
    peer.transport.renew(renewed);
    const next = await toward([renewed.certificate]);
    next.transport.send(bytes, flowTo(next.transport, { ...peer.transport.local, host: "sip.example" }));
    old.transport.send(bytes, before);
    await until(() => expect(peer.reports.messages).toHaveLength(3));
    expect([before.open, next.reports.failures]).toEqual([true, []]);
    expect(() => peer.transport.renew({ ...renewed, key: identity.key })).toThrow();
  });

  test("without a certificate of its own it only opens connections", async () => {
    const { transport } = await toward([identity.certificate]);
    const socket = connect({ host: here, port: transport.local.port || 1 });
    await expect(once(socket, "connect")).rejects.toThrow();
  });
});
