import { expect, test } from "vitest";
import { stepsOf } from "../../test/steps.ts";
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

test.each([
  [
    "a digest answer on a folded line",
    'Authorization: Digest username="desk",\r\n response="0123456789abcdef"\r\nTo: <sip:a@b>\r\n',
    'Authorization: Digest username="desk",\r\n [masked]\r\nTo: <sip:a@b>\r\n',
  ],
  [
    "a digest answer whose value is on the next line",
    'Authorization: Digest username="desk", response=\r\n "0123456789abcdef", nc=1\r\n',
    'Authorization: Digest username="desk", [masked], nc=1\r\n',
  ],
  [
    "a digest answer whose name stands before a folded line",
    "Authorization\r\n : Digest response\r\n\t= 0123456789abcdef, nc=1\r\n",
    "Authorization\r\n : Digest [masked], nc=1\r\n",
  ],
  [
    "a key press whose type is on a folded line",
    "Content-Type:\r\n application/dtmf\r\n\r\n5",
    "Content-Type:\r\n application/dtmf\r\n\r\n[masked]",
  ],
  [
    "a key press of two types",
    "Content-Type: text/plain\r\nc: application/dtmf\r\n\r\n5",
    "Content-Type: text/plain\r\nc: application/dtmf\r\n\r\n[masked]",
  ],
  [
    "a key press among other bodies",
    "Content-Type: multipart/mixed;boundary=b\r\n\r\n--b\r\nContent-Type: application/dtmf\r\n\r\n5\r\n--b--",
    "Content-Type: multipart/mixed;boundary=b\r\n\r\n[masked]",
  ],
  ["a digest answer that is cut short", 'Authorization: Digest response="0123', "Authorization: Digest [masked]"],
  ["credentials of another scheme", "Authorization: Basic YWxpY2U6c2VjcmV0\r\n", "Authorization: [masked]\r\n"],
  [
    "credentials of another scheme on a folded line",
    "Proxy-Authorization: Basic\r\n YWxpY2U6c2VjcmV0\r\nTo: x\r\n",
    "Proxy-Authorization: [masked]\r\n [masked]\r\nTo: x\r\n",
  ],
  [
    "each of several keys of the audio",
    "\r\n\r\na=crypto:1 X inline:AAAA|2^20|1:4;inline:BBBB|2^20|2:4\r\nk=base64:CCCC\r\n",
    "\r\n\r\na=crypto:1 X inline:[masked]|2^20|1:4;inline:[masked]|2^20|2:4\r\nk=[masked]\r\n",
  ],
  ["a password behind several schemes", "To: <sip:sips:a:b:c@d>", "To: <sip:sips:[masked]@d>"],
  [
    "a key press in a form of its own",
    "c: application/vnd.nortelnetworks.digits\r\n\r\np=Digit-Collection\r\nd=5\r\n",
    "c: application/vnd.nortelnetworks.digits\r\n\r\n[masked]",
  ],
])("%s is masked", (_, text, shown) => {
  expect(maskSecrets(text)).toBe(shown);
});

test.each([
  "sip:",
  "sip:a:",
  "Authorization: ",
  'authorization:response="',
  "response=",
  "a=crypto:inline:",
  "@",
  "\r\n\r\n",
])("a message of %j over and over is read in time that grows with its length alone", async (piece) => {
  const [short, long] = [
    await stepsOf(() => maskSecrets(piece.repeat(500))),
    await stepsOf(() => maskSecrets(piece.repeat(5000))),
  ];
  expect(long / short).toBeLessThan(12);
});
