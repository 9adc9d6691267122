import { expect, test } from "vitest";
import { maskSecrets } from "./mask.ts";

test.each([
  [
    "a digest answer, whatever stands around it",
    'Authorization: Digest username="desk", realm="trunkline", response="0123456789abcdef", nc=00000001',
    'Authorization: Digest username="desk", realm="trunkline", [masked], nc=00000001',
  ],
  [
    "one without quotes that begins the header",
    "Proxy-Authorization: Digest response=0123456789abcdef",
    "Proxy-Authorization: Digest [masked]",
  ],
  ["a password in a URI", "Refer-To: <sip:alice:secret@192.0.2.1>", "Refer-To: <sip:alice:[masked]@192.0.2.1>"],
  [
    "keys of the sound",
    "a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:WVNfX19zZW1jdGwgKCkgewkyMjA7fQp9CnVubGVz|2^20|1:4\r\na=ice-pwd:Zk3oXyNVQj9yRkZqbUd0dQ",
    "a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:[masked]|2^20|1:4\r\na=ice-pwd:[masked]",
  ],
  [
    "a key that was pressed",
    "INFO sip:a@b SIP/2.0\r\nContent-Type: application/dtmf-relay\r\n\r\nSignal= 5\r\nDuration= 160\r\n",
    "INFO sip:a@b SIP/2.0\r\nContent-Type: application/dtmf-relay\r\n\r\nSignal= [masked]\r\nDuration= 160\r\n",
  ],
  [
    "a key as the whole body",
    "Content-Type: application/dtmf\r\n\r\n#",
    "Content-Type: application/dtmf\r\n\r\n[masked]",
  ],
])("%s is not told", (_, text, told) => {
  expect(maskSecrets(text)).toBe(told);
});

test.each([
  "INVITE sip:+12025550123@vc.example SIP/2.0\r\nTo: <sip:+12025550123@vc.example:5060>\r\n\r\nv=0\r\nm=audio 10000 RTP/AVP 0 101\r\n",
  'WWW-Authenticate: Digest realm="trunkline", nonce="abc", algorithm=MD5, qop="auth"',
  "Contact: <sip:desk@192.0.2.1:5060;transport=tcp>",
])("what is no secret stays as it is: %j", (text) => {
  expect(maskSecrets(text)).toBe(text);
});

test("a long message without an end costs no more than its length", () => {
  const text = `Authorization: ${"a ".repeat(20_000)}`;
  expect(maskSecrets(text)).toBe(text);
  expect(maskSecrets("sip:".repeat(15_000)).length).toBe(60_000);
});
