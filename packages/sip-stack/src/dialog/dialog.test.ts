import { describe, expect, test } from "vitest";
import type { LocalTag } from "../kernel/random.ts";
import type { SipResponse } from "../message/message.ts";
import { request } from "../testing/request.ts";
import { responseTo } from "../transport/reply.ts";
import { advance, contactUri, type Dialog, dialogOfInvite, dialogOfResponse } from "./dialog.ts";
import { ackIn, nextRequest } from "./requests.ts";

const uri = "sip:bob@10.0.0.2";
const ours = "local" as LocalTag;
const routes = "<sip:one;lr>, <sip:two;lr>";

function response(invite: ReturnType<typeof request>, status: number, fields: Record<string, string>): SipResponse {
  const base = responseTo(invite, status, "remote");
  const headers = Object.entries(fields).reduce((all, [name, value]) => all.plus(name, value), base.headers);
  return { ...base, headers };
}

function called(overrides: Record<string, string> = {}): Dialog {
  return dialogOfInvite(request("INVITE", uri, { CSeq: "7 INVITE", ...overrides }), ours);
}

describe("the dialog of an INVITE", () => {
  test("the called side keeps Record-Route in order, tags and the peer's Contact", () => {
    expect(called({ "Record-Route": routes })).toEqual({
      callId: "test-call",
      localTag: "local",
      remoteTag: "caller-tag",
      localParty: `<${uri}>;tag=local`,
      remoteParty: "<sip:caller@127.0.0.1:5080>;tag=caller-tag",
      localCSeq: 0,
      remoteCSeq: 7,
      remoteMethod: "INVITE",
      remoteTarget: "sip:caller@127.0.0.1:5080",
      routeSet: ["<sip:one;lr>", "<sip:two;lr>"],
    });
  });

  test("the calling side reverses it", () => {
    const invite = request("INVITE", uri, { CSeq: "3 INVITE" });
    const fields = { "Record-Route": routes, Contact: "<sip:bob@10.0.0.7;ob>" };
    expect(dialogOfResponse(invite, response(invite, 200, fields))).toMatchObject({
      localTag: "caller-tag",
      remoteTag: "remote",
      localCSeq: 3,
      remoteCSeq: undefined,
      remoteTarget: "sip:bob@10.0.0.7;ob",
      routeSet: ["<sip:two;lr>", "<sip:one;lr>"],
    });
  });

  test.each(["", "<tel:+1>", "*"])("an INVITE whose Contact is %j has the URI of its From as target", (contact) => {
    expect(called({ Contact: contact, From: "<sip:+1@10.0.0.7>;tag=x" }).remoteTarget).toBe("sip:+1@10.0.0.7");
    expect(called({ Contact: contact, From: "<tel:+1>;tag=x" }).remoteTarget).toBe("sip:anonymous@anonymous.invalid");
  });

  test("a 2xx without Contact leaves the request's URI as target", () => {
    const invite = request("INVITE", uri);
    expect(dialogOfResponse(invite, response(invite, 200, {})).remoteTarget).toBe(uri);
    expect(contactUri(response(invite, 200, { Contact: "nonsense" }))).toBeUndefined();
  });
});

describe("advance", () => {
  test("a request with a lower CSeq, or one that repeats the last, is refused; any other is taken", () => {
    const bye = (number: number) => request("BYE", uri, { CSeq: `${number} BYE` });
    expect(advance(called(), bye(6))).toMatchObject({ ok: false, status: 500 });
    expect(advance(called(), request("INVITE", uri, { CSeq: "7 INVITE" }))).toMatchObject({ ok: false, status: 500 });
    expect(advance(called(), bye(7))).toMatchObject({ ok: true });
    expect(advance(called(), bye(90))).toMatchObject({ ok: true, dialog: { remoteCSeq: 90 } });
  });

  test("INVITE and UPDATE move the target, INFO and ACK do not", () => {
    for (const [method, moved] of [
      ["INVITE", true],
      ["UPDATE", true],
      ["INFO", false],
      ["ACK", false],
    ] as const) {
      const message = request(method, uri, { CSeq: `8 ${method}`, Contact: "<sip:moved@10.0.0.8>" });
      const target = moved ? "sip:moved@10.0.0.8" : "sip:caller@127.0.0.1:5080";
      expect(advance(called(), message)).toMatchObject({ ok: true, dialog: { remoteTarget: target } });
    }
  });

  test("a 2xx to a re-INVITE moves the target, a failure does not", () => {
    const invite = request("INVITE", uri, { CSeq: "1 INVITE" });
    const contact = { Contact: "<sip:moved@10.0.0.8>" };
    expect(advance(called(), response(invite, 200, contact))).toMatchObject({
      dialog: { remoteTarget: "sip:moved@10.0.0.8" },
    });
    expect(advance(called(), response(invite, 488, contact))).toMatchObject({
      dialog: { remoteTarget: "sip:caller@127.0.0.1:5080" },
    });
  });
});

describe("requests in a dialog", () => {
  test("they count up and carry tags, Call-ID and the route set", () => {
    const first = nextRequest(called({ "Record-Route": routes }), "INFO");
    const second = nextRequest(first.dialog, "BYE").request;
    expect(second.uri).toBe("sip:caller@127.0.0.1:5080");
    expect([...second.headers]).toEqual([
      ["Route", "<sip:one;lr>"],
      ["Route", "<sip:two;lr>"],
      ["Max-Forwards", "70"],
      ["From", `<${uri}>;tag=local`],
      ["To", "<sip:caller@127.0.0.1:5080>;tag=caller-tag"],
      ["Call-ID", "test-call"],
      ["CSeq", "2 BYE"],
    ]);
  });

  test("an ACK has the INVITE's number", () => {
    expect(ackIn(called(), 41).headers.get("CSeq")).toBe("41 ACK");
  });

  test("a strict router is the Request-URI and the target goes to the end of Route", () => {
    const strict = called({ "Record-Route": "<sip:strict@10.0.0.3;x=y?h=1>, <sip:two;lr>" });
    const { request: bye } = nextRequest(strict, "BYE");
    expect(bye.uri).toBe("sip:strict@10.0.0.3;x=y");
    expect(bye.headers.all("Route")).toEqual(["<sip:two;lr>", "<sip:caller@127.0.0.1:5080>"]);
  });
});
