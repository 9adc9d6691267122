import { expect, test } from "vitest";
import { event } from "../../test/fakes/wire-event.ts";
import { drawLadder } from "./ladder.ts";

const events = [
  event(5000, "in", "INVITE sip:b@x SIP/2.0", "one"),
  event(5001, "out", "INVITE sip:b@y SIP/2.0", "two"),
  event(5200, "in", "SIP/2.0 180 Ringing", "two"),
  event(5201, "out", "SIP/2.0 180 Ringing", "one"),
  event(6000, "in", "BYE sip:b@x SIP/2.0", "one", "refused: 10.0.0.1:5060: not in trunk.allow"),
];

test("a ladder has the caller's leg on the left, the target's on the right, times from the first message", () => {
  const legs = [
    { id: "a", party: "+1202", sipCallId: "one" },
    { id: "b1", party: "alice", sipCallId: "two" },
  ];
  expect(drawLadder(legs, events).split("\n")).toEqual([
    "seconds   a: +1202                          Trunkline     b1: alice",
    "    0.000 ----------- INVITE ----------->",
    "    0.001                                                 ----------- INVITE ----------->",
    "    0.200                                                 <----- 180 Ringing INVITE -----",
    "    0.201 <----- 180 Ringing INVITE -----",
    "    1.000 ------------- BYE ------------>  (refused: 10.0.0.1:5060: not in trunk.allow)",
  ]);
});
