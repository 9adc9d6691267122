import { createHmac } from "node:crypto";
import { expect, test } from "vitest";
import { seededRandom } from "../testing/seeded-random.ts";
import { HmacSha1 } from "./hmac-sha1.ts";

test("the code of every length of packet is the one that Node computes", () => {
  const random = seededRandom(21);
  const key = random(20);
  const hmac = new HmacSha1(key);
  const bytes = random(1500);
  for (let end = 0; end <= bytes.length; end += 1) {
    const word = Buffer.from(random(4));
    const expected = createHmac("sha1", key).update(bytes.subarray(0, end)).update(word).digest("hex");
    expect(Buffer.from(hmac.sign(bytes, end, word.readInt32BE())).toString("hex")).toBe(expected);
  }
});
