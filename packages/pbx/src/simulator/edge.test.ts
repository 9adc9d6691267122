import { type Flow, type Transport, udpTransport, type WireEvent } from "@trunkline/sip-stack";
import { FakeClock, memoryNetwork } from "@trunkline/sip-stack/testing";
import { describe, expect, test } from "vitest";
import { EdgeTransport } from "./edge.ts";

const inside = { address: "10.0.58.47", port: 5060 };
const outside = { address: "127.9.0.1", port: 5062 };
const pbx = { address: "127.9.0.2", port: 5060 };

async function scene() {
  const clock = new FakeClock();
  const network = memoryNetwork({ clock });
  const wire: WireEvent[] = [];
  const edge = new EdgeTransport({
    outer: udpTransport({ bind: outside, network }),
    inside,
    reach: (address) => address.startsWith("127."),
    clock,
    observer: { onWire: (event) => wire.push(event) },
  });
  const [received, arrived] = [[] as string[], [] as string[]];
  const flows: Flow[] = [];
  await edge.listen(sinkInto(received, flows));
  const world: Transport = udpTransport({ bind: pbx, network });
  await world.listen(sinkInto(arrived, []));
  const send = async (text: string): Promise<void> => {
    world.send(Buffer.from(text), world.flowTo(outside) as Flow);
    await clock.advance(1);
  };
  const answer = async (text: string, to: Flow | undefined): Promise<void> => {
    edge.send(Buffer.from(text), to as Flow);
    await clock.advance(1);
  };
  return { edge, wire, received, arrived, flows, send, answer };
}

const sinkInto = (texts: string[], flows: Flow[]) => ({
  onMessage: (bytes: Uint8Array, flow: Flow): void => {
    texts.push(Buffer.from(bytes).toString());
    flows.push(flow);
  },
  onFailure: () => {},
  onClosed: () => {},
  onRefused: () => {},
});

const message = (first: string, cseq: string, toTag = ""): string =>
  [
    first,
    "Via: SIP/2.0/UDP 127.9.0.2:5060;branch=z9hG4bKone",
    "Max-Forwards: 70",
    "From: <sip:+16185558387@127.9.0.2>;tag=pbx",
    `To: <sip:+12025550123@127.9.0.1>${toTag}`,
    "Call-ID: c1",
    `CSeq: ${cseq}`,
    "Content-Length: 0",
    "",
    "",
  ].join("\r\n");

const invite = message("INVITE sip:+12025550123@127.9.0.1:5062 SIP/2.0", "1 INVITE");
const ack = message("ACK sip:+12025550123@127.9.0.1:5062 SIP/2.0", "1 ACK", ";tag=t");

describe("the edge", () => {
  test("passes an INVITE with a Record-Route that names its own port", async () => {
    const { received, send } = await scene();
    await send(invite);
    expect(received).toEqual([expect.stringContaining("Record-Route: <sip:127.9.0.1:5062;lr;ftag=pbx;did=")]);
  });

  test("drops an ACK outside the route set and counts it", async () => {
    const { edge, received, send } = await scene();
    await send(invite);
    await send(ack);
    expect(received).toHaveLength(1);
    expect(edge.counters()).toEqual({ "outside the route set": 1 });
  });

  test("passes the ACK of an INVITE that was refused", async () => {
    const { edge, received, flows, send, answer } = await scene();
    await send(invite);
    await answer(message("SIP/2.0 486 Busy Here", "1 INVITE", ";tag=t"), flows[0]);
    await send(ack);
    expect(received).toHaveLength(2);
    expect(edge.counters()).toEqual({});
  });

  test("does not take the ACK of an INVITE that was answered for that of a refused one", async () => {
    const { received, flows, send, answer } = await scene();
    await send(invite);
    await answer(message("SIP/2.0 200 OK", "1 INVITE", ";tag=t"), flows[0]);
    await send(ack);
    expect(received).toHaveLength(1);
  });

  test("puts ACK timeout on the BYE of a call that was answered and never acknowledged, and on no other", async () => {
    const { arrived, flows, received, send, answer } = await scene();
    const bye = message("BYE sip:pbx@127.9.0.2:5060 SIP/2.0", "2 BYE", ";tag=t");
    await send(invite);
    await answer(message("SIP/2.0 200 OK", "1 INVITE", ";tag=t"), flows[0]);
    await answer(bye, flows[0]);
    expect(arrived.at(-1)).toContain('Reason: SIP;cause=200;text="ACK timeout"\r\n');
    const route = /Record-Route: (.*)\r\n/.exec(received[0] ?? "")?.[1];
    await send(ack.replace("Max-Forwards", `Route: ${route}\r\nMax-Forwards`));
    await answer(bye, flows[0]);
    expect(arrived.at(-1)).not.toContain("Reason:");
  });

  test("drops what it cannot read and what leads out of reach, either way", async () => {
    const { edge, arrived, send, answer, flows } = await scene();
    await send("nonsense");
    await send(invite);
    await answer("nonsense", flows[0]);
    await answer(
      message("OPTIONS sip:192.0.2.1 SIP/2.0", "1 OPTIONS"),
      edge.flowTo({ address: "192.0.2.1", port: 5060 }),
    );
    expect(arrived).toEqual([]);
    expect(edge.counters()).toEqual({ unreadable: 2, "out of reach": 1 });
  });

  test("shows the observer what is on the wire, with what became of it", async () => {
    const { wire, flows, send, answer } = await scene();
    await send(invite);
    await answer(message("SIP/2.0 100 Trying", "1 INVITE"), flows[0]);
    await send(ack);
    expect(wire.map(({ direction, outcome }) => `${direction} ${outcome}`)).toEqual([
      "in accepted",
      "out sent",
      "in refused: outside the route set",
    ]);
    expect(Buffer.from(wire[0]?.bytes ?? []).toString()).toBe(invite);
    expect(Buffer.from(wire[1]?.bytes ?? []).toString()).toContain(";received=127.9.0.2;rport=5060");
  });
});
