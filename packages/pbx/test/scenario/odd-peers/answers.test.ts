import { expect, test } from "vitest";
import { onlyPcma, plainSdp, responseTo, trunkContact } from "../raw-peer.ts";
import { answering, lastRecord, trunkOfOurs } from "./setting.ts";

const outside = "+12025550123";
const usable = plainSdp();
const moved = plainSdp(4010);
const inIpv6 = plainSdp().replace("c=IN IP4 3.80.16.13", "c=IN IP6 2001:db8::1");
const switchedOff = plainSdp(0);

/** What the trunk says to a call, in order: a status, an SDP and the tag that it writes. */
type Said = readonly [status: string, sdp: string, tag?: string];

/** A call over the trunk, which says these things 200 ms apart. */
async function calling(...said: readonly Said[]) {
  const { world, trunk } = await trunkOfOurs();
  const heard: number[] = [];
  for (const port of [4000, 4010])
    await world.network.bind(
      { address: "3.80.16.13", port },
      { onDatagram: () => heard.push(port), onError: () => {} },
    );
  answering(trunk, (invite) => {
    said.forEach(([status, sdp, tag = "raw"], at) => {
      const text = responseTo(invite, status, [trunkContact], sdp).replace(";tag=raw", tag === "" ? "" : `;tag=${tag}`);
      world.clock.after(200 * at, () => trunk.send(text));
    });
  });
  world.desk.dial(outside);
  await world.clock.advance(2000);
  void world.desk.talk(5);
  await world.clock.advance(1000);
  return { world, trunk, heardAt: [...new Set(heard)] };
}

test.each<[string, readonly Said[], number]>([
  [
    "200 without SDP after 183 with SDP",
    [
      ["183 Session Progress", usable],
      ["200 OK", ""],
    ],
    4000,
  ],
  [
    "200 without SDP after 180 with SDP",
    [
      ["180 Ringing", usable],
      ["200 OK", ""],
    ],
    4000,
  ],
  [
    "200 without SDP under another tag",
    [
      ["183 Session Progress", usable],
      ["200 OK", "", "other"],
    ],
    4000,
  ],
  [
    "200 without SDP after 183 without a tag",
    [
      ["183 Session Progress", usable, ""],
      ["200 OK", ""],
    ],
    4000,
  ],
  [
    "200 without SDP of the first of two forks",
    [
      ["183 Session Progress", usable, "one"],
      ["183 Session Progress", moved, "two"],
      ["200 OK", "", "one"],
    ],
    4000,
  ],
  [
    "200 with SDP that switches the audio off",
    [
      ["183 Session Progress", usable],
      ["200 OK", switchedOff],
    ],
    4000,
  ],
  [
    "200 with SDP that is none",
    [
      ["183 Session Progress", usable],
      ["200 OK", "none"],
    ],
    4000,
  ],
  [
    "200 with other SDP",
    [
      ["183 Session Progress", usable],
      ["200 OK", moved],
    ],
    4010,
  ],
  [
    "200 with SDP after unusable early media",
    [
      ["183 Session Progress", onlyPcma],
      ["200 OK", moved],
    ],
    4010,
  ],
  ["200 with SDP that names an IPv6 address", [["200 OK", inIpv6]], 4000],
  [
    "200 with SDP of another fork",
    [
      ["183 Session Progress", usable, "one"],
      ["200 OK", moved, "two"],
    ],
    4010,
  ],
])("a call that gets %s is up, with audio both ways", async (_, said, port) => {
  const { world, trunk, heardAt } = await calling(...said);
  expect([world.desk.answered, heardAt]).toEqual([true, [port]]);
  expect(trunk.requests("BYE")).toHaveLength(0);
});

test.each<[string, readonly Said[]]>([
  [
    "a 183 and a 200 with the same SDP",
    [
      ["183 Session Progress", onlyPcma],
      ["200 OK", onlyPcma],
    ],
  ],
  [
    "a 200 after two 183 with the same SDP",
    [
      ["183 Session Progress", switchedOff],
      ["183 Session Progress", switchedOff],
      ["200 OK", switchedOff],
    ],
  ],
  [
    "a 200 of another fork",
    [
      ["183 Session Progress", usable, "one"],
      ["200 OK", onlyPcma, "two"],
    ],
  ],
  [
    "a 183, and a 200 without SDP",
    [
      ["183 Session Progress", onlyPcma],
      ["200 OK", ""],
    ],
  ],
  [
    "no SDP at all",
    [
      ["180 Ringing", ""],
      ["200 OK", ""],
    ],
  ],
])("a call without usable SDP in %s is not answered, and says why", async (_, said) => {
  const { world, trunk } = await calling(...said);
  expect(world.desk.answered).toBe(false);
  expect(world.desk.ends).toMatchObject([{ cause: "rejected", response: { status: 488 } }]);
  expect((await lastRecord(world))?.ending.code).toBe("no-common-audio");
  expect([trunk.requests("ACK").length, trunk.requests("BYE").length]).toEqual([1, 1]);
});

test("an address that answers with unusable SDP gains nothing from the early media of one that failed", async () => {
  const addresses = ["3.80.16.13", "3.80.16.14"];
  const { world, trunk } = await trunkOfOurs({ addresses });
  answering(trunk, (invite) => {
    trunk.send(responseTo(invite, "183 Session Progress", [trunkContact], usable));
    world.clock.after(200, () => trunk.send(responseTo(invite, "503 Service Unavailable")));
  });
  const other = await world.handsetAt("3.80.16.14");
  other.manner = "ignores";
  world.desk.dial(outside);
  await world.clock.advance(1000);
  const { sip } = other.last;
  if ("answer" in sip) sip.answer({ type: "application/sdp", bytes: Buffer.from(onlyPcma) });
  await world.clock.advance(1000);
  expect([world.desk.answered, (await lastRecord(world))?.ending.code]).toEqual([false, "no-common-audio"]);
});

test.each(["received=1.2.3.4:5060", "received=", "rport=abc", "i=a@b", "x=é"])(
  "a 200 whose Via says %s is acknowledged",
  async (param) => {
    const { world, trunk } = await trunkOfOurs();
    answering(trunk, (invite) => {
      trunk.send(responseTo(invite, "200 OK", [trunkContact], usable).replace(/;rport/, () => `;${param}`));
    });
    world.desk.dial(outside);
    await world.clock.advance(2000);
    expect([world.desk.answered, trunk.requests("ACK").length]).toEqual([true, 1]);
  },
);
