import { expect, test } from "vitest";
import { formatMessage } from "../message/format.ts";
import type { SipMessage } from "../message/message.ts";
import { FakeClock } from "../testing/fake-clock.ts";
import { memoryNetwork } from "../testing/memory-network.ts";
import { memoryWebSocketPair } from "../testing/memory-websocket.ts";
import { request } from "../testing/request.ts";
import { seededRandom } from "../testing/seeded-random.ts";
import { TransportLayer } from "./layer.ts";
import type { Gate } from "./options.ts";
import { responseTo } from "./reply.ts";
import type { Flow } from "./transport.ts";
import { udpTransport } from "./udp.ts";
import { webSocketTransport } from "./websocket.ts";
import type { WireEvent } from "./wire.ts";

const here = { address: "10.0.0.2", port: 5060 };
const there = { address: "10.0.0.9", port: 7000 };

async function opened(gate?: Gate) {
  const clock = new FakeClock();
  const network = memoryNetwork({ clock });
  const sockets = webSocketTransport({ clock });
  const wire: WireEvent[] = [];
  const received: { message: SipMessage; flow: Flow }[] = [];
  const failed: { flow: Flow; cause: Error }[] = [];
  const layer = new TransportLayer({
    transports: [udpTransport({ bind: here, network }), sockets],
    clock,
    random: seededRandom(1),
    gate,
    observer: { onWire: (event) => wire.push(event) },
  });
  await layer.listen({
    onRequest: (message, flow) => received.push({ message, flow }),
    onResponse: (message, flow) => received.push({ message, flow }),
    onFlowFailed: (flow, cause) => failed.push({ flow, cause }),
    onFlowClosed: () => {},
  });
  const back: string[] = [];
  const peer = await network.bind(there, {
    onDatagram: (bytes) => back.push(Buffer.from(bytes).toString()),
    onError: () => {},
  });
  return { clock, layer, sockets, wire, received, failed, peer, back };
}

const vias: [sent: string, stamped: string][] = [
  ["SIP/2.0/UDP 10.0.0.9:7000;branch=z9hG4bK1", "SIP/2.0/UDP 10.0.0.9:7000;branch=z9hG4bK1"],
  ["SIP/2.0/UDP 10.0.0.9;branch=z9hG4bK1;rport", "SIP/2.0/UDP 10.0.0.9;branch=z9hG4bK1;rport=7000;received=10.0.0.9"],
  ["SIP/2.0/UDP phone.example;branch=z9hG4bK1", "SIP/2.0/UDP phone.example;branch=z9hG4bK1;received=10.0.0.9"],
  [
    "SIP/2.0/UDP 10.0.0.9;received=6.6.6.6;rport=66;branch=z9hG4bK1",
    "SIP/2.0/UDP 10.0.0.9;rport=7000;branch=z9hG4bK1;received=10.0.0.9",
  ],
  ["SIP/2.0/UDP 10.0.0.9;received=6.6.6.6;branch=z9hG4bK1", "SIP/2.0/UDP 10.0.0.9;branch=z9hG4bK1"],
];

test.each(vias)("the top Via %s becomes %s", async (sent, stamped) => {
  const { clock, peer, received } = await opened();
  peer.send(formatMessage(request("OPTIONS", "sip:a@b", { Via: `${sent}, SIP/2.0/UDP 192.0.2.1;rport` })), here);
  await clock.advance(0);
  expect(received[0]?.message.headers.all("Via")).toEqual([stamped, "SIP/2.0/UDP 192.0.2.1;rport"]);
});

test("the observer sees every message with its bytes, time and outcome", async () => {
  const { clock, layer, peer, received, wire } = await opened((_flow, { method }) =>
    method === "INVITE" ? { admit: false, why: "stranger" } : { admit: true },
  );
  const options = request("OPTIONS", "sip:a@b", { Via: "SIP/2.0/UDP 10.0.0.9:7000;branch=z9hG4bK1" });
  await clock.advance(1234);
  for (const message of [options, request("INVITE", "sip:a@b")]) peer.send(formatMessage(message), here);
  peer.send(Buffer.from("garbage"), here);
  await clock.advance(0);
  const [first] = received;
  if (first?.message.kind !== "request") throw new Error("no request came");
  layer.sendResponse(responseTo(first.message, 200, "tag"), first.flow);
  expect(wire.map(({ atMs, direction, outcome }) => [atMs, direction, outcome])).toEqual([
    [1234, "in", "accepted"],
    [1234, "in", "refused: stranger"],
    [1234, "in", "refused: malformed: no empty line after the headers"],
    [1234, "out", "sent"],
  ]);
  expect(Buffer.from(wire[0]?.bytes ?? [])).toEqual(Buffer.from(formatMessage(options)));
  expect(wire[2]?.message).toBeUndefined();
  expect(layer.totals).toEqual({ received: 3, sent: 1 });
  expect(layer.refusals.all()).toEqual({ stranger: 1, "malformed: no empty line after the headers": 1 });
});

