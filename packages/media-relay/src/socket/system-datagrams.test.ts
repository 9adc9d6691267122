import { expect, test } from "vitest";
import { systemDatagrams } from "./system-datagrams.ts";

const network = "127.47.0.1";
const silent = { onDatagram: () => {}, onError: () => {} };

test("bytes may be reused as soon as they are sent", async () => {
  const heard = Promise.withResolvers<number[]>();
  const near = await systemDatagrams.bind({ address: network, port: 0 }, silent);
  const far = await systemDatagrams.bind(
    { address: network, port: 0 },
    { onDatagram: (bytes) => heard.resolve([...bytes]), onError: () => {} },
  );
  const bytes = Uint8Array.of(1, 2, 3);
  near.send(bytes, far.local);
  bytes.fill(9);
  expect(await heard.promise).toEqual([1, 2, 3]);
  near.close();
  far.close();
});

test("what is sent before the close arrives, and nothing is sent after it", async () => {
  const heard: number[] = [];
  const last = Promise.withResolvers<void>();
  const far = await systemDatagrams.bind(
    { address: network, port: 0 },
    { onDatagram: ([one]) => (one === 3 ? last.resolve() : heard.push(one!)), onError: () => {} },
  );
  const near = await systemDatagrams.bind({ address: network, port: 0 }, silent);
  const other = await systemDatagrams.bind({ address: network, port: 0 }, silent);
  near.send(Uint8Array.of(1), far.local);
  near.close();
  near.close();
  near.send(Uint8Array.of(2), far.local);
  other.send(Uint8Array.of(3), far.local);
  await last.promise;
  expect(heard).toEqual([1]);
  other.close();
  far.close();
});

test("what cannot be sent is lost, a name that would have to be looked up too, and the next one arrives", async () => {
  const heard = Promise.withResolvers<number[]>();
  const far = await systemDatagrams.bind(
    { address: network, port: 0 },
    { onDatagram: (bytes) => heard.resolve([...bytes]), onError: () => {} },
  );
  const near = await systemDatagrams.bind({ address: network, port: 0 }, silent);
  near.send(Uint8Array.of(1), { address: "localhost", port: far.local.port });
  near.send(new Uint8Array(70_000), far.local);
  for (const port of [0, -1, 65_536]) near.send(Uint8Array.of(1), { address: network, port });
  near.send(Uint8Array.of(2), far.local);
  expect(await heard.promise).toEqual([2]);
  near.close();
  far.close();
});

test("a port that is taken is refused", async () => {
  const first = await systemDatagrams.bind({ address: network, port: 0 }, silent);
  await expect(systemDatagrams.bind(first.local, silent)).rejects.toMatchObject({ code: "EADDRINUSE" });
  first.close();
});

test("a socket bound to :: hears and reaches IPv4 peers by their IPv4 addresses", async () => {
  const heard = [Promise.withResolvers<string>(), Promise.withResolvers<string>()] as const;
  const far = await systemDatagrams.bind(
    { address: network, port: 0 },
    { onDatagram: (_, { address }) => heard[0].resolve(address), onError: () => {} },
  );
  const dual = await systemDatagrams.bind(
    { address: "::", port: 0 },
    { onDatagram: (_, { address }) => heard[1].resolve(address), onError: () => {} },
  );
  dual.send(Uint8Array.of(1), far.local);
  far.send(Uint8Array.of(1), { address: "127.0.0.1", port: dual.local.port });
  await heard[0].promise;
  expect(await heard[1].promise).toBe(network);
  for (const socket of [far, dual]) socket.close();
});
