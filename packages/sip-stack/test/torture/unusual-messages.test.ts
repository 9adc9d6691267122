import { describe, expect, test } from "vitest";
import { formatMessage, headers, parseNameAddr, parseUri, readRegister } from "../../src/index.ts";
import { datagram, invite, options, register, response, sdp } from "./messages.ts";
import { fateOf } from "./peer.ts";

const otherLines = (...lines: string[]) => Buffer.from(`${lines.join("\r\n")}\r\n\r\n`);
const mixed = 'multipart/mixed;boundary="a b-1"';
const textPart = "--a b-1\r\nContent-Type: text/plain\r\n\r\n\0\u00e9\r\n--not a delimiter\r\n";
const sdpPart = `--a b-1  \r\nc: application/sdp\r\n\r\n${sdp}\r\n`;

describe("what is unusual and right is answered by its meaning", () => {
  test.each([
    [
      "folding, odd case, white space around separators, compact forms, escaped quotes",
      200,
      otherLines(
        "OPTIONS sip:vivek@h.example.com;unknownparam SIP/2.0",
        "TO :",
        " sip:vivek@h.example.com",
        'from   : "J Rosenberg \\\\\\""       <sip:jdrosen@example.com>',
        "  ;",
        "  tag = 98asjd8",
        "MaX-fOrWaRdS: 0068",
        "I\t: folded",
        "cseq: 0009",
        "  OPTIONS",
        "Via  : SIP  /   2.0",
        " /UDP",
        "    10.0.0.9;branch=390skdjuw",
        "s :",
        "NewFangledHeader:   value",
        " continued value",
        "UnusualValue: ;;,,;;,;",
        "v:  SIP  / 2.0  / TCP     s.example.com   ;",
        "  branch  =   z9hG4bK9ikj8  ,",
        " SIP  /    2.0   / UDP  192.0.2.2   ; branch=",
        " z9hG4bK30239",
        'm:"Quoted \\"\\"" <sip:jdrosen@example.com> ; newparam =',
        "      newvalue ;",
        "  secondparam ; q = 0.33",
      ),
    ],
    [
      "a method of every character a token may have",
      405,
      datagram("!odd-Method0_*+`.%indeed'~ sip:a@b.example SIP/2.0"),
    ],
    ["a method with an escape that is none", 405, datagram("RE%47IST%45R sip:a@b.example SIP/2.0")],
    [
      "a user part with everything that needs no escape",
      200,
      datagram("OPTIONS sip:1_~(to-be!sure)&isn't+it$/crazy?,/;;*:&it=1!$o~d_(t-it)@h.example SIP/2.0"),
    ],
    [
      "escapes that hide a whole URI",
      200,
      invite({
        To: "<sip:sips%3Auser%40example.com@example.net>",
        Contact: "<sip:cal%6Cer@10.0.0.9;%6C%72;n%61me=v%61lue%25%34%31>",
      }),
    ],
    ["escapes that are not UTF-8, NUL among them", 200, register({ To: "<sip:null-%00-%ff@example.com>" })],
    ["semicolons in the user part", 200, datagram("OPTIONS sip:user;par=u%40example.net@example.com SIP/2.0")],
    [
      "no white space between display name and bracket",
      200,
      options({ From: "caller<sip:caller@example.com>;tag=323" }),
    ],
    [
      "a quoted display name with every escaped control character",
      200,
      options({ To: '"BEL:\\\u0007 NUL:\\\u0000 DEL:\\\u007f" <sip:a@b.example>' }),
    ],
    [
      "a quoted display name in other alphabets",
      200,
      options({ From: '"работающий" <sip:a@b.example>;p="работ";tag=1' }),
    ],
    [
      "a Call-ID of every character a word may have",
      200,
      options({ "Call-ID": "intmeth.word%ZK-!.*_+'@word`~)(><:\\/\"][?}{" }),
    ],
    [
      "values as long as a field may be",
      200,
      options({
        "X-Long": "x".repeat(7000),
        From: `<sip:${"a".repeat(900)}@example.net;p=${"b".repeat(900)}>;tag=${"c".repeat(900)}`,
      }),
    ],
    ["as many headers as there may be", 200, options({ "X-Many": Array(100).fill("x") })],
    [
      "Via of transports that nobody knows",
      200,
      options({
        Via: [
          "SIP/2.0/UDP 10.0.0.9;branch=z9hG4bK1",
          "SIP/2.0/SCTP a.example",
          "SIP/2.0/UNKNOWN b.example, SIP/2.0/TLS c.example",
        ],
      }),
    ],
    ["no Content-Length: the body is the rest", 200, invite({ "Content-Length": undefined })],
    ["line breaks before the start line", 200, Buffer.concat([Buffer.from("\r\n\r\n\r\n"), options()])],
    [
      "a body of a type that OPTIONS does not care for",
      200,
      options({ "Content-Type": "application/odd" }, Uint8Array.of(0, 255, 13, 10, 13, 10)),
    ],
    ["a display name that needs quotes", 200, options({ From: "Bell, Alexander <sip:a.g.bell@example.com>;tag=43" })],
    ["a PASSporT of nine kilobytes", 200, options({ Identity: "x".repeat(9000) })],
    ["Max-Forwards of 0: it has arrived", 200, options({ "Max-Forwards": "0" })],
    [
      "a peer of RFC 2543: no branch, no From tag, no Max-Forwards, no Content-Length, no Contact",
      200,
      invite({
        Via: "SIP/2.0/UDP 10.0.0.9",
        From: "<sip:a@b.example;user=phone>",
        "Max-Forwards": undefined,
        "Content-Length": undefined,
        Contact: undefined,
      }),
    ],
    [
      "a multipart body with SDP",
      200,
      invite({ "Content-Type": mixed }, `preamble\r\n${textPart}${sdpPart}--a b-1--\r\nepilogue`),
    ],
    [
      "SDP in a multipart body in a multipart body",
      200,
      invite(
        { "Content-Type": "multipart/mixed;boundary=outer" },
        `--outer\r\nContent-Type: ${mixed}\r\n\r\n${sdpPart}--a b-1--\r\n--outer--`,
      ),
    ],
    [
      "a foreign body that may be ignored",
      488,
      invite({ "Content-Type": "text/plain", "Content-Disposition": "render;handling=optional" }, sdp),
    ],
    ["an INVITE without a body", 488, invite({ "Content-Type": undefined }, "")],
    ["Accept with a range that has SDP", 200, invite({ Accept: "text/html;q=0.5, application/*;level=1" })],
    [
      "a telephone number as Request-URI",
      200,
      datagram("OPTIONS tel:+1-201-555-0123;phone-context=example.com SIP/2.0"),
    ],
    [
      "URIs of unknown schemes in From, To and Contact",
      400,
      register({ To: "isbn:2983792873", From: "<http://www.example.com>;tag=1", Contact: "<name:John_Smith>" }),
    ],
    [
      "IPv6 in Request-URI, Via and Contact",
      200,
      datagram("REGISTER sip:[2001:db8::10]:5070 SIP/2.0", {
        Via: "SIP/2.0/UDP [2001:db8::9:1];received=[2001:db8::9:255];branch=z9hG4bK1, SIP/2.0/TCP [2001:db8::9:255];received=192.0.2.200;branch=z9hG4bK2",
        Contact: '"C" <sip:c@[::ffff:192.0.2.1]>',
      }),
    ],
    [
      "three colons before an IPv4 part, a fault of the grammar",
      200,
      datagram("OPTIONS sip:u@[2001:db8:::192.0.2.1] SIP/2.0", { To: "sip:u@[2001:db8:::192.0.2.1]" }),
    ],
    ["IPv6 in SDP", 200, invite({}, sdp.replaceAll("IP4 10.0.0.9", "IP6 2001:db8::20"))],
    [
      "a date of another time zone, and Authorization of an unknown scheme",
      200,
      options({ Date: "Fri, 01 Jan 2010 16:00:00 EST", Authorization: "NoOneKnowsThisScheme opaque-data=here" }),
    ],
  ])("%s", async (_, status, bytes) => {
    const fate = await fateOf(bytes);
    expect([fate.status, fate.read, fate.responses.length], fate.reason).toEqual([status, true, 1]);
  });

  test.each([
    ["no reason phrase", response("SIP/2.0 200 ")],
    ["not even the space before it", response("SIP/2.0 486")],
    ["a reason phrase in other alphabets", response("SIP/2.0 200 = 2**3 * 5**2 но сто девяносто девять - простое")],
    ["a status that is not registered", response("SIP/2.0 299 Odd")],
  ])("a response with %s is read and asks for nothing", async (_, bytes) => {
    const fate = await fateOf(bytes);
    expect([fate.status, fate.read]).toEqual([undefined, true]);
  });
});

