import { expect, test } from "vitest";
import { keepSecret, secretsIn } from "./secrets.ts";

test.each([
  "a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:WVNfX19zZW1jdGwgKCkgewkyMjA7fQp9CnVubGVz",
  "v=0\na=ice-pwd:Zk3oXyNVQj9yRkZqbUd0dQ\n",
  'Authorization: Digest username="u", response="6629fae49393a05397450978507c4ef1"',
  "cookie: __Host-trunkline=abc",
  `a password: ${keepSecret("correct horse")}`,
])("%j has a secret", (text) => {
  expect(secretsIn(text)).toHaveLength(1);
});

test.each([
  "a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:[masked]|2^20",
  "a=ice-pwd:[masked]",
  '{"text":"v=0\na=ice-pwd:","at":1}',
  'Authorization: Digest username="u", response="[masked]"',
])("%j has none: it is masked, or cut short before it begins", (text) => {
  expect(secretsIn(text)).toEqual([]);
});
