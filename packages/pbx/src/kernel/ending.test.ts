import { expect, test } from "vitest";
import { ending, endingHeaders } from "./ending.ts";

test("an ending goes to a peer as two Reasons and a Warning, whatever its words contain", () => {
  expect(endingHeaders(ending("busy", "callee", { words: 'The "line"\\ is busy.' }))).toEqual([
    ["Reason", 'SIP;cause=486;text="The line is busy."'],
    ["Reason", "Q.850;cause=17"],
    ["Warning", '399 trunkline "The line is busy."'],
  ]);
});
