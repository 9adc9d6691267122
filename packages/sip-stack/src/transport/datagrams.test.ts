import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { systemDatagrams, wantedReceiveBufferBytes } from "./datagrams.ts";

test("what was sent just before a socket is closed still arrives", async () => {
  const arrived = Promise.withResolvers<string>();
  const sink = { onDatagram: (bytes: Uint8Array) => arrived.resolve(Buffer.from(bytes).toString()), onError: () => {} };
  const receiver = await systemDatagrams.bind({ address: "127.0.0.1", port: 0 }, sink);
  const sender = await systemDatagrams.bind({ address: "127.0.0.1", port: 0 }, sink);
  sender.send(Buffer.from("BYE"), receiver.local);
  sender.close();
  sender.send(Buffer.from("too late"), receiver.local);
  expect(await arrived.promise).toBe("BYE");
  receiver.close();
});

test.runIf(process.platform === "linux")("a socket has as large a receive buffer as the system gives", async () => {
  const most = Number(readFileSync("/proc/sys/net/core/rmem_max", "utf8"));
  const socket = await systemDatagrams.bind(
    { address: "127.0.0.1", port: 0 },
    { onDatagram: () => {}, onError: () => {} },
  );
  expect(socket.receiveBufferBytes).toBe(Math.min(most, wantedReceiveBufferBytes));
  socket.close();
});

test("a socket bound to :: hears and reaches IPv4 peers by their IPv4 addresses", async () => {
  const [far, dual] = [Promise.withResolvers<string>(), Promise.withResolvers<string>()];
  const sinkTo = (heard: typeof far) => ({
    onDatagram: (_: Uint8Array, { address }: { readonly address: string }) => heard.resolve(address),
    onError: () => {},
  });
  const peer = await systemDatagrams.bind({ address: "127.0.0.1", port: 0 }, sinkTo(far));
  const ours = await systemDatagrams.bind({ address: "::", port: 0 }, sinkTo(dual));
  ours.send(Buffer.from("OPTIONS"), peer.local);
  peer.send(Buffer.from("200"), { address: "127.0.0.1", port: ours.local.port });
  expect([await far.promise, await dual.promise]).toEqual(["127.0.0.1", "127.0.0.1"]);
  for (const socket of [peer, ours]) socket.close();
});
