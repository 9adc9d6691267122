import { oneLine } from "./headers.ts";
import type { SipMessage } from "./message.ts";
import { bytesOf } from "./text.ts";

/**
 * The message as it goes on the wire, RFC 3261 section 7. Fields keep their order and text; Content-Length is always
 * there and is the body's length in bytes, whatever the message's headers say.
 */
export function formatMessage(message: SipMessage): Uint8Array {
  const { headers, body } = message;
  const head = bytesOf(`${startLine(message)}\r\n${headers.lines(body.length)}\r\n`);
  return body.length === 0 ? head : Buffer.concat([head, body]);
}

function startLine(message: SipMessage): string {
  return oneLine(
    message.kind === "request"
      ? `${message.method} ${message.uri} SIP/2.0`
      : `SIP/2.0 ${message.status} ${message.reason}`,
  );
}