describe("what is read means what was written", () => {
  test("octets after Content-Length are no second request", async () => {
    const fate = await fateOf(Buffer.concat([register(), Buffer.from("\r\n"), invite()]));
    expect([fate.requests.length, fate.calls.length, fate.responses.length]).toEqual([1, 0, 1]);
  });

  test("NUL in a user part cuts nothing off, and two contacts are two", async () => {
    const contacts = ["<sip:%00@h.example>", "<sip:%00%00@h.example>"];
    const { requests } = await fateOf(register({ To: "sip:null-%00-null@example.com", Contact: contacts }));
    const asked = readRegister(requests[0]!.request, { expiresS: 60, minS: 60, maxS: 60 });
    expect(asked).toMatchObject({ ok: true, value: { aor: "sip:null-%00-null@example.com" } });
    expect(asked.ok && asked.value.contacts !== "all-removed" && asked.value.contacts.map(({ uri }) => uri)).toEqual([
      "sip:%00@h.example",
      "sip:%00%00@h.example",
    ]);
  });

  test("a parameter outside brackets is the header's, one inside is the URI's", () => {
    const bare = parseNameAddr("sip:+19725552222@gw1.example.net;unknownparam");
    const inside = parseNameAddr("<sip:+19725552222@gw1.example.net;unknownparam>");
    expect([bare.ok && [...bare.value.params.keys()], bare.ok && bare.value.uri]).toEqual([
      ["unknownparam"],
      "sip:+19725552222@gw1.example.net",
    ]);
    expect(inside.ok && [inside.value.params.size, inside.value.uri]).toEqual([
      0,
      "sip:+19725552222@gw1.example.net;unknownparam",
    ]);
  });

  test("headers in a Contact's URI stay in it", async () => {
    const contact = "<sip:user@example.com?Route=%3Csip:sip.example.com%3E>";
    const { requests, status } = await fateOf(register({ Contact: contact }));
    expect([status, requests[0]?.request.headers.has("Route")]).toEqual([200, false]);
    const asked = readRegister(requests[0]!.request, { expiresS: 60, minS: 60, maxS: 60 });
    expect(asked).toMatchObject({ value: { contacts: [{ raw: contact }] } });
  });

  test("an IPv6 host that looks like host and port is a host", () => {
    expect(parseUri("sip:[2001:db8::10:5070]")).toMatchObject({ value: { host: "[2001:db8::10:5070]" } });
    expect(parseUri("sip:[2001:db8::10]:5070")).toMatchObject({ value: { host: "[2001:db8::10]", port: 5070 } });
  });

  test("unknown headers and methods, and bodies of any bytes, are written as they came", async () => {
    const body = Uint8Array.from({ length: 256 }, (_, at) => at);
    const odd = { "X-Odd": [";;,,;;,;", '"open', "\u00e9\u0416"], "Content-Type": "application/octet-stream" };
    const bytes = datagram("MESSAGE sip:user@example.com SIP/2.0", odd, body);
    const { requests } = await fateOf(bytes);
    const via = headers([["Via", "SIP/2.0/UDP 10.0.0.9;branch=z9hG4bK-rule-1"]]).get("Via")!;
    const { request } = requests[0]!;
    const again = formatMessage({ ...request, headers: request.headers.withFirst("Via", via) });
    expect(Buffer.from(again).equals(bytes)).toBe(true);
  });
});
