import { deepEqual, equal } from "node:assert/strict";
import type { SipRequest } from "@trunkline/sip-stack";
import { asUserName } from "../../src/domain/names.ts";
import type { Scenario } from "./scenario.ts";
import { endings } from "./stories/endings.ts";
import { holds } from "./stories/holds.ts";
import { keys } from "./stories/keys.ts";
import { renegotiations } from "./stories/renegotiations.ts";
import { takeovers } from "./stories/takeovers.ts";
import { transfers } from "./stories/transfers.ts";
import { announcement, announcingNumber, ownNumber, type World } from "./world.ts";

const echo = "+12025550123";
const special = (last: number): string => `+1500555000${last}`;

const dialAndWait =
  (number: string, ms: number) =>
  async ({ desk, clock }: World): Promise<void> => {
    desk.dial(number);
    await clock.advance(ms);
  };

const basics: readonly Scenario[] = [
  {
    name: "a call to the echo with early media, hung up by its caller",
    ending: "hung-up",
    play: async ({ desk, clock }) => {
      desk.dial(echo);
      await clock.advance(3000);
      void desk.talk(50);
      await clock.advance(3000);
      desk.hangUp();
    },
    check: ({ desk }) => {
      deepEqual(desk.ringing, [183]);
      equal(desk.described.length, 2);
      equal(new Set(desk.described).size, 1, "the 200 repeats the SDP of the 183");
      equal(desk.answered, true);
      equal(desk.spoken.length, 50);
      deepEqual(
        desk.heard.filter((payload) => desk.spoken.includes(payload)),
        desk.spoken,
      );
    },
  },
  {
    name: "a busy number",
    ending: "busy",
    play: dialAndWait(special(1), 5000),
    check: ({ desk }) => equal(statusOf(desk), 486),
  },
  {
    name: "a number that nobody answers, given up by the caller",
    ending: "cancelled",
    play: async (world) => {
      await dialAndWait(special(2), 8000)(world);
      world.desk.hangUp();
    },
    check: ({ desk }) => equal(desk.answered, false),
  },
  {
    name: "a number that does not exist",
    ending: "no-such-number",
    play: dialAndWait(special(3), 5000),
    check: ({ desk }) => equal(statusOf(desk), 404),
  },
  {
    name: "a trunk that fails",
    ending: "trunk-failed",
    play: dialAndWait(special(4), 5000),
    check: ({ desk }) => equal(statusOf(desk), 503),
  },
  {
    name: "a country that may not be dialled",
    ending: "not-allowed",
    play: dialAndWait("+442079460018", 2000),
    check: ({ desk }) => equal(statusOf(desk), 403),
  },
  {
    name: "of three addresses of the trunk one is dead and one refuses: the call goes to the third",
    ending: "hung-up",
    addresses: ["3.80.16.13", "3.80.16.14", "3.80.16.15"],
    play: async ({ desk, connector, clock }) => {
      connector.fare(0, "dead");
      connector.fare(1, "refusing");
      desk.dial(echo);
      await clock.advance(8000);
      void desk.talk(50);
      await clock.advance(3000);
      desk.hangUp();
    },
    check: ({ desk, wire }) => {
      equal(desk.answered, true);
      deepEqual(
        desk.heard.filter((payload) => desk.spoken.includes(payload)),
        desk.spoken,
      );
      const asked = wire.filter(({ direction, message }) => direction === "out" && message?.kind === "request");
      const invited = asked.filter(({ message }) => message?.kind === "request" && message.method === "INVITE");
      deepEqual(
        [...new Set(invited.map(({ flow }) => flow.remote.address))],
        ["3.80.16.13", "3.80.16.14", "3.80.16.15"],
      );
    },
  },
  {
    name: "a number that is busy at the first address is not tried at the second",
    ending: "busy",
    addresses: ["3.80.16.13", "3.80.16.14"],
    play: dialAndWait(special(1), 5000),
    check: ({ sentToTrunk }) => equal(sentToTrunk("INVITE"), 1),
  },
  {
    name: "all addresses of the trunk are dead",
    ending: "trunk-unreachable",
    addresses: ["3.80.16.13", "3.80.16.14"],
    play: async ({ desk, connector, clock }) => {
      for (const at of [0, 1]) connector.fare(at, "dead");
      desk.dial(echo);
      await clock.advance(60_000);
    },
    check: ({ desk }) => equal(statusOf(desk), 503),
  },
  {
    name: "a caller who gives up while the second address is tried",
    ending: "cancelled",
    addresses: ["3.80.16.13", "3.80.16.14"],
    play: async ({ desk, connector, clock }) => {
      for (const at of [0, 1]) connector.fare(at, "dead");
      desk.dial(echo);
      await clock.advance(4500);
      desk.hangUp();
    },
  },
  {
    name: "a premium number of an allowed country",
    ending: "premium-number",
    play: dialAndWait("+19005550199", 2000),
    check: ({ desk, sentToTrunk }) => deepEqual([statusOf(desk), sentToTrunk("INVITE")], [403, 0]),
  },
  {
    name: "a second call within a second waits for its turn",
    ending: "busy",
    calls: 2,
    play: async ({ desk, lab, clock }) => {
      desk.dial(special(1));
      lab.dial(special(1));
      await clock.advance(5000);
    },
    check: ({ wire }) => {
      const leftAtMs = wire
        .filter(
          ({ direction, message }) => direction === "out" && message?.kind === "request" && message.method === "INVITE",
        )
        .map(({ atMs }) => atMs);
      equal(leftAtMs.length, 2);
      equal(leftAtMs[1]! - leftAtMs[0]!, 1000);
    },
  },
  {
    name: "the longest call: our side is warned a minute before, and then it ends with words",
    ending: "longest-call",
    play: async ({ desk, clock }) => {
      desk.dial(echo);
      await clock.advance(2000);
      void desk.talk(6200);
      await clock.advance(125_000);
    },
    check: ({ desk }) => {
      equal(desk.ends[0]?.cause, "bye");
      const own = new Set(desk.spoken);
      const heard = desk.heard.map((name) => own.has(name));
      // The echo, twenty frames of tone in the 61st second, the echo again.
      const foreign = heard.flatMap((isOwn, at) => (isOwn || at < 100 ? [] : [at]));
      equal(foreign.length >= 19 && foreign.length <= 22, true, `${foreign.length} frames of the tone`);
      equal(foreign.at(-1)! - foreign[0]! < 24, true);
    },
  },
  {
    name: "a user calls another by extension: nothing of it reaches the trunk",
    ending: "hung-up",
    play: async ({ desk, lab, clock }) => {
      lab.behave({ kind: "answers", afterMs: 1000 });
      desk.dial("102");
      await clock.advance(3000);
      void desk.talk(50);
      await clock.advance(3000);
      desk.hangUp();
    },
    check: ({ desk, lab, sentToTrunk }) => {
      deepEqual(lab.heard, desk.spoken);
      equal(desk.spoken.length, 50);
      equal(lab.invites[0]?.headers.get("From")?.startsWith('"Desk" <sip:desk@198.51.100.204>'), true);
      equal(sentToTrunk("INVITE"), 0);
    },
  },
  {
    name: "a user calls the number that she shares with another: only the other's phone rings",
    ending: "no-answer",
    play: async ({ desk, clock }) => {
      desk.dial(ownNumber);
      await clock.advance(25_000);
    },
    check: ({ desk, lab, sentToTrunk }) =>
      deepEqual([desk.invites.length, lab.invites.length, sentToTrunk("INVITE")], [0, 1, 0]),
  },
  {
    name: "a user whose minutes are used up is cut off with words, and refused until the next day",
    ending: "minutes-used",
    calls: 2,
    play: async ({ desk, pbx, budgets, clock }) => {
      await budgets.talk(asUserName("desk"), "2030-01-01", 150);
      desk.dial(echo);
      await clock.advance(2000);
      void desk.talk(1700);
      await clock.advance(40_000);
      deepEqual((await pbx.operations.calls()).length, 0);
      desk.dial(echo);
      await clock.advance(2000);
    },
    check: ({ desk, sentToTrunk }) => {
      deepEqual([desk.ends[0]?.cause, statusOf({ ends: desk.ends.slice(1) }), sentToTrunk("INVITE")], ["bye", 403, 1]);
    },
  },
  {
    name: "an emergency number",
    ending: "emergency",
    play: dialAndWait("911", 2000),
    check: ({ desk }) => equal(statusOf(desk), 403),
  },
  {
    name: "a trunk that is not there",
    connected: false,
    ending: "trunk-unreachable",
    play: dialAndWait(echo, 40_000),
    check: ({ desk }) => equal(statusOf(desk), 503),
  },
  {
    name: "two phones ring, the first to answer has the call and hangs up",
    ending: "hung-up",
    play: async ({ desk, lab, connector, clock }) => {
      desk.behave({ kind: "answers", afterMs: 2000, hangsUpAfterMs: 5000 });
      lab.behave({ kind: "ignores" });
      void connector.call({ from: echo, to: ownNumber });
      await clock.advance(5000);
      void desk.talk(50);
      await clock.advance(3000);
    },
    check: ({ desk, lab }) => {
      deepEqual(
        desk.heard.filter((payload) => desk.spoken.includes(payload)),
        desk.spoken,
      );
      equal(desk.spoken.length, 50);
      deepEqual([desk.answered, lab.answered, lab.cancelled], [true, false, true]);
    },
  },
  {
    name: "one phone declines, the other is answered",
    ending: "hung-up",
    play: async ({ desk, lab, connector, clock }) => {
      desk.behave({ kind: "refuses", status: 486, afterMs: 500 });
      lab.behave({ kind: "answers", afterMs: 3000 });
      void connector.call({ from: echo, to: ownNumber, id: "pstn" });
      await clock.advance(9000);
      connector.hangUp("pstn");
    },
    check: ({ lab }) => deepEqual([lab.answered, lab.ends[0]?.cause], [true, "bye"]),
  },
  {
    name: "both phones decline",
    ending: "busy",
    play: async ({ desk, lab, connector, clock }) => {
      for (const phone of [desk, lab]) phone.behave({ kind: "refuses", status: 486, afterMs: 1000 });
      void connector.call({ from: echo, to: ownNumber });
      await clock.advance(5000);
    },
  },
  {
    name: "nobody answers in time",
    ending: "no-answer",
    play: async ({ connector, clock }) => {
      void connector.call({ from: echo, to: ownNumber });
      await clock.advance(25_000);
    },
    check: ({ desk, lab }) => deepEqual([desk.cancelled, lab.cancelled], [true, true]),
  },
  {
    name: "the network's caller gives up while it rings",
    ending: "cancelled",
    play: async ({ connector, clock }) => {
      void connector.call({ from: echo, to: ownNumber, id: "pstn" });
      await clock.advance(4000);
      connector.hangUp("pstn");
    },
    check: ({ desk, lab }) => deepEqual([desk.cancelled, lab.cancelled], [true, true]),
  },
  {
    name: "both phones answer at the same moment",
    ending: "hung-up",
    play: async ({ desk, lab, connector, clock }) => {
      for (const phone of [desk, lab]) phone.behave({ kind: "answers", afterMs: 1000 });
      void connector.call({ from: echo, to: ownNumber, id: "pstn" });
      await clock.advance(5000);
      connector.hangUp("pstn");
    },
    check: ({ desk, lab }) =>
      deepEqual(
        [desk, lab].map(({ ends }) => ends[0]?.cause),
        ["bye", "bye"],
      ),
  },
  {
    name: "the caller gives up at the moment of the answer",
    play: async ({ desk, clock }) => {
      desk.dial(echo);
      await clock.advance(1005);
      desk.hangUp();
    },
  },
  {
    name: "a call that nobody takes is answered by a recording, which its caller hears whole",
    ending: "no-answer",
    play: async ({ connector, clock }) => {
      void connector.call({ from: echo, to: announcingNumber });
      await clock.advance(10_000);
    },
    check: ({ soundToTrunk }) => deepEqual(Buffer.concat(soundToTrunk), Buffer.from(announcement.pcmu)),
  },
  {
    name: "a caller who hangs up in the middle of the recording",
    ending: "no-answer",
    play: async ({ connector, clock }) => {
      void connector.call({ from: echo, to: announcingNumber, id: "pstn" });
      await clock.advance(5500);
      connector.hangUp("pstn");
      await clock.advance(5000);
    },
    check: ({ soundToTrunk }) => equal(soundToTrunk.length > 0 && soundToTrunk.length < 50, true),
  },
  {
    name: "a phone sees the trunk's own headers, one hop less, and nothing else of its request",
    ending: "cancelled",
    play: async ({ connector, clock }) => {
      void connector.call({ from: echo, to: ownNumber, id: "pstn" });
      await clock.advance(2000);
      connector.hangUp("pstn");
    },
    check: ({ desk }) => {
      const [{ headers }] = desk.invites as [SipRequest];
      equal(headers.get("X-VoiceConnector-ID")?.length, 22);
      equal(headers.get("Max-Forwards"), "68");
      equal(headers.get("User-Agent"), "Trunkline");
    },
  },
  {
    name: "a phone that says nothing more in the middle of a call",
    ending: "peer-lost",
    play: async ({ desk, connector, clock }) => {
      desk.behave({ kind: "answers", afterMs: 2000 });
      void connector.call({ from: echo, to: ownNumber });
      await clock.advance(5000);
      void desk.talk(50);
      await clock.advance(70_000);
    },
    check: ({ desk }) => equal(desk.ends[0]?.cause, "bye"),
  },
  {
    name: "an operator ends a call",
    ending: "operator-ended",
    play: async ({ desk, pbx, clock }) => {
      desk.dial(echo);
      for (let seconds = 0; seconds < 4 || (await pbx.operations.calls()).length === 0; seconds++)
        await clock.advance(1000);
      for (const { id } of await pbx.operations.calls()) await pbx.operations.hangUp(id);
    },
    check: ({ desk }) => equal(desk.ends[0]?.cause, "bye"),
  },
];

function statusOf({ ends }: Pick<World["desk"], "ends">): number | undefined {
  const [end] = ends;
  return end?.cause === "rejected" ? end.response.status : undefined;
}

/** Every story there is. */
export const scenarios: readonly Scenario[] = [
  ...basics,
  ...holds,
  ...transfers,
  ...takeovers,
  ...renegotiations,
  ...keys,
  ...endings,
];
