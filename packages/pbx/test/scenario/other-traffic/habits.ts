import type { Dice } from "./dice.ts";
import type { Draft } from "./writing.ts";

/** What some carrier, SBC or phone adds to a message or writes in a way of its own. None of it asks for another outcome. */
export type Habit = {
  readonly name: string;
  /** In what it is found. */
  readonly on: "request" | "any";
  apply(draft: Draft, dice: Dice): Draft;
};

const adding = (name: string, ...fields: readonly (readonly [string, string])[]): Habit => ({
  name,
  on: "any",
  apply: (draft) => ({ ...draft, fields: [...draft.fields, ...fields] }),
});

const changing = (name: string, field: string, change: (value: string, dice: Dice) => string): Habit => ({
  name,
  on: "request",
  apply: (draft, dice) => ({
    ...draft,
    fields: draft.fields.map(([each, value]) => [each, each === field ? change(value, dice) : value] as const),
  }),
});

const onRequests = (habit: Habit): Habit => ({ ...habit, on: "request" });

/** Gives the URI in brackets another spelling. */
const inBrackets = (value: string, change: (uri: string) => string): string =>
  value.replace(/<([^>]*)>/, (_, uri: string) => `<${change(uri)}>`);

const displayNames: readonly string[] = [
  "",
  '""',
  "Anna ",
  "Anna Maria  B. ",
  '"Anna, B." ',
  '"B\\"A\\" \\\\ C"',
  '"Ärztehaus Süd (Empfang)" ',
  '"<Anna>" ',
  '"a@b;c=d" ',
  '"  " ',
  "CITY-OF-WASHINGTON* ",
];

/** Names that the grammar does not allow without quotes, but that peers send all the same. */
const brokenNames: readonly string[] = [
  "Ärztehaus Süd ",
  "Anna, B. ",
  "O'Neil & Sons (NY) ",
  "Anna [B] ",
  "N. Y. #1: ",
];

