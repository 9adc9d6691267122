import { expect, test } from "vitest";
import { serverAt } from "../raw-peer.ts";
import { configText } from "../world.ts";
import { callFromTrunk, trunkOfOurs } from "./setting.ts";

/** Behind a NAT: others know the server by an address that it does not bind. */
const config = configText.replace(
  'udp: "198.51.100.204:5060"',
  'udp: "198.51.100.204:5060", publicAddress: 192.0.2.77',
);

test.each([
  ["takes a Via of its private address, which hosts in other networks have too", serverAt.address, false],
  ["refuses a Via of its public address as a loop", "192.0.2.77", true],
])("a server behind a NAT %s", async (_, address, isLoop) => {
  const { world, trunk } = await trunkOfOurs({ config });
  const via = (host: string, branch: string): string => `SIP/2.0/UDP ${host}:5060;branch=z9hG4bK${branch}`;
  const { invite } = callFromTrunk(trunk, { Via: `${via("3.80.16.13", "edge")}, ${via(address, "inside")}` });
  invite();
  await world.clock.advance(1000);
  expect([trunk.statuses.includes(482), world.ann.calls.length]).toEqual([isLoop, isLoop ? 0 : 1]);
});
