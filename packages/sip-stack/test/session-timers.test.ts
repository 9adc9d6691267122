import { describe, expect, test } from "vitest";
import type { OutgoingCallOptions, UserAgentOptions } from "../src/index.ts";
import { request } from "../src/testing/index.ts";
import { answer, bobAt, offerText, scene } from "./agents.ts";
import { Probe } from "./probe.ts";

async function talking(bobs: Partial<UserAgentOptions> = {}, ours: Partial<OutgoingCallOptions> = {}) {
  const on = await scene({}, bobs);
  on.bob.onCall = (call) => call.answer(answer);
  const { call, user } = on.dial(ours);
  await on.clock.advance(100);
  return { ...on, call, user, bobUser: on.bob.last().user };
}

/** Bob, called by a peer whose every message the test writes. */
async function called(fields: Record<string, string>, bobs: Partial<UserAgentOptions> = {}) {
  const on = await scene({}, bobs);
  on.bob.onCall = (call) => call.answer(answer);
  const probe = await Probe.open(on.network);
  const sdp = { "Content-Type": "application/sdp", body: offerText };
  const base = { Contact: "<sip:caller@10.0.0.9:5060>" };
  const invite = request("INVITE", "sip:bob@10.0.0.2", { ...base, ...sdp, ...fields });
  probe.send(invite, bobAt);
  await on.clock.advance(100);
  const to = probe.responses.at(-1)?.headers.get("To") ?? "";
  const inDialog = (method: string, number: number, more: Record<string, string> = {}): void =>
    probe.send(request(method, "sip:bob@10.0.0.2", { ...base, To: to, CSeq: `${number} ${method}`, ...more }), bobAt);
  /** Answers the latest request that has come. */
  const respond = (line: string, more: readonly string[] = []): void => {
    const asked = probe.requests.at(-1);
    const copied = ["Via", "From", "To", "Call-ID", "CSeq"].map((name) => `${name}: ${asked?.headers.get(name)}`);
    probe.sendText([`SIP/2.0 ${line}`, ...copied, ...more, "", ""].join("\r\n"), bobAt);
  };
  return { ...on, probe, inDialog, respond };
}

const timer = { Supported: "timer", "Session-Expires": "300;refresher=uas" };

describe("session timers between two of us", () => {
  test("the called side refreshes at half the interval with UPDATE, for as long as the call lasts", async () => {
    const { alice, bob, call, clock, rest, user } = await talking();
    expect(user.answered[0]?.response.headers.get("Session-Expires")).toBe("1800;refresher=uas");
    expect(user.answered[0]?.response.headers.get("Require")).toBe("timer");
    await clock.advance(899_000);
    expect(bob.ladder).toHaveLength(3);
    await clock.advance(2000);
    expect(bob.ladder.slice(3)).toEqual(["> UPDATE", "< 200"]);
    await clock.advance(4 * 3600 * 1000);
    expect(bob.ladder.filter((line) => line === "> UPDATE")).toHaveLength(17);
    expect(call.state).toBe("confirmed");
    expect(alice.ladder.filter((line) => line.includes("BYE"))).toEqual([]);
    call.hangUp();
    await rest();
  });

  test("the caller refreshes when the called side says so, and the roles stay through a re-INVITE of the other", async () => {
    const on = await called({ Supported: "timer", "Session-Expires": "200;refresher=uac" });
    const { bob, clock, inDialog, probe, rest } = on;
    inDialog("ACK", 1);
    await clock.advance(100_000);
    inDialog("UPDATE", 2, { Supported: "timer", "Session-Expires": "200" });
    await clock.advance(100);
    expect(probe.responses.at(-1)?.headers.get("Session-Expires")).toBe("200;refresher=uac");
    await clock.advance(130_000);
    expect(bob.last().call.state).toBe("confirmed");
    expect(probe.requests).toEqual([]);
    bob.last().call.hangUp();
    await rest();
  });

  test("an interval below what the called side takes gets 422, and the INVITE goes again with its Min-SE", async () => {
    const { alice, call, clock, rest, user } = await talking({ sessionTimes: { minS: 4000 } });
    await clock.advance(100);
    expect(alice.ladder).toEqual(["> INVITE", "< 422", "> ACK", "> INVITE", "< 200", "> ACK"]);
    const again = alice.wire[3]?.message;
    expect(again?.headers.get("CSeq")).toBe("2 INVITE");
    expect([again?.headers.get("Session-Expires"), again?.headers.get("Min-SE")]).toEqual(["4000", "4000"]);
    expect(again?.headers.get("From")).toBe(alice.wire[0]?.message?.headers.get("From"));
    expect(user.answered[0]?.response.headers.get("Session-Expires")).toBe("4000;refresher=uas");
    call.hangUp();
    await rest();
  });
});

