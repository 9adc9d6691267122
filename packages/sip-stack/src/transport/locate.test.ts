import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { parseUri } from "../message/uri.ts";
import { type DnsServer, type DnsZone, dnsServer } from "../testing/dns-server.ts";
import { FakeClock } from "../testing/fake-clock.ts";
import { seededRandom } from "../testing/seeded-random.ts";
import type { TransportKind } from "./address.ts";
import { cachingResolver } from "./caching-resolver.ts";
import { locate } from "./locate.ts";
import { placeOf } from "./place.ts";
import type { NaptrRecord, Resolver, SrvRecord } from "./resolver.ts";
import { inSrvOrder } from "./srv-order.ts";
import { systemResolver } from "./system-resolver.ts";

const srv = (target: string, port: number, priority = 1, weight = 0): SrvRecord => ({ priority, weight, port, target });
const naptr = (order: number, service: string, replacement: string, flags = "s"): NaptrRecord => ({
  order,
  preference: 50,
  flags,
  service,
  replacement,
});

const zones: Record<string, DnsZone> = {
  "full.example": {
    naptr: [
      naptr(90, "SIP+D2T", "_sip._tcp.full.example"),
      naptr(50, "SIPS+D2T", "_sips._tcp.full.example"),
      naptr(70, "SIP+D2U", "_sip._udp.full.example"),
      naptr(10, "SIP+D2X", "_sip._sctp.full.example"),
      naptr(20, "SIP+D2U", "evil.example", "u"),
    ],
  },
  "_sips._tcp.full.example": { srv: [srv("one.example", 5071)] },
  "_sip._udp.full.example": { srv: [srv("two.example", 5060, 2), srv("one.example", 5080, 1)] },
  "_sip._tcp.full.example": { srv: [srv("one.example", 5070)] },
  "one.example": { a: ["192.0.2.1", "192.0.2.11"], ttl: 30 },
  "two.example": { a: ["192.0.2.2"] },
  "srv.example": { a: ["192.0.2.99"] },
  "_sip._tcp.srv.example": { srv: [srv("two.example", 5070)] },
  "plain.example": { a: ["192.0.2.3"] },
  "_sip._udp.gone.example": { srv: [srv(".", 0)] },
  "gone.example": { a: ["192.0.2.4"] },
  "many.example": { a: Array.from({ length: 30 }, (_, last) => `192.0.2.${last + 1}`) },
};

let server: DnsServer;
let resolver: Resolver;

beforeEach(async () => {
  server = await dnsServer(`${process.env.TRUNKLINE_TEST_NETWORK}.4`, zones);
  resolver = systemResolver({ servers: [server.address], timeoutMs: 500, tries: 1 });
});

afterEach(() => server.close());

async function found(uri: string, transports: readonly TransportKind[] = ["udp", "tcp", "tls"]): Promise<string[]> {
  const read = parseUri(uri);
  const place = read.ok ? placeOf(read.value) : read;
  if (!place.ok) return [place.why];
  const options = { resolver, random: seededRandom(1), transports, families: [4] as const };
  const lines: string[] = [];
  for await (const { transport, address, port, host } of locate(place.value, options)) {
    lines.push(`${transport} ${address}:${port} ${host}`);
  }
  return lines;
}

