import type { Headers } from "./headers.ts";
import { limits } from "./limits.ts";
import type { SipMessage } from "./message.ts";
import { readParts } from "./multipart.ts";
import { bytesOf, textOf } from "./text.ts";

const sdpType = "application/sdp";

/** What a message carries: its Content-Type and its bytes. */
export type Body = { readonly type: string; readonly bytes: Uint8Array };

/** A body of type application/sdp. */
export function sdpBody(text: string): Body {
  return { type: sdpType, bytes: bytesOf(text) };
}

/**
 * The SDP that a message carries: its body, or the first part of type application/sdp in a multipart body, RFC 5621
 * section 3.1. `undefined` when there is none, and when it is encoded in a way that we do not know.
 */
export function bodyText(message: SipMessage): string | undefined {
  const sdp = findSdp(message.headers, message.body, limits.bodyDepth);
  return sdp === undefined ? undefined : textOf(sdp);
}

/** The type of a body in lower case without its parameters, e.g. `multipart/mixed`; "" when it is not said. */
export function mediaType(headers: Headers): string {
  const text = headers.get("Content-Type") ?? "";
  const semicolon = text.indexOf(";");
  return (semicolon === -1 ? text : text.slice(0, semicolon)).trim().toLowerCase();
}

/** Whether a body may be read as it is: no Content-Encoding, RFC 3261 section 20.12, and no MIME one. */
export function isPlain(headers: Headers): boolean {
  const encodings = headers.all("Content-Encoding");
  const transfer = headers.get("Content-Transfer-Encoding")?.toLowerCase() ?? "binary";
  return (
    encodings.every((encoding) => encoding.toLowerCase() === "identity") && /^(?:7bit|8bit|binary)$/.test(transfer)
  );
}

// Some peers leave Content-Type out, RFC 3261 section 20.15 notwithstanding.
const looksLikeSdp = (body: Uint8Array): boolean => textOf(body.subarray(0, 3)) === "v=0";

function findSdp(headers: Headers, body: Uint8Array, depth: number): Uint8Array | undefined {
  const type = mediaType(headers);
  if (body.length === 0 || !isPlain(headers)) return undefined;
  if (type === sdpType || (type === "" && looksLikeSdp(body))) return body;
  const isNested = type.startsWith("multipart/") && depth > 0;
  const parts = isNested ? readParts(headers.get("Content-Type") ?? "", body) : undefined;
  if (!parts?.ok) return undefined;
  for (const part of parts.value) {
    const sdp = findSdp(part.headers, part.body, depth - 1);
    if (sdp !== undefined) return sdp;
  }
  return undefined;
}
