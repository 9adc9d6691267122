import {
  headers,
  type Outcome,
  type OutgoingRequestOptions,
  type SipResponse,
  TransactionTimeout,
} from "@trunkline/sip-stack";
import { FakeClock } from "@trunkline/sip-stack/testing";
import { expect, test } from "vitest";
import { type Cidr, readCidr } from "../domain/address.ts";
import { inOrder, refreshTargets } from "./target.ts";
import { Trunk } from "./trunk.ts";

const answer = (status: number, via = "SIP/2.0/UDP 203.0.113.7:5060;branch=z9hG4bK1"): Outcome => {
  const fields = headers([["Via", via]]);
  const response: SipResponse = { kind: "response", status, reason: "", headers: fields, body: new Uint8Array() };
  return { ok: true, response };
};
const silence: Outcome = { ok: false, error: new TransactionTimeout() };

/** A trunk whose addresses and their answers to OPTIONS a test sets. */
async function makeTrunk(
  addresses: Record<string, Outcome>,
  names: () => readonly string[] = () => Object.keys(addresses),
  keepMs = 3_600_000,
) {
  const clock = new FakeClock();
  const sent: OutgoingRequestOptions[] = [];
  const health: string[] = [];
  const seen: string[] = [];
  const outside: (readonly string[])[] = [];
  const trunk = new Trunk({
    config: {
      host: "vc.example",
      port: 5060,
      transport: "udp",
      srtp: false,
      allow: [readCidr("198.51.100.0/24") as Cidr],
      hold: "local",
      optionsSeconds: 30,
    },
    agent: {
      request: async (options) => {
        sent.push(options);
        return addresses[(options.destination as { address: string }).address] ?? silence;
      },
    },
    resolve: async () => ({ addresses: names().map((address) => ({ address, port: 5060 })), keepMs }),
    clock,
    publicAddress: "203.0.113.7",
    onHealth: (what, healthy, why) => health.push(`${what} ${healthy ? "up" : "down"}: ${why}`),
    onOutside: (found) => outside.push(found),
    onSeenElsewhere: (address) => seen.push(address),
  });
  await trunk.start();
  await clock.advance(0);
  return { trunk, clock, sent, health, seen, outside };
}

test("every address is asked with OPTIONS at the start and every 30 s, by the name that requests carry", async () => {
  const { trunk, clock, sent } = await makeTrunk({ "198.51.100.1": answer(200), "198.51.100.2": answer(200) });
  expect(sent.map(({ method, uri, from, destination }) => ({ method, uri, from, destination }))).toEqual(
    ["198.51.100.1", "198.51.100.2"].map((address) => ({
      method: "OPTIONS",
      uri: "sip:vc.example",
      from: "<sip:trunkline@203.0.113.7>",
      destination: { transport: "udp", address, port: 5060, host: "vc.example" },
    })),
  );
  await clock.advance(30_000);
  expect(sent).toHaveLength(4);
  trunk.close();
  await clock.advance(90_000);
  expect(sent).toHaveLength(4);
  expect(clock.pending).toBe(0);
});

test("an address that falls silent or answers 503 is passed over until it answers again; each change is told once", async () => {
  const answers: Record<string, Outcome> = { "198.51.100.1": silence, "198.51.100.2": answer(404) };
  const { trunk, clock, health } = await makeTrunk(answers);
  expect((await trunk.destinations()).map(({ address }) => address)).toEqual(["198.51.100.2", "198.51.100.1"]);
  expect(health.sort()).toEqual([
    "198.51.100.1 down: No final response came within 64*T1.",
    "198.51.100.2 up: answers OPTIONS with 404",
  ]);
  Object.assign(answers, { "198.51.100.1": answer(200), "198.51.100.2": answer(503) });
  await clock.advance(60_000);
  expect((await trunk.destinations())[0]).toMatchObject({ address: "198.51.100.1" });
  expect(health.slice(2)).toEqual([
    "198.51.100.1 up: answers OPTIONS with 200",
    "198.51.100.2 down: answers OPTIONS with 503",
  ]);
});

