import { expect, test } from "vitest";
import { userOf } from "../../test/fakes/config.ts";
import { type Cidr, readCidr } from "../domain/address.ts";
import { identify } from "./identify.ts";

const alice = userOf("alice");
const lab = userOf("lab", { contact: { address: "127.0.0.1", port: 5080 } });
const desk = userOf("desk", { device: { username: "desk-1", password: "secret" } });
const known = {
  users: new Map([alice, lab, desk].map((user) => [user.name, user])),
  trunk: { allow: [readCidr("3.80.16.0/23") as Cidr] },
  devices: { allow: [] as Cidr[] },
};
const withDevices = { ...known, devices: { allow: [readCidr("10.0.0.0/8") as Cidr] } };

test.each([
  ["the trunk by its range", { transport: "udp", remote: { address: "3.80.17.9", port: 999 } }, { kind: "trunk" }],
  [
    "a fixed peer by address and port",
    { transport: "udp", remote: { address: "127.0.0.1", port: 5080 } },
    { kind: "peer", user: lab },
  ],
  [
    "a peer's address with another port",
    { transport: "udp", remote: { address: "127.0.0.1", port: 5081 } },
    { kind: "stranger", why: "not in trunk.allow" },
  ],
  [
    "an address just outside the range",
    { transport: "udp", remote: { address: "3.80.18.0", port: 5060 } },
    { kind: "stranger", why: "not in trunk.allow" },
  ],
  [
    "a signed-in socket",
    { transport: "ws", remote: { address: "3.80.17.9", port: 1 }, principal: "alice" },
    { kind: "browser", user: alice },
  ],
  [
    "a socket of a removed user",
    { transport: "wss", remote: { address: "127.0.0.1", port: 1 }, principal: "carol" },
    { kind: "stranger", why: "not signed in" },
  ],
  [
    "a socket of nobody, even from the trunk's range",
    { transport: "ws", remote: { address: "3.80.17.9", port: 1 } },
    { kind: "stranger", why: "not signed in" },
  ],
] as const satisfies readonly (readonly [string, Parameters<typeof identify>[0], object])[])(
  "knows %s",
  (_, source, speaker) => {
    expect(identify(source, known)).toEqual(speaker);
  },
);

test("a device is whom it has proved to be, from the networks of devices alone", () => {
  const from = (address: string, username?: string) =>
    identify({ transport: "udp", remote: { address, port: 5060 } }, withDevices, username);
  expect(from("10.1.1.1")).toEqual({ kind: "unproven" });
  expect(from("10.1.1.1", "desk-1")).toEqual({ kind: "device", user: desk });
  expect(from("10.1.1.1", "desk")).toEqual({ kind: "unproven" });
  expect(from("192.0.2.9", "desk-1")).toEqual({
    kind: "stranger",
    why: "neither in trunk.allow nor in devices.allow",
  });
  expect(from("3.80.16.1", "desk-1")).toEqual({ kind: "trunk" });
});
