import { expect, test } from "vitest";
import { agree, type Direction, deaf, reverse } from "./direction.ts";

const all: readonly Direction[] = ["sendrecv", "sendonly", "recvonly", "inactive"];

// RFC 3264 section 6.1: rows are what we want, columns what the other side says.
test.each<[Direction, Direction[]]>([
  ["sendrecv", ["sendrecv", "recvonly", "sendonly", "inactive"]],
  ["sendonly", ["sendonly", "inactive", "sendonly", "inactive"]],
  ["recvonly", ["recvonly", "recvonly", "inactive", "inactive"]],
  ["inactive", ["inactive", "inactive", "inactive", "inactive"]],
])("who wants %s gets what the other side leaves", (ours, answers) => {
  expect(all.map((theirs) => agree(ours, theirs))).toEqual(answers);
});

test("a direction reversed twice is itself, and one without an address cannot receive", () => {
  expect(all.map((direction) => reverse(reverse(direction)))).toEqual(all);
  expect(all.map(deaf)).toEqual(["sendonly", "sendonly", "inactive", "inactive"]);
});
