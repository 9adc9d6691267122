import { expect, test } from "vitest";
import { request } from "../testing/request.ts";
import { assertedIdentities, isWithheld, privacyOf, remotePartyIds } from "./identity.ts";
import { formatReason, formatWarning, reasonsOf, warningsOf } from "./reasons.ts";
import { parseReplaces, referToReplacing, replacesOf } from "./replaces.ts";
import { readReferTo } from "./transfer.ts";

const invite = (fields: Record<string, string>) => request("INVITE", "sip:bob@10.0.0.2", fields);

test("asserted identities are at most two and well-formed", () => {
  const many = '"A" <sip:a@example.com>, <tel:+12025550123>, <sip:third@example.com>';
  expect(assertedIdentities(invite({ "P-Asserted-Identity": many })).map(({ uri }) => uri)).toEqual([
    "sip:a@example.com",
    "tel:+12025550123",
  ]);
  expect(assertedIdentities(invite({ "P-Asserted-Identity": "<sip:a" }))).toEqual([]);
  expect(assertedIdentities(invite({}))).toEqual([]);
});

test.each([
  [{ Privacy: "id" }, true],
  [{ Privacy: "critical; ID" }, true],
  [{ Privacy: "none" }, false],
  [{ From: '"Anonymous" <sip:anonymous@anonymous.invalid>;tag=1' }, true],
  [{ From: "<sip:anonymous@example.com>;tag=1" }, true],
  [{ From: "<sip:anonymous.invalid>;tag=1" }, true],
  [{ From: "<sip:Restricted@192.0.2.1>;tag=1" }, true],
  [{ From: "<sip:anonymous;cpc=ordinary@192.0.2.1;user=phone>;tag=1" }, true],
  [{ Privacy: "user" }, true],
  [{ Privacy: "header;session" }, true],
  [{ Privacy: "session" }, false],
  [{ "Remote-Party-ID": "<sip:+1@192.0.2.1>;party=calling;privacy=full;screen=yes" }, true],
  [{ "Remote-Party-ID": "<sip:+1@192.0.2.1>;party=called;privacy=full" }, false],
  [{ "Remote-Party-ID": "<sip:+1@192.0.2.1>;privacy=off" }, false],
  [{}, false],
])("%o: the caller is withheld: %s", (fields, withheld) => {
  expect(isWithheld(invite(fields as Record<string, string>))).toBe(withheld);
});

test("Remote-Party-ID names the caller where it says no other party", () => {
  const value = '"A" <sip:+12025550123@192.0.2.1>;party=calling, <sip:b@192.0.2.1>;party=called';
  expect(remotePartyIds(invite({ "Remote-Party-ID": value })).map(({ uri }) => uri)).toEqual([
    "sip:+12025550123@192.0.2.1",
  ]);
});

test("the values of Privacy are read without case and blanks", () => {
  expect([...privacyOf(invite({ Privacy: "Header; critical ,id" }))]).toEqual(["header", "critical", "id"]);
});

test("reasons and warnings are read as they are written, malformed ones left out", () => {
  const reason = { protocol: "Q.850", cause: 16, text: 'said "no"' };
  expect(reasonsOf(invite({ Reason: `${formatReason(reason)}, SIP ;cause=x, ;;` }))).toEqual([
    reason,
    { protocol: "SIP" },
  ]);
  const warning = { code: 399, agent: "trunkline", text: "no\\room" };
  expect(warningsOf(invite({ Warning: `${formatWarning(warning)}, nonsense` }))).toEqual([warning]);
  expect(formatReason({ protocol: "SIP" })).toBe("SIP");
});

test("a call names itself to its other side, through a Refer-To and back", () => {
  const replaces = replacesOf({ callId: "a@b", localTag: "ours", remoteTag: "theirs" }) ?? "";
  const refer = request("REFER", "sip:x@y", { "Refer-To": referToReplacing("sip:carol@10.0.0.4", replaces) });
  const read = readReferTo(refer);
  expect(read).toMatchObject({ ok: true, value: { target: "sip:carol@10.0.0.4", replaces } });
  expect(parseReplaces(replaces)).toEqual({
    ok: true,
    value: { callId: "a@b", toTag: "theirs", fromTag: "ours", earlyOnly: false },
  });
  expect(parseReplaces(`${replaces};early-only`)).toMatchObject({ value: { earlyOnly: true } });
  expect(parseReplaces("a@b;to-tag=1").ok).toBe(false);
  expect(replacesOf({ callId: "a", localTag: "b", remoteTag: undefined })).toBeUndefined();
});
