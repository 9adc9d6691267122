import { describe, expect, test } from "vitest";
import type { SipResponse } from "../message/message.ts";
import { request } from "../testing/request.ts";
import { responseTo } from "../transport/reply.ts";
import { type SessionState, sessionTable } from "./session-table.ts";
import { isTooBrief, termsInResponse, termsOfRequest, termsOfResponse, wishInInvite } from "./session-timer.ts";

const times = { expiresS: 1800, minS: 90 };
const invite = (fields: Record<string, string>) => request("INVITE", "sip:bob@10.0.0.2", fields);
const us = { intervalS: 300, refresher: "us" } as const;
const them = { intervalS: 300, refresher: "them" } as const;

describe("what our 2xx agrees to", () => {
  test.each([
    ["no timer named and no time asked", {}, undefined, undefined],
    ["timer named only", { Supported: "timer" }, undefined, { intervalS: 1800, refresher: "us" }],
    ["timer required", { Require: "timer", "Session-Expires": "300" }, undefined, us],
    ["the caller refreshes", { Supported: "timer", "Session-Expires": "300;refresher=uac" }, undefined, them],
    ["we refresh", { k: "Timer", x: "300;refresher=UAS" }, them, us],
    ["no wish: the roles stay", { Supported: "timer", "Session-Expires": "300" }, them, them],
    ["a proxy's wish for a peer without timers", { "Session-Expires": "300;refresher=uac" }, them, us],
    ["too short", { Supported: "timer", "Session-Expires": "5" }, undefined, { intervalS: 90, refresher: "us" }],
    ["longer than a timer", { "Session-Expires": "4294967295" }, undefined, { intervalS: 86_400, refresher: "us" }],
    ["Min-SE above ours", { Supported: "timer", "Min-SE": "3600" }, undefined, { intervalS: 3600, refresher: "us" }],
    ["nonsense", { "Session-Expires": "soon" }, undefined, undefined],
  ] as const)("%s", (_, fields, before, terms) => {
    expect(termsOfRequest(invite(fields), times, before)).toEqual(terms);
  });
});

test("what the peer's 2xx says: without refresher it is the caller, without a time there is none", () => {
  const ok = (value?: string): SipResponse => {
    const base = responseTo(invite({}), 200, "remote");
    return value === undefined ? base : { ...base, headers: base.headers.plus("Session-Expires", value) };
  };
  expect(termsOfResponse(ok(), 90)).toBeUndefined();
  expect(termsOfResponse(ok("300"), 90)).toEqual(us);
  expect(termsOfResponse(ok("300;refresher=uac"), 90)).toEqual(us);
  expect(termsOfResponse(ok("300;refresher=uas"), 90)).toEqual(them);
  expect(termsOfResponse(ok("2"), 90)).toEqual({ intervalS: 90, refresher: "us" });
});

test("Require stands in our 2xx only for a peer that knows timers; only such a peer can be told 422", () => {
  expect(termsInResponse(them, invite({ Supported: "timer" }))).toEqual([
    ["Require", "timer"],
    ["Session-Expires", "300;refresher=uac"],
  ]);
  expect(termsInResponse(us, invite({}))).toEqual([["Session-Expires", "300;refresher=uas"]]);
  expect(isTooBrief(invite({ "Session-Expires": "30" }), 90)).toBe(false);
  expect(isTooBrief(invite({ "Session-Expires": "30", Supported: "timer" }), 90)).toBe(true);
  expect(wishInInvite({ expiresS: 1800, minS: 120 })).toEqual([
    ["Session-Expires", "1800"],
    ["Min-SE", "120"],
  ]);
});

test("from every state of a session the end is reached, and nothing leaves it", () => {
  for (const [state, cells] of Object.entries(sessionTable)) {
    if (state !== "over") expect((cells as { closed: { to: SessionState } }).closed.to).toBe("over");
  }
  expect(sessionTable.over).toEqual({});
});