test("the name is looked up again when its time is over, and a new address is asked at once", async () => {
  let names: readonly string[] = ["198.51.100.1"];
  const answers = { "198.51.100.1": answer(200), "198.51.100.9": answer(200) };
  const { trunk, clock, sent } = await makeTrunk(answers, () => names, 12_000);
  names = ["198.51.100.9"];
  await clock.advance(11_000);
  expect(trunk.targets.map(({ address }) => address)).toEqual(["198.51.100.1"]);
  await clock.advance(1500);
  expect(trunk.targets).toMatchObject([{ address: "198.51.100.9", healthy: true }]);
  expect(sent).toHaveLength(2);
  trunk.close();
  expect(clock.pending).toBe(0);
});

test("a name that has no address is told, and told again when it has one; what was known before stays in use", async () => {
  let names: readonly string[] = [];
  const { trunk, clock, health } = await makeTrunk({ "198.51.100.1": answer(200) }, () => names, 60_000);
  expect(await trunk.destinations()).toEqual([]);
  expect(health).toEqual(["vc.example down: the name has no address"]);
  names = ["198.51.100.1"];
  await clock.advance(60_000);
  expect((await trunk.destinations()).map(({ address }) => address)).toEqual(["198.51.100.1"]);
  names = [];
  await clock.advance(60_000);
  expect((await trunk.destinations()).map(({ address }) => address)).toEqual(["198.51.100.1"]);
  expect(health.filter((line) => line.startsWith("vc.example"))).toEqual([
    "vc.example down: the name has no address",
    "vc.example up: the name has addresses again",
    "vc.example down: the name has no address",
  ]);
});

test("the address by which the trunk sees us is shown, and told once for as long as it is not the one that we show", async () => {
  const nat = "SIP/2.0/UDP 203.0.113.7:5060;branch=z9hG4bK1;received=203.0.113.99;rport=1024";
  const answers = { "198.51.100.1": answer(200) };
  const { trunk, clock, seen } = await makeTrunk(answers);
  expect(trunk.targets).toMatchObject([{ seenAs: "203.0.113.7" }]);
  expect(seen).toEqual([]);
  answers["198.51.100.1"] = answer(200, nat);
  await clock.advance(90_000);
  expect(trunk.targets).toMatchObject([{ seenAs: "203.0.113.99" }]);
  expect(seen).toEqual(["203.0.113.99"]);
});

test("a call's requests reach the trunk's networks and nothing else", async () => {
  const { trunk } = await makeTrunk({});
  const to = (address: string) => trunk.reach({ address });
  expect([to("198.51.100.77"), to("10.0.58.47"), to("203.0.113.1")]).toEqual([true, false, false]);
});

const at = (address: string) => ({ address, port: 5060 });

test("what is known of an address stays when the name is resolved again", () => {
  const known = refreshTargets([], [at("a"), at("b")]).map((target) => ({
    ...target,
    healthy: target.address === "b",
  }));
  const order = (addresses: readonly string[]) =>
    inOrder(refreshTargets(known, addresses.map(at))).map(({ address }) => address);
  expect(order(["c", "a", "b"])).toEqual(["c", "b", "a"]);
  expect(order(["a"])).toEqual(["a"]);
  expect(order([])).toEqual([]);
  expect(order(["c", "d", "e", "f", "g"])).toHaveLength(4);
});

test("addresses outside trunk.allow are neither asked nor called, and are reported once", async () => {
  const names = ["198.51.100.1", "203.0.113.9", "203.0.113.8"];
  const { trunk, clock, sent, outside } = await makeTrunk({ "198.51.100.1": answer(200) }, () => names, 5000);
  await clock.advance(60_000);
  expect(new Set(sent.map(({ destination }) => (destination as { address: string }).address))).toEqual(
    new Set(["198.51.100.1"]),
  );
  expect((await trunk.destinations()).length).toBe(1);
  expect([outside, trunk.outside]).toEqual([[["203.0.113.8", "203.0.113.9"]], ["203.0.113.8", "203.0.113.9"]]);
  trunk.close();
});

test("a name whose addresses all move out of trunk.allow has no destination until they are back", async () => {
  let names = ["198.51.100.1"];
  const { trunk, clock, outside } = await makeTrunk({ "198.51.100.1": answer(200) }, () => names, 5000);
  names = ["203.0.113.8"];
  await clock.advance(6000);
  expect([await trunk.destinations(), outside]).toEqual([[], [["203.0.113.8"]]]);
  names = ["198.51.100.1"];
  await clock.advance(6000);
  expect([(await trunk.destinations()).length, outside]).toEqual([1, [["203.0.113.8"], []]]);
  trunk.close();
});
