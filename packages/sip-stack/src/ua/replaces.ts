import { type Parsed, parsed, unparsed } from "../kernel/parsed.ts";
import { parseTokenValue } from "../message/value.ts";
import type { Call } from "./call.ts";

/** The dialog that a new call is to replace, RFC 3891 section 6.1, as the receiver sees it: `toTag` is its own tag. */
export type Replaces = {
  readonly callId: string;
  readonly toTag: string;
  readonly fromTag: string;
  readonly earlyOnly: boolean;
};

/** Reads the value of a Replaces header; both tags must be there. */
export function parseReplaces(text: string): Parsed<Replaces> {
  const value = parseTokenValue(text);
  if (!value.ok) return value;
  const { params } = value.value;
  const [toTag, fromTag] = [params.get("to-tag"), params.get("from-tag")];
  if (toTag === undefined || fromTag === undefined) return unparsed(0, "Replaces without both tags");
  return parsed({ callId: value.value.value, toTag, fromTag, earlyOnly: params.has("early-only") });
}

/** The value of a Replaces header that names this call to its other side; `undefined` before the peer has a tag. */
export function replacesOf(call: Pick<Call, "callId" | "localTag" | "remoteTag">): string | undefined {
  const { callId, localTag, remoteTag } = call;
  return remoteTag === undefined ? undefined : `${callId};to-tag=${remoteTag};from-tag=${localTag}`;
}

/** A Refer-To of an attended transfer, RFC 3891 section 4: call `uri` and replace the call that `replaces` names. */
export function referToReplacing(uri: string, replaces: string): string {
  return `<${uri}?Replaces=${encodeURIComponent(replaces)}>`;
}