test("of a stranger's message only the head is kept, and only an awaited response of hers is read", async () => {
  const clock = new FakeClock();
  const network = memoryNetwork({ clock });
  const wire: WireEvent[] = [];
  const heard: SipMessage[] = [];
  const layer = new TransportLayer({
    transports: [udpTransport({ bind: here, network })],
    clock,
    random: seededRandom(1),
    sourceGate: () => ({ admit: false, why: "stranger" }),
    observer: { onWire: (event) => wire.push(event) },
  });
  await layer.listen({
    onRequest: (message) => heard.push(message),
    onResponse: (message) => heard.push(message),
    onFlowFailed: () => {},
    onFlowClosed: () => {},
    isAwaited: (branch) => branch === "z9hG4bKours",
  });
  const peer = await network.bind(there, { onDatagram: () => {}, onError: () => {} });
  const of = (branch: string) => request("OPTIONS", "sip:a@b", { Via: `SIP/2.0/UDP 10.0.0.2;branch=${branch}` });
  peer.send(Buffer.concat([formatMessage(of("z9hG4bKours")), Buffer.alloc(40_000)]), here);
  for (const branch of ["z9hG4bKhers", "z9hG4bKours"]) peer.send(formatMessage(responseTo(of(branch), 200, "t")), here);
  await clock.advance(0);
  expect(heard.map(({ headers }) => headers.get("Via"))).toEqual(["SIP/2.0/UDP 10.0.0.2;branch=z9hG4bKours"]);
  expect(wire.map(({ outcome, message }) => [outcome, message === undefined])).toEqual([
    ["refused: stranger", true],
    ["refused: stranger", true],
    ["accepted", false],
  ]);
  expect(wire[0]).toMatchObject({
    bytes: { length: 512 },
    omittedBytes: formatMessage(of("z9hG4bKours")).length + 39_488,
  });
  expect(layer.refusals.all()).toEqual({ stranger: 2 });
});

test("a request in another version of SIP gets 505", async () => {
  const { clock, peer, back } = await opened();
  const text = Buffer.from(formatMessage(request("OPTIONS", "sip:a@b"))).toString();
  peer.send(Buffer.from(text.replace("SIP/2.0\r\nVia", "SIP/3.0\r\nVia")), here);
  await clock.advance(0);
  expect(back[0]).toMatch(/^SIP\/2\.0 505 /);
});

test("what no transport can carry fails later and is shown as failed", async () => {
  const { clock, layer, failed, wire } = await opened();
  const flow: Flow = { id: "tls", transport: "tls", local: here, remote: there, open: true };
  layer.sendRequest(request("OPTIONS", "sip:a@b"), flow);
  expect(failed).toEqual([]);
  await clock.advance(0);
  expect(failed).toMatchObject([{ flow }]);
  expect(wire.map(({ outcome }) => outcome)).toEqual(["failed"]);
  expect(layer.flowTo("tls", there)).toBeUndefined();
});

test("a double line break on a WebSocket gets a single one, over UDP nothing, and neither counts as a message", async () => {
  const { clock, layer, sockets, peer, back } = await opened();
  const [ours, browser] = memoryWebSocketPair(clock);
  sockets.adopt(ours, { remote: there, local: here });
  const answers: string[] = [];
  browser.on("message", (data) => answers.push(Buffer.from(data).toString()));
  for (const text of ["\r\n\r\n", "\r\n"]) browser.send(text);
  peer.send(Buffer.from("\r\n\r\n"), here);
  await clock.advance(0);
  expect(answers).toEqual(["\r\n"]);
  expect(back).toEqual([]);
  expect(layer.totals).toEqual({ received: 0, sent: 0 });
});

test("when one transport cannot be opened none stays open", async () => {
  const clock = new FakeClock();
  const network = memoryNetwork({ clock });
  const user = { onRequest: () => {}, onResponse: () => {}, onFlowFailed: () => {}, onFlowClosed: () => {} };
  const free = { ...here, port: 5999 };
  await network.bind(here, { onDatagram: () => {}, onError: () => {} });
  const transports = [udpTransport({ bind: free, network }), udpTransport({ bind: here, network })];
  const layer = new TransportLayer({ transports, clock, random: seededRandom(1) });
  await expect(layer.listen(user)).rejects.toThrow("EADDRINUSE");
  await expect(network.bind(free, { onDatagram: () => {}, onError: () => {} })).resolves.toBeDefined();
});
