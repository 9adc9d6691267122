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
