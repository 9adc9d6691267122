import type { Resolver } from "@trunkline/sip-stack";
import { seededRandom } from "@trunkline/sip-stack/testing";
import { expect, test } from "vitest";
import { trunkResolver } from "./resolve.ts";

const none = { records: [], keepMs: 0 };

/** A DNS that knows what a test says. */
function resolverOf(known: Partial<Resolver>) {
  const all: Resolver = { naptr: async () => none, srv: async () => none, addresses: async () => none, ...known };
  return trunkResolver(all, seededRandom(1));
}

test("an address is itself, at the port that is said or the usual one", async () => {
  const resolve = resolverOf({});
  const at = async (port?: number, transport: "udp" | "tls" = "udp") =>
    (await resolve({ host: "198.51.100.1", transport, ...(port !== undefined && { port }) })).addresses;
  expect([await at(), await at(5080), await at(undefined, "tls")]).toEqual([
    [{ address: "198.51.100.1", port: 5060 }],
    [{ address: "198.51.100.1", port: 5080 }],
    [{ address: "198.51.100.1", port: 5061 }],
  ]);
});

test("all addresses of a name, for as long as they live", async () => {
  const resolve = resolverOf({
    addresses: async (name, family) =>
      name === "vc.example" && family === 4 ? { records: ["198.51.100.1", "198.51.100.2"], keepMs: 30_000 } : none,
  });
  expect(await resolve({ host: "vc.example", port: 5060, transport: "udp" })).toEqual({
    addresses: [
      { address: "198.51.100.1", port: 5060 },
      { address: "198.51.100.2", port: 5060 },
    ],
    keepMs: 30_000,
  });
});

test("without a port SRV records say where, and the shorter time to live holds", async () => {
  const asked: string[] = [];
  const resolve = resolverOf({
    srv: async (name) => {
      asked.push(name);
      return { records: [{ priority: 1, weight: 1, port: 5070, target: "edge.vc.example" }], keepMs: 20_000 };
    },
    addresses: async () => ({ records: ["198.51.100.7"], keepMs: 90_000 }),
  });
  expect(await resolve({ host: "vc.example", transport: "tls" })).toEqual({
    addresses: [{ address: "198.51.100.7", port: 5070 }],
    keepMs: 20_000,
  });
  expect(asked).toEqual(["_sips._tcp.vc.example"]);
});

test("what DNS does not know may stand in the machine's own table; what nobody knows is asked for again soon", async () => {
  const resolve = resolverOf({});
  expect(await resolve({ host: "localhost", port: 5060, transport: "udp" })).toMatchObject({
    addresses: [{ address: "127.0.0.1", port: 5060 }],
  });
  expect(await resolve({ host: "nowhere.invalid", transport: "udp" })).toEqual({ addresses: [], keepMs: 5000 });
});
