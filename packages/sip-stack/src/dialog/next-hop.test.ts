import { expect, test } from "vitest";
import type { Flow } from "../transport/transport.ts";
import { flowFor, type Hop, nextHop, reachOf } from "./next-hop.ts";

const local = { address: "10.0.0.2", port: 5060 };
const remote = { address: "10.0.0.1", port: 5060 };
const udp: Flow = { id: "udp", transport: "udp", local, remote, open: true };
const ws: Flow = { ...udp, id: "ws", transport: "ws" };
const flowTo = ({ address, port }: Hop): Flow => ({ ...udp, id: `${address}:${port}`, remote: { address, port } });

/** A dialog with a remote target and, perhaps, a route set. */
const dialogTo = (remoteTarget: string, ...routeSet: string[]) => ({ remoteTarget, routeSet });

const cases: [uri: string, route: string, hop: Hop | string][] = [
  ["sip:a@10.0.0.1", "", { address: "10.0.0.1", port: 5060, transport: "udp" }],
  ["sip:a@10.0.0.1:5070;transport=TCP", "", { address: "10.0.0.1", port: 5070, transport: "tcp" }],
  ["sips:a@[2001:db8::1]", "", { address: "2001:db8::1", port: 5061, transport: "tls" }],
  [
    "sip:a@10.0.0.1",
    "<sip:10.0.0.9:5080;lr>, <sip:10.0.0.8;lr>",
    { address: "10.0.0.9", port: 5080, transport: "udp" },
  ],
  ["sip:a@phone.example", "", "next hop is a name"],
  ["sip:a@10.0.0.1;maddr=10.6.6.6", "", { address: "10.0.0.1", port: 5060, transport: "udp" }],
  ["sip:a@10.0.0.1", "<sip:10.0.0.9:5080>, <sip:10.0.0.8;lr>", { address: "10.0.0.9", port: 5080, transport: "udp" }],
  ["sip:a@10.0.0.1", "<sip:10.0.0.9>", { address: "10.0.0.9", port: 5060, transport: "udp" }],
  ["sip:a@10.0.0.1", "<sip:evil.example;lr>", "next hop is a name"],
  ["sip:a@10.0.0.1;transport=sctp", "", "next hop has an unknown transport"],
  ["sip:a@10.0.0.1:0", "", "next hop has port 0"],
  ["tel:+12025550100", "", "URI is not a SIP URI"],
];

test.each(cases)("the next hop of %s over '%s'", (uri, route, expected) => {
  const hop = nextHop(dialogTo(uri, ...route.split(", ").filter((each) => each !== "")));
  expect(hop.ok ? hop.value : hop.why).toEqual(expected);
});

test("a connection is used as it is, whatever Route and Contact say", () => {
  const away = dialogTo("sip:a@evil.example", "<sip:10.6.6.6;lr>");
  expect(flowFor(away, ws, () => false, flowTo)).toEqual({ ok: true, value: { flow: ws } });
});

test("over UDP only hops within reach are used", () => {
  const to = (host: string) => dialogTo(`sip:a@${host}`);
  expect(flowFor(to("10.0.0.1:5999"), udp, reachOf(udp), flowTo)).toMatchObject({
    ok: true,
    value: { flow: { id: "10.0.0.1:5999" } },
  });
  const elsewhere = flowFor(to("10.0.0.3"), udp, ({ port }) => port === 5060, flowTo);
  expect(elsewhere).toMatchObject({ ok: true, value: { flow: { id: "10.0.0.3:5060" } } });
});

test.each([
  ["sip:a@169.254.169.254", "", "next hop is out of reach"],
  ["sip:a@sbc.example", "", "next hop is a name"],
  ["sip:a@10.0.0.1", "<sip:edge.example;lr>", "next hop is a name"],
  ["tel:+12025550100", "", "URI is not a SIP URI"],
  ["sip:a@10.0.0.1:0", "", "next hop has port 0"],
  ["sip:a@10.0.0.1;transport=tcp", "", "no transport leads to the next hop"],
])("a request to %s over '%s' goes to where the dialog began", (uri, route, astray) => {
  const onlyUdp = (hop: Hop) => (hop.transport === "udp" ? flowTo(hop) : undefined);
  const chosen = flowFor(dialogTo(uri, ...(route === "" ? [] : [route])), udp, reachOf(udp), onlyUdp);
  expect(chosen).toEqual({ ok: true, value: { flow: udp, astray } });
});

test("a closed TLS connection is opened again to the same address and name", () => {
  const tls: Flow = { ...udp, id: "tls", transport: "tls", host: "trunk.example", open: false };
  const asked: Hop[] = [];
  flowFor(dialogTo("sip:a@sbc.example"), tls, reachOf(tls), (hop) => void asked.push(hop));
  expect(asked).toEqual([{ ...remote, transport: "tls", host: "trunk.example" }]);
});

test("without any transport to the peer a request goes nowhere", () => {
  const closed: Flow = { ...udp, transport: "tcp", open: false };
  const chosen = flowFor(dialogTo("sip:a@10.0.0.1"), closed, reachOf(closed), () => undefined);
  expect(chosen).toMatchObject({ why: "no transport leads to the next hop" });
});

test("what keeps to its flow goes nowhere else, and nowhere at all once that is closed", () => {
  const away = dialogTo("sip:a@192.168.7.7:5061", "<sip:10.6.6.6;lr>");
  expect(flowFor(away, udp, "flow", flowTo)).toEqual({ ok: true, value: { flow: udp } });
  expect(flowFor(away, { ...udp, open: false }, "flow", flowTo)).toMatchObject({ why: "the flow is closed" });
});

test("a next hop in another spelling of the peer's IPv6 address is within reach", () => {
  const flow = { remote: { address: "2001:db8::5", port: 5060 } } as never;
  const hop = nextHop(dialogTo("sip:[2001:0DB8:0:0::5]:5070"));
  expect(hop.ok && reachOf(flow)(hop.value)).toBe(true);
});