describe("where a request goes, RFC 3263, asked of a DNS server", () => {
  const cases: [uri: string, expected: string[], transports?: TransportKind[]][] = [
    ["sip:192.0.2.7", ["udp 192.0.2.7:5060 192.0.2.7"]],
    ["sip:192.0.2.7:5090;transport=tcp", ["tcp 192.0.2.7:5090 192.0.2.7"]],
    ["sips:[2001:db8::7]", ["tls 2001:db8::7:5061 2001:db8::7"]],
    ["sip:plain.example:5090", ["udp 192.0.2.3:5090 plain.example"]],
    ["sips:plain.example:5090", ["tls 192.0.2.3:5090 plain.example"]],
    ["sips:plain.example;transport=tcp", ["tls 192.0.2.3:5061 plain.example"]],
    ["sips:plain.example;transport=udp", ["transport is not secure"]],
    ["sip:plain.example;transport=sctp", ["unknown transport"]],
    ["sip:plain.example", ["udp 192.0.2.3:5060 plain.example"]],
    ["sip:plain.example", ["tls 192.0.2.3:5061 plain.example"], ["tls"]],
    ["sips:plain.example", [], ["udp", "tcp"]],
    ["sip:srv.example", ["tcp 192.0.2.2:5070 srv.example"]],
    ["sip:srv.example;transport=udp", ["udp 192.0.2.99:5060 srv.example"]],
    ["sip:gone.example;transport=udp", []],
    ["sip:nowhere.example", []],
    [
      "sip:full.example",
      [
        "tls 192.0.2.1:5071 full.example",
        "tls 192.0.2.11:5071 full.example",
        "udp 192.0.2.1:5080 full.example",
        "udp 192.0.2.11:5080 full.example",
        "udp 192.0.2.2:5060 full.example",
        "tcp 192.0.2.1:5070 full.example",
        "tcp 192.0.2.11:5070 full.example",
      ],
    ],
    ["sips:full.example", ["tls 192.0.2.1:5071 full.example", "tls 192.0.2.11:5071 full.example"]],
    [
      "sip:full.example",
      ["udp 192.0.2.1:5080 full.example", "udp 192.0.2.11:5080 full.example", "udp 192.0.2.2:5060 full.example"],
      ["udp"],
    ],
  ];

  test.each(cases)("%s is at %j", async (uri, expected, transports) => {
    expect(await found(uri, transports)).toEqual(expected);
  });

  test("no more than sixteen places are given", async () => {
    expect(await found("sip:many.example:5060")).toHaveLength(16);
  });

  test("an address is never looked up, and a name only as far as it is asked for", async () => {
    await found("sip:192.0.2.7");
    expect(server.asked).toEqual([]);
    const options = { resolver, random: seededRandom(1), transports: ["udp"] as const, families: [4] as const };
    const places = locate({ host: "full.example", transport: "udp" }, options);
    await places.next();
    await places.return(undefined);
    expect(server.asked).toEqual(["SRV _sip._udp.full.example", "A one.example"]);
  });

  test("a server that does not answer is as good as no records, and nothing is kept", async () => {
    server.close();
    const mute = systemResolver({ servers: [server.address], timeoutMs: 50, tries: 1 });
    expect(await mute.addresses("one.example", 4)).toEqual({ records: [], keepMs: 0 });
    server = await dnsServer(`${process.env.TRUNKLINE_TEST_NETWORK}.4`, zones);
  });

  test("answers are kept for their time to live and asked again afterwards, absent names for half a minute", async () => {
    const clock = new FakeClock();
    const cached = cachingResolver(resolver, clock);
    const both = [cached.addresses("one.example", 4), cached.addresses("ONE.example", 4)];
    expect((await Promise.all(both)).map(({ keepMs }) => keepMs)).toEqual([30_000, 30_000]);
    await cached.srv("nowhere.example");
    await clock.advance(29_999);
    await cached.addresses("one.example", 4);
    await cached.srv("nowhere.example");
    expect(server.asked).toEqual(["A one.example", "SRV nowhere.example"]);
    await clock.advance(1);
    await cached.addresses("one.example", 4);
    await cached.srv("nowhere.example");
    expect(server.asked).toHaveLength(4);
  });
});

test("the cache forgets the oldest above its bound", async () => {
  const asked: string[] = [];
  const look = async (name: string) => {
    asked.push(name);
    return { records: [], keepMs: 1000 };
  };
  const cached = cachingResolver({ naptr: look, srv: look, addresses: look }, new FakeClock(), 2);
  for (const name of ["a", "b", "c", "b", "a"]) await cached.naptr(name);
  expect(asked).toEqual(["a", "b", "c", "a"]);
});

describe("SRV records", () => {
  test("of lower priority come first, and all of them once", () => {
    const records = [srv("c", 3, 20, 5), srv("a", 1, 10, 0), srv("b", 2, 10, 100)];
    const order = inSrvOrder(records, () => 0.5).map(({ target }) => target);
    expect(order).toEqual(["b", "a", "c"]);
  });

  test("of one priority are drawn by their weight", () => {
    const random = seededRandom(7);
    const records = [srv("heavy", 1, 1, 90), srv("light", 2, 1, 10), srv("none", 3, 1, 0)];
    const firsts = Array.from({ length: 2000 }, () => inSrvOrder(records, () => random.fraction())[0]?.target);
    const share = (name: string): number => firsts.filter((first) => first === name).length / firsts.length;
    expect(share("heavy")).toBeGreaterThan(0.85);
    expect(share("heavy")).toBeLessThan(0.93);
    expect(share("light")).toBeGreaterThan(0.06);
    expect(share("none")).toBeLessThan(0.03);
  });
});
