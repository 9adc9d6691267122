import { crc32 } from "node:zlib";
import { describe, expect, test } from "vitest";
import { seededRandom } from "../testing/seeded-random.ts";
import { octetsOf } from "./address.ts";
import { carriesIntegrity } from "./integrity.ts";
import { isStunMessage, messageType, transactionOf, typeOf } from "./message.ts";
import { isAuthenticRequest, readBindingRequest } from "./request.ts";
import { writeRequest, writeSuccess } from "./write.ts";

const hex = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text.replace(/\s/g, ""), "hex"));
const password = "VOkJxbRl1RmTxUk/WvJxBt";
const transaction = hex("b7e7a701 bc34d686 fa87dfae");

/** RFC 5769 section 2.2: SOFTWARE, XOR-MAPPED-ADDRESS, MESSAGE-INTEGRITY, FINGERPRINT. */
const answer4 = hex(`0101003c 2112a442 b7e7a701 bc34d686 fa87dfae
  8022000b 74657374 20766563 746f7220 00200008 0001a147 e112a643
  00080014 2b91f599 fd9e90c3 8c7489f9 2af9ba53 f06be7d7 80280004 c07d4c96`);
/** RFC 5769 section 2.3: the same with an IPv6 address. */
const answer6 = hex(`01010048 2112a442 b7e7a701 bc34d686 fa87dfae
  8022000b 74657374 20766563 746f7220 00200014 0002a147 0113a9fa a5d3f179 bc25f4b5 bed2b9d9
  00080014 a382954e 4be67bf1 1784c97c 8292c275 bfe3ed41 80280004 c8fb0b4c`);

/** A request of the RFC's samples as it lies before a success response. */
const asked = hex(`00010000 2112a442 b7e7a701 bc34d686 fa87dfae`);

describe("a success response", () => {
  test.each([
    ["192.0.2.1", answer4.subarray(36, 48)],
    ["2001:db8:1234:5678:11:2233:4455:6677", answer6.subarray(36, 60)],
  ])("says the address %s as RFC 5769 does", (address, attribute) => {
    const written = writeSuccess(asked, { address, port: 32_853 }, password);
    expect(written.subarray(20, 20 + attribute.length)).toEqual(attribute);
    expect(isStunMessage(written)).toBe(true);
    expect(typeOf(written)).toBe(messageType.success);
    expect(transactionOf(written)).toEqual(transaction);
  });

  test("carries the integrity of its password, as those of RFC 5769 do", () => {
    const written = writeSuccess(asked, { address: "192.0.2.1", port: 32_853 }, password);
    for (const message of [answer4, answer6, written]) {
      expect(carriesIntegrity(message, password)).toBe(true);
      expect(carriesIntegrity(message, "another")).toBe(false);
      const changed = message.slice();
      changed[30] = changed[30]! ^ 1;
      expect(carriesIntegrity(changed, password)).toBe(false);
    }
    expect(carriesIntegrity(asked, password)).toBe(false);
  });
});

test("a request of ours is read back as what it says, and is authentic", () => {
  const random = seededRandom(1);
  for (const role of ["controlling", "controlled"] as const) {
    const written = writeRequest({
      transaction: random(12),
      username: "evtj:h6vY",
      role,
      tieBreaker: 2n ** 63n,
      password,
    });
    const read = readBindingRequest(written);
    expect(read).toMatchObject({ fragment: "evtj", role, isStrange: false });
    expect(isAuthenticRequest(written, read!, () => password)).toBe(true);
  }
});

test("a fingerprint is made as those of RFC 5769 are", () => {
  const written = writeRequest({
    transaction,
    username: "evtj:h6vY",
    role: "controlled",
    tieBreaker: 0x932ff9b151263b36n,
    password,
  });
  for (const message of [written, answer4, answer6]) {
    const fingerprint = new DataView(message.buffer).getUint32(message.length - 4);
    expect(fingerprint).toBe((crc32(message.subarray(0, -8)) ^ 0x5354554e) >>> 0);
  }
});

describe("an address in text", () => {
  test.each([
    ["192.0.2.1", "c0000201"],
    ["::1", "00000000000000000000000000000001"],
    ["::", "00000000000000000000000000000000"],
    ["fe80::1%eth0", "fe800000000000000000000000000001"],
    ["::ffff:192.0.2.1", "00000000000000000000ffffc0000201"],
    ["2001:db8:1234:5678:11:2233:4455:6677", "20010db812345678001122334455 6677"],
    ["2001:db8::", "20010db8000000000000000000000000"],
  ])("%s has the octets %s", (text, octets) => {
    expect(octetsOf(text)).toEqual(hex(octets));
  });
});
