import { describe, expect, test } from "vitest";
import { seededRandom } from "../testing/seeded-random.ts";
import type { Fragment } from "./handshake-message.ts";
import { Reassembly } from "./reassembly.ts";

const random = seededRandom(3);
/** As large as a ClientHello with a post-quantum key share. */
const hello = random(1500);

const part = (offset: number, length: number, body: Uint8Array = hello, seq = 0, type = 1): Fragment => ({
  type,
  seq,
  length: body.length,
  offset,
  body: body.subarray(offset, offset + length),
});

const orders: readonly (readonly [string, readonly Fragment[]])[] = [
  ["in order", [part(0, 1100), part(1100, 400)]],
  ["the last first", [part(1100, 400), part(0, 1100)]],
  ["the last twice, then the first", [part(1100, 400), part(1100, 400), part(0, 1100)]],
  ["each twice", [part(0, 1100), part(0, 1100), part(1100, 400), part(1100, 400)]],
  ["overlapping", [part(0, 900), part(700, 800)]],
  ["one inside another", [part(300, 100), part(0, 1100), part(1100, 400)]],
  ["cut differently when repeated", [part(800, 700), part(0, 500), part(500, 500)]],
  ["with an empty one", [part(0, 0), part(0, 1500)]],
  ["octet by octet, backwards", Array.from({ length: 1500 }, (_, index) => part(1499 - index, 1))],
];

describe("a message in fragments", () => {
  test.each(orders)("%s is put together", (_, fragments) => {
    const reassembly = new Reassembly();
    expect(fragments.map((fragment) => reassembly.keep(fragment))).not.toContain("over-limit");
    expect(reassembly.whole(0)).toMatchObject([{ type: 1, seq: 0, body: hello }]);
  });

  test("is not whole while an octet is missing", () => {
    const reassembly = new Reassembly();
    for (const fragment of [part(0, 700), part(701, 799)]) reassembly.keep(fragment);
    expect(reassembly.whole(0)).toEqual([]);
    reassembly.keep(part(700, 1));
    expect(reassembly.whole(0)).toHaveLength(1);
  });

  test("is not mixed with fragments of another type or length that have its number", () => {
    const reassembly = new Reassembly();
    const other = random(1400);
    reassembly.keep(part(0, 1100, other));
    reassembly.keep(part(0, 1100, hello, 0, 11));
    reassembly.keep(part(0, 1100));
    reassembly.keep(part(1100, 400));
    expect(reassembly.whole(0)).toMatchObject([{ type: 1, body: hello }]);
  });

  test("that was no good is put together anew from its repetition", () => {
    const reassembly = new Reassembly();
    reassembly.keep(part(0, 1500, random(1500)));
    reassembly.forget(reassembly.whole(0)[0]!);
    reassembly.keep(part(0, 1500));
    expect(reassembly.whole(0)).toMatchObject([{ body: hello }]);
  });

  test("that comes before its turn waits, and that was taken is repeated", () => {
    const reassembly = new Reassembly();
    reassembly.keep(part(0, 1500, hello, 1));
    expect(reassembly.whole(0)).toEqual([]);
    reassembly.goTo(1);
    expect(reassembly.whole(1)).toHaveLength(1);
    expect(reassembly.keep(part(0, 10))).toBe("repeated");
  });
});

describe("what is kept", () => {
  test("is at most 16 messages and 48 KiB, the latest", () => {
    const reassembly = new Reassembly();
    for (let length = 1; length < 200; length += 1) reassembly.keep(part(0, 1, new Uint8Array(length * 80), 1));
    expect(reassembly.keptOctets).toBeLessThanOrEqual(49_152);
    reassembly.keep(part(0, 1500));
    expect(reassembly.whole(0)).toHaveLength(1);
  });

  test("is nothing that says it is larger than 16 KiB, or is more than seven messages ahead", () => {
    const reassembly = new Reassembly();
    expect(reassembly.keep(part(0, 1, new Uint8Array(16_385)))).toBe("over-limit");
    expect(reassembly.keep(part(0, 1, hello, 8))).toBe("over-limit");
    expect(reassembly.keptOctets).toBe(0);
  });

  test("is nothing of a flight that is to come again", () => {
    const reassembly = new Reassembly(4);
    reassembly.keep(part(0, 1, hello, 5));
    reassembly.goTo(2);
    expect([reassembly.next, reassembly.keptOctets]).toEqual([2, 0]);
  });
});