/** The habits, each with where it was seen or which RFC it is from. */
export const habits: readonly Habit[] = [
  changing("display names of all kinds", "From", (value, dice) =>
    value.replace(/^.*(?=<(?:sip|tel):)/, dice.pick(displayNames)),
  ),
  changing("display names that lack their quotes", "From", (value, dice) =>
    value.replace(/^.*(?=<(?:sip|tel):)/, dice.pick(brokenNames)),
  ),
  changing("STIR verdicts in From", "From", (value) =>
    inBrackets(value, (uri) => uri.replace("@", ";verstat=TN-Validation-Passed@")),
  ),
  changing("calling party category", "From", (value) =>
    inBrackets(value, (uri) => `${uri.replace("@", ";cpc=ordinary@")};user=phone`),
  ),
  changing("tel URI in From", "From", (value) => inBrackets(value, (uri) => uri.replace(/^sip:(\+\d+).*/, "tel:$1"))),
  changing("tel URI in To", "To", (value) => inBrackets(value, (uri) => uri.replace(/^sip:(\+\d+).*/, "tel:$1"))),
  changing("parameters in From's URI", "From", (value) =>
    inBrackets(value, (uri) => `${uri};user=phone;noa=national;x`),
  ),
  changing("a parameter behind the tag", "From", (value) => `${value};epid=3a-b.c%7e`),
  changing("a Contact that nobody can reach", "Contact", (value, dice) =>
    inBrackets(
      value,
      () =>
        `sip:${dice.pick(["gw@10.0.0.7:5060", "sbc.carrier.example", "+1202@sbc-1.carrier.example:5080;transport=udp", "172.16.0.1;trunk=a%20b"])}`,
    ),
  ),
  changing(
    "parameters of Contact",
    "Contact",
    (value) => `${value};+sip.instance="<urn:uuid:00000000-0000-1000-8000-AABBCCDDEEFF>";q=0.5;expires=3600;isfocus`,
  ),
  changing("Via with a name, and parameters", "Via", (value, dice) =>
    dice.pick([
      `${value};received=10.9.8.7`,
      `${value};x-route-tag="cid:a@1"`,
      `${value};ttl=16;alias`,
      value.replace(";rport", ""),
    ]),
  ),
  onRequests(
    adding(
      "two hops below",
      ["Via", "SIP/2.0/TCP 10.0.0.1:5060;branch=z9hG4bK-x1;received=192.0.2.1"],
      ["Via", "SIP/2.0/TLS [2001:db8::1];branch=z9hG4bK!y~"],
    ),
  ),
  adding("route of a Voice Connector", ["Record-Route", "<sip:3.80.16.13;lr;ftag=raw;did=9f1.b8b2;nat=yes>"]),
  adding(
    "route by name",
    ["Record-Route", "<sip:edge.carrier.example:5060;transport=udp;lr>"],
    ["Record-Route", "<sip:10.1.1.1;lr=on>"],
  ),
  adding("Diversion", ["Diversion", "<tel:+12025550177>;reason=no-answer;counter=1;privacy=off"]),
  adding("History-Info", [
    "History-Info",
    "<sip:+12025550177@x.example?Reason=SIP%3Bcause%3D302>;index=1, <sip:+1@x.example>;index=1.1",
  ]),
  adding("Remote-Party-ID", [
    "Remote-Party-ID",
    '"Anna" <sip:+4930123456@x.example>;party=calling;screen=yes;privacy=off',
  ]),
  adding(
    "identity that the network asserts",
    ["P-Asserted-Identity", "<sip:+4930123456@x.example>"],
    ["P-Asserted-Identity", "<tel:+4930123456>"],
  ),
  adding(
    "charging",
    ["P-Charging-Vector", "icid-value=a-1;icid-generated-at=x.example;orig-ioi=x;term-ioi=y"],
    ["P-Access-Network-Info", 'IEEE-802.11;i-wlan-node-id="0"'],
  ),
  adding("STIR", [
    "Identity",
    `${"eyJ".repeat(300)}.${"abc-_".repeat(80)};info=<https://cert.example/a.pem>;alg=ES256;ppt=shaken`,
  ]),
  adding("STIR with a chain of certificates", [
    "Identity",
    `${"eyJ".repeat(3000)};info=<https://cert.example/a.pem>;alg=ES256;ppt="shaken"`,
  ]),
  adding("Alert-Info", ["Alert-Info", "<http://127.0.0.1/bellcore-dr2>;info=alert-external"]),
  adding("User-to-User", ["User-to-User", "00FA0811;encoding=hex;purpose=isdn-uui;content=isdn-uui"]),
  adding("Cisco-Guid", ["Cisco-Guid", "1234567890-0987654321-1122334455-5544332211"]),
  adding(
    "what it is",
    ["User-Agent", "Sonus_UAC (x/1.0; [build 7]) «é»"],
    ["Server", "Kamailio (5.5.0 (x86_64/linux))"],
  ),
  adding("fields of its own", ["X-Empty", ""], ["X-VoiceConnector-ID", "abc"], ["X-Odd", '"\\" ;;, <> = é \u{1F600}']),
  adding("Date and Timestamp", ["Date", "Mon, 02 Nov 2026 08:49:37 GMT"], ["Timestamp", "54.5 .2"]),
  adding(
    "Accept",
    ["Accept", "application/sdp, application/isup, multipart/mixed;q=0.5, */*;q=0.1"],
    ["Accept-Language", "*"],
  ),
  adding("Allow with methods of its own", ["Allow", "INVITE,ACK,CANCEL,BYE,OPTIONS,FOO"]),
  adding("Supported of many kinds", ["Supported", "100rel,timer,replaces,histinfo,path,gruu,outbound,x-odd"]),
  adding("session timer", ["Supported", "timer"], ["Session-Expires", "1800;refresher=uac"], ["Min-SE", "90"]),
  adding(
    "caller preferences",
    ["Accept-Contact", '*;+g.3gpp.icsi-ref="urn%3Aurn-7%3A3gpp-service.ims.icsi.mmtel"'],
    ["Request-Disposition", "no-fork"],
  ),
  adding("Reason of a past leg", ["Reason", 'Q.850;cause=16;text="Terminated", SIP ;cause=200']),
  adding("Priority and Organization", ["Priority", "normal"], ["Organization", ""], ["Subject", ""]),
];
