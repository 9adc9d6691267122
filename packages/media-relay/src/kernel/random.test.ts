import { expect, test } from "vitest";
import { firstSeq, random32 } from "./random.ts";

test("a stream's first sequence number leaves half a circle before the first rollover, its other beginnings are whole", () => {
  const highest = (length: number) => new Uint8Array(length).fill(0xff);
  expect(firstSeq(highest)).toBe(2 ** 15 - 1);
  expect(random32(highest)).toBe(2 ** 32 - 1);
});
