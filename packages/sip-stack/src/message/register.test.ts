import { describe, expect, test } from "vitest";
import { headers } from "./headers.ts";
import { readRegister } from "./register.ts";

const defaults = { expiresS: 600, minS: 60, maxS: 3600 };

function register(...fields: [string, string][]) {
  const needed: [string, string][] = [
    ["To", "<sip:al%69ce@EXAMPLE.com;x=y>"],
    ["Call-ID", "c1"],
    ["CSeq", "7 REGISTER"],
  ];
  const request = { kind: "request", method: "REGISTER", uri: "sip:example.com", body: new Uint8Array() } as const;
  return readRegister({ ...request, headers: headers([...needed, ...fields]) }, defaults);
}

const expiresOf = (...fields: [string, string][]) => {
  const outcome = register(...fields);
  if (!outcome.ok || outcome.value.contacts === "all-removed") throw new Error("no contacts");
  return outcome.value.contacts.map((contact) => contact.expiresS);
};

describe("REGISTER", () => {
  test("address of record, contact and instance are read", () => {
    const raw = '<sip:x@h.invalid;transport=ws>;+sip.instance="<urn:uuid:1>";expires=300';
    expect(register(["Contact", raw])).toEqual({
      ok: true,
      value: {
        aor: "sip:alice@example.com",
        callId: "c1",
        cseq: 7,
        contacts: [{ uri: "sip:x@h.invalid;transport=ws", expiresS: 300, instance: "<urn:uuid:1>", raw }],
      },
    });
  });

  test("the contact's own time comes before Expires, and both stay between least and most", () => {
    expect(expiresOf(["m", "<sip:a@b>;expires=0, <sip:c@d>"], ["Expires", "120"])).toEqual([0, 120]);
    expect(expiresOf(["m", "<sip:a@b>;expires=1"], ["m", "<sip:c@d>;expires=99999999999999999999999"])).toEqual([
      60, 3600,
    ]);
    expect(expiresOf(["m", "<sip:a@b>"], ["Expires", "soon"])).toEqual([600]);
  });

  test("a star with Expires 0 removes all, alone and only then", () => {
    expect(register(["Contact", "*"], ["Expires", "0"])).toMatchObject({
      ok: true,
      value: { contacts: "all-removed" },
    });
    expect(register(["Contact", "*"])).toMatchObject({ ok: false });
    expect(register(["Contact", "*"], ["Expires", "10"])).toMatchObject({ ok: false });
    expect(register(["Contact", "*, <sip:a@b>"], ["Expires", "0"])).toMatchObject({ ok: false });
  });

  test("without a contact it is a query", () => {
    expect(register()).toMatchObject({ ok: true, value: { contacts: [] } });
  });

  test("too many or malformed contacts are refused", () => {
    expect(register(["Contact", Array(17).fill("<sip:a@b>").join(",")])).toMatchObject({
      ok: false,
      why: "too many contacts",
    });
    expect(register(["Contact", "<sip:a@b"])).toMatchObject({ ok: false });
  });
});
