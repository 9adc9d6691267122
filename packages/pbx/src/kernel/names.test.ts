import { systemRandom } from "@trunkline/sip-stack";
import { expect, test } from "vitest";
import { newSessionId } from "./names.ts";

test("no two sessions of the system's random bytes have one id", () => {
  const ids = Array.from({ length: 200 }, () => newSessionId(systemRandom));
  expect(new Set(ids).size).toBe(ids.length);
  expect(ids.every((id) => /^\d+$/.test(id))).toBe(true);
});