test.each([
  ["less than the INVITE does", "90"],
  ["as much as the INVITE does", "1800"],
  ["more than a day", "90000"],
  ["nothing", undefined],
])("a 422 that asks for %s ends the call", async (_, minS) => {
  const { alice, bob, clock, dial, rest } = await scene();
  bob.onCall = (call) => call.reject(422, minS === undefined ? {} : { headers: [["Min-SE", minS]] });
  const { user } = dial();
  await clock.advance(100);
  expect(alice.ladder).toEqual(["> INVITE", "< 422", "> ACK"]);
  expect(user.ends).toHaveLength(1);
  await rest();
});

describe("a peer that refreshes nothing itself", () => {
  test("is refreshed by re-INVITE with the same SDP when its Allow does not have UPDATE", async () => {
    const { bob, clock, inDialog, probe, respond, rest } = await called({ ...timer, Allow: "INVITE, ACK, BYE" });
    inDialog("ACK", 1);
    await clock.advance(150_100);
    const [refresh] = probe.requests;
    expect(refresh?.method).toBe("INVITE");
    expect(refresh?.headers.get("Session-Expires")).toBe("300;refresher=uac");
    expect(Buffer.from(refresh?.body ?? []).toString()).toBe(Buffer.from(answer.bytes).toString());
    respond("200 OK", ["Contact: <sip:caller@10.0.0.9:5060>", "Session-Expires: 300;refresher=uac"]);
    await clock.advance(140_000);
    expect(probe.requests.map(({ method }) => method)).toEqual(["INVITE", "ACK"]);
    bob.last().call.hangUp();
    await rest();
  });

  test.each([500, 488, 403, 603])("stays in the call when it answers %i, and is asked again later", async (status) => {
    const { bob, clock, inDialog, probe, respond, rest } = await called({ ...timer, Allow: "UPDATE, BYE" });
    inDialog("ACK", 1);
    for (let attempt = 1; attempt <= 6; attempt += 1) {
      await clock.advance(attempt === 1 ? 150_100 : 37_600);
      expect(probe.requests).toHaveLength(attempt);
      respond(`${status} No`);
    }
    await clock.advance(100);
    expect(bob.last().call.state).toBe("confirmed");
    expect(bob.last().user.ends).toEqual([]);
    bob.last().call.hangUp();
    await rest();
  });

  test.each([481, 408])("ends the call by %i", async (status) => {
    const { bob, clock, inDialog, respond, rest } = await called({ ...timer, Allow: "UPDATE, BYE" });
    inDialog("ACK", 1);
    await clock.advance(150_100);
    respond(`${status} No`);
    await clock.advance(100);
    expect(bob.last().user.ends).toMatchObject([{ by: "failure", error: { status } }]);
    await rest();
  });

  test("ends the call by its silence", async () => {
    const { bob, clock, inDialog, probe, rest } = await called({ ...timer, Allow: "UPDATE, BYE" });
    inDialog("ACK", 1);
    await clock.advance(150_100 + 32_100);
    expect(bob.last().user.ends).toMatchObject([{ by: "failure", cause: "timeout" }]);
    expect(probe.requests.at(-1)?.method).toBe("BYE");
    await rest();
  });

  test("is asked by re-INVITE from then on when it refuses UPDATE though it allows it", async () => {
    const { bob, clock, inDialog, probe, respond, rest } = await called({ ...timer, Allow: "UPDATE, BYE" });
    inDialog("ACK", 1);
    await clock.advance(150_100);
    respond("501 Not Implemented");
    await clock.advance(38_000);
    expect(probe.requests.map(({ method }) => method)).toEqual(["UPDATE", "INVITE"]);
    respond("200 OK", ["Contact: <sip:caller@10.0.0.9:5060>"]);
    await clock.advance(1000);
    bob.last().call.hangUp();
    await rest();
  });
});

