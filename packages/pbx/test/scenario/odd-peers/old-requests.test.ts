import { expect, test } from "vitest";
import { plainSdp } from "../raw-peer.ts";
import { answering, callFromTrunk, trunkOfOurs } from "./setting.ts";

/** A call from the trunk that Ann has answered. */
async function talking() {
  const { world, trunk } = await trunkOfOurs();
  answering(trunk, () => {});
  const call = callFromTrunk(trunk);
  call.invite();
  await world.clock.advance(1000);
  call.send("ACK", 1, "ack");
  await world.clock.advance(100);
  const asked = async (...request: Parameters<typeof call.send>): Promise<number | undefined> => {
    call.send(...request);
    await world.clock.advance(100);
    return trunk.statuses.at(-1);
  };
  return { world, trunk, asked };
}

const key = ["Content-Type: application/dtmf-relay"];

test("a request with a CSeq that was carried out before gets 500 and nothing is done twice", async () => {
  const { asked } = await talking();
  expect(await asked("OPTIONS", 5, "one", key)).toBe(200);
  expect(await asked("OPTIONS", 5, "two", key)).toBe(500);
  expect(await asked("OPTIONS", 4, "three", key)).toBe(500);
  expect(await asked("INVITE", 1, "four", [], plainSdp(5000))).toBe(500);
  expect(await asked("OPTIONS", 6, "five", key)).toBe(200);
});

test("a BYE that has the number of the last request ends the call", async () => {
  const { asked, world } = await talking();
  expect(await asked("OPTIONS", 5, "one")).toBe(200);
  expect(await asked("BYE", 5, "bye")).toBe(200);
  expect(await world.pbx.operations.calls()).toEqual([]);
});

test("a BYE that has the number of the INVITE ends the call", async () => {
  const { asked, world } = await talking();
  expect(await asked("BYE", 1, "bye")).toBe(200);
  expect(await world.pbx.operations.calls()).toEqual([]);
});
