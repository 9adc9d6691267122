import { describe, expect, test } from "vitest";
import {
  readClientHello,
  readHelloVerifyRequest,
  readServerHello,
  writeClientHello,
  writeHelloVerifyRequest,
} from "./hello.ts";
import { joined, number, vector } from "./octets.ts";

const random = new Uint8Array(32).fill(5);
const extension = (type: number, ...content: Uint8Array[]): Uint8Array =>
  joined(number(2, type), vector(2, ...content));

/** As browsers send it now: key shares of DTLS 1.3 among them one of 1216 octets (X25519MLKEM768). */
const modern = joined(
  number(2, 0xfefd),
  random,
  vector(1),
  vector(1, Uint8Array.of(1, 2, 3)),
  vector(2, number(2, 0x1301), number(2, 0xc02b), number(2, 0x00ff)),
  vector(1, number(1, 0)),
  vector(
    2,
    extension(10, vector(2, number(2, 0x11ec), number(2, 29), number(2, 23))),
    extension(51, vector(2, number(2, 0x11ec), vector(2, new Uint8Array(1216)))),
    extension(43, vector(1, number(2, 0xfefc), number(2, 0xfefd))),
    extension(14, vector(2, number(2, 7), number(2, 1)), vector(1)),
    extension(23),
  ),
);

describe("a ClientHello", () => {
  test("with post-quantum key shares is read", () => {
    expect(readClientHello(modern)).toMatchObject({
      cookie: Uint8Array.of(1, 2, 3),
      suites: [0x1301, 0xc02b, 0x00ff],
      asksSecureRenegotiation: true,
      extensions: { groups: [0x11ec, 29, 23], srtpProfiles: [7, 1], extendedMasterSecret: true },
    });
  });

  test("of ours is read as it is meant", () => {
    const hello = readClientHello(writeClientHello(random, Uint8Array.of(7), [7, 1]));
    expect(hello).toMatchObject({ suites: [0xc02b, 0xc02f], extensions: { groups: [29, 23], srtpProfiles: [7, 1] } });
  });

  test("without extensions asks for nothing", () => {
    const bare = joined(
      number(2, 0xfefd),
      random,
      vector(1),
      vector(1),
      vector(2, number(2, 0xc02b)),
      vector(1, number(1, 0)),
    );
    expect(readClientHello(bare)).toMatchObject({ extensions: { groups: [23], srtpProfiles: [], types: [] } });
  });

  test("that is cut anywhere is malformed, or has no extensions", () => {
    for (let length = 0; length < modern.length; length += 1) {
      const hello = readClientHello(modern.subarray(0, length));
      expect(hello?.extensions.types ?? []).toEqual([]);
    }
  });

  test.each([
    ["the same extension twice", vector(2, extension(23), extension(23))],
    ["a renegotiation of an earlier connection", vector(2, extension(0xff01, vector(1, random)))],
    ["octets after its extensions", joined(vector(2), number(1, 0))],
  ])("with %s is malformed", (_, extensions) => {
    const bare = joined(
      number(2, 0xfefd),
      random,
      vector(1),
      vector(1),
      vector(2, number(2, 0xc02b)),
      vector(1, number(1, 0)),
    );
    expect(readClientHello(joined(bare, extensions))).toBeUndefined();
  });
});

test("a ServerHello with compression, or that is cut, is malformed", () => {
  const hello = joined(number(2, 0xfefd), random, vector(1), number(2, 0xc02b), number(1, 0));
  expect(readServerHello(hello)).toMatchObject({ suite: 0xc02b, extensions: { srtpProfiles: [] } });
  expect(readServerHello(hello.with(hello.length - 1, 1))).toBeUndefined();
  expect(readServerHello(hello.subarray(1))).toBeUndefined();
});

test("a HelloVerifyRequest gives its cookie; one without a cookie is malformed", () => {
  expect(readHelloVerifyRequest(writeHelloVerifyRequest(random))).toEqual(random);
  expect(readHelloVerifyRequest(writeHelloVerifyRequest(new Uint8Array(0)))).toBeUndefined();
});