describe("a peer that promised to refresh", () => {
  test("and does not is told with a BYE that says why, before the session expires", async () => {
    const { bob, clock, inDialog, probe, rest } = await called({
      Supported: "timer",
      "Session-Expires": "90;refresher=uac",
    });
    inDialog("ACK", 1);
    await clock.advance(59_800);
    expect(bob.last().user.ends).toEqual([]);
    await clock.advance(300);
    expect(bob.last().user.ends).toMatchObject([
      { by: "failure", cause: "timeout", error: { code: "SIP_SESSION_EXPIRED" } },
    ]);
    expect(probe.requests[0]?.method).toBe("BYE");
    expect(probe.requests[0]?.headers.get("Reason")).toMatch(/^SIP;cause=408;text="The peer did not refresh/);
    await rest();
  });

  test("keeps the call by a re-INVITE from another port: dialogs are matched by Call-ID and tags", async () => {
    const on = await called({ Supported: "timer", "Session-Expires": "90;refresher=uac" });
    const { bob, clock, inDialog, network, probe, rest } = on;
    inDialog("ACK", 1);
    const elsewhere = await Probe.open(network, { address: "10.0.0.9", port: 7000 });
    for (let number = 2; number < 8; number += 1) {
      await clock.advance(45_000);
      const to = probe.responses.at(-1)?.headers.get("To") ?? "";
      const dialog = {
        To: to,
        Contact: "<sip:caller@10.0.0.9:5060>",
        Supported: "timer",
        "Session-Expires": "90;refresher=uac",
      };
      const sdp = { "Content-Type": "application/sdp", body: offerText };
      elsewhere.send(request("INVITE", "sip:bob@10.0.0.2", { ...dialog, ...sdp, CSeq: `${number} INVITE` }), bobAt);
      await clock.advance(10);
      inDialog("ACK", number);
    }
    expect(elsewhere.responses.map(({ status }) => status)).toEqual(Array(6).fill(200));
    expect(bob.last().call.state).toBe("confirmed");
    bob.last().call.hangUp();
    await rest();
  });

  test("and asks for too little in a re-INVITE or INVITE gets 422 with Min-SE", async () => {
    const { bob, clock, inDialog, probe, rest } = await called(timer);
    inDialog("ACK", 1);
    inDialog("UPDATE", 2, { Supported: "timer", "Session-Expires": "20" });
    await clock.advance(100);
    expect(probe.responses.at(-1)?.status).toBe(422);
    probe.send(
      request("INVITE", "sip:bob@10.0.0.2", { "Call-ID": "2", Supported: "timer", "Session-Expires": "20" }),
      bobAt,
    );
    await clock.advance(100);
    expect(probe.responses.at(-1)?.headers.get("Min-SE")).toBe("90");
    expect(bob.incoming).toHaveLength(1);
    bob.last().call.hangUp();
    await rest();
  });
});

test("a peer that names no timer is never refreshed and never expires", async () => {
  const { bob, clock, inDialog, probe, rest } = await called({});
  inDialog("ACK", 1);
  await clock.advance(24 * 3600 * 1000);
  expect(probe.requests).toEqual([]);
  expect(bob.last().call.state).toBe("confirmed");
  expect(bob.agent.counters().live.timers).toBe(0);
  bob.last().call.hangUp();
  await rest();
});

test("a user agent without session timers asks for none, agrees to none and refuses Require: timer", async () => {
  const { alice, bob, call, clock, network, rest, user } = await talking({ sessionTimes: "off" });
  expect(alice.wire[0]?.message?.headers.get("Session-Expires")).toBe("1800");
  expect(user.answered[0]?.response.headers.has("Session-Expires")).toBe(false);
  const probe = await Probe.open(network);
  probe.send(request("INVITE", "sip:bob@10.0.0.2", { "Call-ID": "2", Require: "timer" }), bobAt);
  await clock.advance(3600 * 1000);
  expect(new Set(probe.responses.map(({ status }) => status))).toEqual(new Set([420]));
  expect([call.state, bob.ladder.filter((line) => line.includes("UPDATE"))]).toEqual(["confirmed", []]);
  call.hangUp();
  await rest();
});

test.each(Array.from({ length: 25 }, (_, at) => at + 1))(
  "a call of two hours lives through a network that loses, seed %i",
  async (seed) => {
    const on = await scene({ seed, loss: 0.2, duplicate: 0.1, reorder: 0.2 }, { sessionTimes: { expiresS: 120 } });
    on.bob.onCall = (call) => call.answer(answer);
    const { call } = on.dial({ headers: [["Session-Expires", "120"]] });
    await on.clock.advance(2 * 3600 * 1000);
    expect([call.state, on.bob.last().call.state]).toEqual(["confirmed", "confirmed"]);
    expect(on.bob.ladder.filter((line) => line === "> UPDATE").length).toBeGreaterThan(100);
    call.hangUp();
    await on.rest();
  },
);
