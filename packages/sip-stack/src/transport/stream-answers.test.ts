import { once } from "node:events";
import { type AddressInfo, connect, createServer } from "node:net";
import { afterEach, expect, test, vi } from "vitest";
import { systemClock } from "../kernel/clock.ts";
import { formatMessage } from "../message/format.ts";
import type { SipRequest } from "../message/message.ts";
import { request } from "../testing/request.ts";
import { seededRandom } from "../testing/seeded-random.ts";
import { TransportLayer } from "./layer.ts";
import type { Gate } from "./options.ts";
import { responseTo } from "./reply.ts";
import type { StreamLimits } from "./stream-flow.ts";
import { tcpTransport } from "./tcp.ts";
import type { Flow } from "./transport.ts";

const here = `${process.env.TRUNKLINE_TEST_NETWORK}.3`;
const opened: { close(): unknown }[] = [];

afterEach(async () => {
  for (const one of opened.splice(0).reverse()) await one.close();
});

/** A transport layer over TCP and a client that keeps what it hears and whether it was closed. */
async function connected(limits: Partial<StreamLimits> = {}, gate?: Gate) {
  const transport = tcpTransport({ bind: { address: here, port: 0 }, limits });
  const layer = new TransportLayer({ transports: [transport], clock: systemClock, random: seededRandom(1), gate });
  const heard: string[] = [];
  const requests: { readonly message: SipRequest; readonly flow: Flow }[] = [];
  await layer.listen({
    onRequest: (message, flow) => {
      heard.push(message.method);
      requests.push({ message, flow });
    },
    onResponse: () => {},
    onFlowFailed: () => heard.push("failed"),
    onFlowClosed: () => heard.push("closed"),
  });
  opened.push(layer);
  const socket = connect(transport.local.port, here);
  const state = { text: "" };
  socket.on("data", (chunk) => {
    state.text += chunk.toString();
  });
  await once(socket, "connect");
  return { layer, heard, requests, socket, state };
}

const until = (check: () => void): Promise<void> => vi.waitFor(check, { timeout: 10_000, interval: 5 });
const text = Buffer.from(formatMessage(request("OPTIONS", "sip:a@b"))).toString();

const broken: [name: string, sent: string, answer: RegExp, counter: string][] = [
  ["without Content-Length", text.replace(/Content-Length.*\r\n/, ""), /^SIP\/2\.0 400 /, "Content-Length: missing"],
  ["that is too large", text.replace("Content-Length: 0", "l: 65536"), /^SIP\/2\.0 413 /, "message is too large"],
  [
    "whose headers are too large",
    text.replace("To:", `X: ${"x".repeat(40_000)}\r\nTo:`),
    /^SIP\/2\.0 513 /,
    "headers are too large",
  ],
];

test.each(broken)(
  "a request %s is answered, counted, and its connection closed",
  async (_name, sent, answer, counter) => {
    const { layer, heard, socket, state } = await connected();
    socket.write(text + sent + text);
    await once(socket, "close");
    expect(state.text).toMatch(answer);
    expect(state.text.match(/SIP\/2\.0/g)).toHaveLength(2);
    await until(() => expect(heard).toEqual(["OPTIONS", "closed"]));
    expect(layer.refusals.all()).toEqual({ [`malformed: ${counter}`]: 1 });
  },
);

test("garbage closes the connection without a byte, and so does what the gate refuses", async () => {
  const { layer, socket, state } = await connected();
  socket.write("\u0000\u0001garbage");
  await once(socket, "close");
  expect([state.text, layer.refusals.all()]).toEqual(["", { "malformed: not SIP": 1 }]);
  const gated = await connected({}, () => ({ admit: false, why: "stranger" }));
  gated.socket.write(text.replace(/Content-Length.*\r\n/, ""));
  await once(gated.socket, "close");
  expect([gated.state.text, gated.layer.refusals.all()]).toEqual(["", { stranger: 1 }]);
});

test("a malformed message whose length is known is answered and the connection lives on", async () => {
  const { heard, socket, state } = await connected();
  socket.write(text.replace("CSeq: 1", "CSeq: x") + text);
  await until(() => expect(heard).toEqual(["OPTIONS"]));
  await until(() => expect(state.text).toMatch(/^SIP\/2\.0 400 /));
  expect(socket.readyState).toBe("open");
});

test("a double line break gets a single one and does not count as a message", async () => {
  const { layer, socket, state } = await connected();
  socket.write("\r\n\r\n");
  await until(() => expect(state.text).toBe("\r\n"));
  expect(layer.totals).toEqual({ received: 0, sent: 0 });
});

test("a connection that is idle, and a message that never ends, are closed and counted", async () => {
  const idle = await connected({ idleMs: 50 });
  await once(idle.socket, "close");
  expect(idle.layer.refusals.all()).toEqual({ "tcp-idle": 1 });
  const stalled = await connected({ stallMs: 50 });
  stalled.socket.write(text.slice(0, 40));
  await once(stalled.socket, "close");
  expect([stalled.heard.includes("OPTIONS"), stalled.layer.refusals.all()]).toEqual([false, { "tcp-stalled": 1 }]);
});

test("a response goes back on the connection of its request or nowhere, whatever its Via says", async () => {
  const { layer, heard, requests, socket } = await connected();
  const lured: string[] = [];
  const trap = createServer(() => lured.push("connected")).listen(0, here);
  await once(trap, "listening");
  opened.push(trap);
  const { port } = trap.address() as AddressInfo;
  socket.write(text.replace("UDP 127.0.0.1:5080", `TCP ${here}:${port}`));
  await until(() => expect(requests).toHaveLength(1));
  socket.destroy();
  await until(() => expect(heard).toEqual(["OPTIONS", "closed"]));
  for (const { message, flow } of requests) layer.sendResponse(responseTo(message, 200, "tag"), flow);
  await until(() => expect(heard).toEqual(["OPTIONS", "closed", "failed"]));
  connect(port, here).end();
  await until(() => expect(lured).toEqual(["connected"]));
});
