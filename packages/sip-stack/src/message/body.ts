import type { SipMessage } from "./message.ts";
import { bytesOf, textOf } from "./text.ts";

const sdpType = "application/sdp";

/** What a message carries: its Content-Type and its bytes. */
export type Body = { readonly type: string; readonly bytes: Uint8Array };

/** A body of type application/sdp. */
export function sdpBody(text: string): Body {
  return { type: sdpType, bytes: bytesOf(text) };
}

/** The SDP that a message carries; `undefined` when it has no body or one of another type. */
export function bodyText(message: SipMessage): string | undefined {
  const type = message.headers.get("Content-Type")?.split(";")[0]?.trim().toLowerCase();
  return type === sdpType && message.body.length > 0 ? textOf(message.body) : undefined;
}
