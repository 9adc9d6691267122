import { expect, test } from "vitest";
import { request } from "../testing/request.ts";
import type { Flow } from "../transport/transport.ts";
import { flowFor, type Hop, nextHop, reachOf } from "./next-hop.ts";

const local = { address: "10.0.0.2", port: 5060 };
const remote = { address: "10.0.0.1", port: 5060 };
const udp: Flow = { id: "udp", transport: "udp", local, remote, open: true };
const ws: Flow = { ...udp, id: "ws", transport: "ws" };
const flowTo = ({ address, port }: Hop): Flow => ({ ...udp, id: `${address}:${port}`, remote: { address, port } });

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
  ["sip:a@10.0.0.1", "<sip:evil.example;lr>", "next hop is a name"],
  ["sip:a@10.0.0.1;transport=sctp", "", "next hop has an unknown transport"],
];

test.each(cases)("the next hop of %s over '%s'", (uri, route, expected) => {
  const hop = nextHop(request("BYE", uri, { Route: route }));
  expect(hop.ok ? hop.value : hop.why).toEqual(expected);
});

test("a connection is used as it is, whatever Route and Contact say", () => {
  const away = request("BYE", "sip:a@evil.example", { Route: "<sip:10.6.6.6;lr>" });
  expect(flowFor(away, ws, () => false, flowTo)).toEqual({ ok: true, value: ws });
});

test("over UDP only hops within reach are used", () => {
  const to = (host: string) => request("BYE", `sip:a@${host}`);
  expect(flowFor(to("10.0.0.1:5999"), udp, reachOf(udp), flowTo)).toMatchObject({
    ok: true,
    value: { id: "10.0.0.1:5999" },
  });
  expect(flowFor(to("169.254.169.254"), udp, reachOf(udp), flowTo)).toMatchObject({ why: "next hop is out of reach" });
  expect(flowFor(to("10.0.0.3"), udp, ({ port }) => port === 5060, flowTo)).toMatchObject({ ok: true });
  expect(flowFor(to("10.0.0.1"), udp, reachOf(udp), () => undefined)).toMatchObject({
    why: "no transport leads to the next hop",
  });
});

test("what keeps to its flow goes nowhere else, and nowhere at all once that is closed", () => {
  const away = request("BYE", "sip:a@192.168.7.7:5061", { Route: "<sip:10.6.6.6;lr>" });
  expect(flowFor(away, udp, "flow", flowTo)).toEqual({ ok: true, value: udp });
  expect(flowFor(away, { ...udp, open: false }, "flow", flowTo)).toMatchObject({ why: "the flow is closed" });
});
