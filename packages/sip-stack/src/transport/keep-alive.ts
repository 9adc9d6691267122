import { type Flow, isConnection } from "./transport.ts";

const lineBreak = Uint8Array.of(13, 10);

/** Whether a message is nothing but line breaks: RFC 5626 section 3.5.1 and what phones send over UDP. */
export function isKeepAlive(bytes: Uint8Array): boolean {
  return bytes.length <= 4 && bytes.every((byte) => byte === 13 || byte === 10);
}

/** A double line break on a connection asks for a single one, RFC 5626 section 4.4.1; over UDP nothing is owed. */
export function keepAliveAnswer(bytes: Uint8Array, flow: Flow): Uint8Array | undefined {
  return bytes.length === 4 && isConnection(flow) ? lineBreak : undefined;
}
