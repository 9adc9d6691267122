import { joined, number, OctetReader } from "./octets.ts";

/** Handshake types, RFC 5246 section 7.4, RFC 6347 section 4.3.2. */
export const handshakeType = {
  clientHello: 1,
  serverHello: 2,
  helloVerifyRequest: 3,
  certificate: 11,
  serverKeyExchange: 12,
  certificateRequest: 13,
  serverHelloDone: 14,
  certificateVerify: 15,
  clientKeyExchange: 16,
  finished: 20,
} as const;

/** Octets of a handshake message's header. */
export const messageHeaderOctets = 12;

/** A handshake message. `seq` is its `message_seq`, counted by each side from 0. */
export type HandshakeMessage = { readonly type: number; readonly seq: number; readonly body: Uint8Array };

/** A fragment of a handshake message of `length` octets; an unfragmented message is one fragment. */
export type Fragment = {
  readonly type: number;
  readonly length: number;
  readonly seq: number;
  readonly offset: number;
  readonly body: Uint8Array;
};

/**
 * Reads the fragments in a record's body (RFC 6347 section 4.2.2); `undefined` when it is malformed or empty.
 *
 * ```
 * type (1) | length (3) | message_seq (2) | fragment_offset (3) | fragment_length (3) | fragment
 * ```
 */
export function readFragments(body: Uint8Array): readonly Fragment[] | undefined {
  const reader = new OctetReader(body);
  const fragments: Fragment[] = [];
  while (reader.left > 0) {
    const [type, length, seq] = [reader.number(1), reader.number(3), reader.number(2)];
    const offset = reader.number(3);
    const fragment = reader.vector(3);
    if (reader.isShort || offset + fragment.length > length) return undefined;
    fragments.push({ type, length, seq, offset, body: fragment });
  }
  return fragments.length === 0 ? undefined : fragments;
}

const writeFragment = ({ type, length, seq, offset, body }: Fragment): Uint8Array =>
  joined(number(1, type), number(3, length), number(2, seq), number(3, offset), number(3, body.length), body);

/** A message as one fragment: the form that is hashed, however it was sent (RFC 6347 section 4.2.6). */
export const writeMessage = ({ type, seq, body }: HandshakeMessage): Uint8Array =>
  writeFragment({ type, seq, length: body.length, offset: 0, body });

/** Splits a message into fragments of at most `room` octets, headers included. */
export function fragmentMessage({ type, seq, body }: HandshakeMessage, room: number): readonly Uint8Array[] {
  const most = room - messageHeaderOctets;
  const count = Math.max(1, Math.ceil(body.length / most));
  return Array.from({ length: count }, (_, index) => {
    const offset = index * most;
    return writeFragment({ type, seq, length: body.length, offset, body: body.subarray(offset, offset + most) });
  });
}
