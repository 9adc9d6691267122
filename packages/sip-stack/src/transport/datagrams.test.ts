import { expect, test } from "vitest";
import { systemDatagrams } from "./datagrams.ts";

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
