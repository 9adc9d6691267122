import { expect, test } from "vitest";
import { plainSdp, responseTo, trunkContact } from "../raw-peer.ts";
import { ownNumber } from "../world.ts";
import { answering, trunkOfOurs } from "./setting.ts";

const wishes = [
  ["Privacy: id", { headers: [["Privacy", "id"]] }],
  [
    "Privacy: user;id and an anonymous From",
    { headers: [["Privacy", "user;id"]], from: "<sip:anonymous@anonymous.invalid>" },
  ],
  ["an anonymous From", { from: '"Anonymous" <sip:anonymous@anonymous.invalid>' }],
  ["Remote-Party-ID", { headers: [["Remote-Party-ID", "<sip:ann@x>;privacy=full"]] }],
] as const;

test.each(wishes)("a phone that withholds its number by %s is anonymous to a colleague", async (_, wish) => {
  const { world } = await trunkOfOurs();
  world.ann.dial("212", wish);
  await world.clock.advance(1000);
  expect(world.ben.last.invite?.headers.get("From")).toContain('"Anonymous" <sip:anonymous@anonymous.invalid>');
  expect(await world.pbx.operations.calls()).toMatchObject([{ from: "ann" }]);
});

test.each(wishes)("a phone that withholds its number by %s has the trunk withhold it", async (_, wish) => {
  const { world, trunk } = await trunkOfOurs();
  answering(trunk, (invite) => trunk.send(responseTo(invite, "200 OK", [trunkContact], plainSdp())));
  world.ann.dial("+12025550123", wish);
  await world.clock.advance(1000);
  const [invite] = trunk.requests("INVITE");
  expect(invite?.headers.get("Privacy")).toBe("id");
  expect(invite?.headers.get("From")).toContain(`sip:${ownNumber}@`);
});

test("a phone that withholds nothing is shown to a colleague and to the trunk", async () => {
  const { world, trunk } = await trunkOfOurs();
  world.ann.dial("212");
  world.ann.dial("+12025550123");
  await world.clock.advance(1500);
  expect(world.ben.last.invite?.headers.get("From")).toContain('"Ann" <sip:ann@');
  expect(trunk.requests("INVITE")[0]?.headers.has("Privacy")).toBe(false);
});
