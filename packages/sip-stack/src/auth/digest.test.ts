import { expect, test } from "vitest";
import { type DigestAlgorithm, digestResponse, secretHash, systemHash } from "./digest.ts";

const http = { method: "GET", uri: "/dir/index.html" };

test.each<[DigestAlgorithm, string]>([
  ["MD5", "8ca523f5e9506fed4657c9700eebdbec"],
  ["SHA-256", "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1"],
])("the example of RFC 7616 section 3.9.1 with %s", (algorithm, expected) => {
  const ha1 = secretHash(systemHash, algorithm, ["Mufasa", "http-auth@example.org", "Circle of Life"]);
  const nonce = "7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v";
  const use = { nc: "00000001", cnonce: "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ" };
  expect(digestResponse(systemHash, ha1, { algorithm, nonce, use, ...http })).toBe(expected);
});

test("the example of RFC 2617 section 3.5", () => {
  const ha1 = secretHash(systemHash, "MD5", ["Mufasa", "testrealm@host.com", "Circle Of Life"]);
  const nonce = "dcd98b7102dd2f0e8b11d0f600bfb0c093";
  const use = { nc: "00000001", cnonce: "0a4f113b" };
  const response = digestResponse(systemHash, ha1, { algorithm: "MD5", nonce, use, ...http });
  expect(response).toBe("6629fae49393a05397450978507c4ef1");
});

test("the older form without qop, the example of RFC 2069 as corrected", () => {
  const ha1 = secretHash(systemHash, "MD5", ["Mufasa", "testrealm@host.com", "CircleOfLife"]);
  const nonce = "dcd98b7102dd2f0e8b11d0f600bfb0c093";
  const response = digestResponse(systemHash, ha1, { algorithm: "MD5", nonce, ...http });
  expect(response).toBe("1949323746fe6a43ef61f9606e7febea");
});
