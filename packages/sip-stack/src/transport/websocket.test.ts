import { expect, test } from "vitest";
import { FakeClock } from "../testing/fake-clock.ts";
import { memoryWebSocketPair } from "../testing/memory-websocket.ts";
import type { AdoptedSocket } from "./adopted-socket.ts";
import { TransportReports } from "./conformance.ts";
import { webSocketTransport } from "./websocket.ts";

const local = { address: "127.0.0.1", port: 8080 };
const remote = { address: "127.0.0.1", port: 50_000 };

async function opened(options: Parameters<typeof webSocketTransport>[0] = {}) {
  const clock = new FakeClock();
  const transport = webSocketTransport({ clock, ...options });
  const reports = new TransportReports();
  await transport.listen(reports);
  const [ours, peer] = memoryWebSocketPair(clock);
  return { clock, transport, reports, ours, peer };
}

test("a flow knows who opened it and whether it is secure", async () => {
  const { transport, ours } = await opened();
  const flow = transport.adopt(ours, { remote, local, principal: "alice", secure: true });
  expect(flow).toMatchObject({ principal: "alice", transport: "wss", remote, local, open: true });
  expect(transport.flowTo(remote)).toBeUndefined();
  flow.disown();
  expect([flow.principal, flow.open]).toEqual([undefined, true]);
});

test("a peer that answers pings stays, one that falls silent is cut off and counted", async () => {
  const { clock, transport, reports, ours } = await opened({ pingMs: 1000 });
  const flow = transport.adopt(ours, { remote, local });
  await clock.advance(10_500);
  expect(flow.open).toBe(true);
  const mute: AdoptedSocket = { bufferedAmount: 0, send: () => {}, close: () => {}, ping: () => {}, on: () => {} };
  let terminated = 0;
  transport.adopt({ ...mute, terminate: () => (terminated += 1) }, { remote, local });
  await clock.advance(1500);
  expect(terminated).toBe(0);
  await clock.advance(1000);
  expect(terminated).toBe(1);
  expect(reports.refused).toEqual(["websocket-silent"]);
});

test("a peer that does not read is cut off instead of filling the memory", async () => {
  const { transport, reports } = await opened({ maxBufferedBytes: 1000 });
  const sent: unknown[] = [];
  let terminated = 0;
  const slow: AdoptedSocket = {
    bufferedAmount: 1001,
    send: (data) => sent.push(data),
    close: () => {},
    terminate: () => (terminated += 1),
    on: () => {},
  };
  transport.send(Buffer.from("x"), transport.adopt(slow, { remote, local }));
  expect([sent.length, terminated, reports.refused]).toEqual([0, 1, ["websocket-backlog"]]);
});

test("above the limit a socket is turned away with 1013 and its flow is closed from the start", async () => {
  const { clock, transport, reports, ours } = await opened({ maxFlows: 1 });
  transport.adopt(ours, { remote, local });
  const codes: (number | undefined)[] = [];
  const [second] = memoryWebSocketPair(clock);
  const turnedAway = Object.assign(second, { close: (code?: number) => codes.push(code) });
  expect(transport.adopt(turnedAway, { remote, local }).open).toBe(false);
  expect(codes).toEqual([1013]);
  expect(reports.refused).toEqual(["websocket-flows"]);
});

test("a closed socket is reported once and sending on it fails later", async () => {
  const { clock, transport, reports, ours, peer } = await opened();
  const flow = transport.adopt(ours, { remote, local });
  peer.close();
  await clock.advance(10);
  expect([flow.open, reports.closed]).toEqual([false, [flow]]);
  transport.send(Buffer.from("x"), flow);
  expect(reports.failures).toEqual([]);
  await clock.advance(0);
  expect(reports.failures).toMatchObject([{ flow, cause: { message: "the WebSocket is closed" } }]);
  expect(clock.pending).toBe(0);
});

test("UTF-8 goes out as a text frame, anything else as a binary one", async () => {
  const { clock, transport, ours, peer } = await opened();
  const flow = transport.adopt(ours, { remote, local });
  const frames: boolean[] = [];
  peer.on("message", (_data, isBinary) => frames.push(isBinary));
  transport.send(Buffer.from("ü"), flow);
  transport.send(Uint8Array.of(0xff), flow);
  await clock.advance(0);
  expect(frames).toEqual([false, true]);
});
