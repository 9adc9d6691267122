import type { Headers } from "./headers.ts";
import type { SipMessage } from "./message.ts";
import { headerKey } from "./names.ts";
import { bytesOf } from "./text.ts";

/**
 * The message as it goes on the wire, RFC 3261 section 7. Fields keep their order and text; Content-Length is always
 * there and is the body's length in bytes, whatever the message's headers say.
 */
export function formatMessage(message: SipMessage): Uint8Array {
  const head = `${startLine(message)}\r\n${headerLines(message.headers, message.body.length)}\r\n`;
  return Buffer.concat([bytesOf(head), message.body]);
}

function startLine(message: SipMessage): string {
  const line =
    message.kind === "request"
      ? `${message.method} ${message.uri} SIP/2.0`
      : `SIP/2.0 ${message.status} ${message.reason}`;
  return line.replace(/[\r\n]+/g, " ");
}

function headerLines(headers: Headers, bodyLength: number): string {
  let text = "";
  let counted = false;
  for (const [name, value] of headers) {
    const isLength = headerKey(name) === "content-length";
    if (isLength && counted) continue;
    counted ||= isLength;
    text += `${name}: ${isLength ? bodyLength : value}\r\n`;
  }
  return counted ? text : `${text}Content-Length: ${bodyLength}\r\n`;
}
