import { clientExtensions, type Extensions, readExtensions, serverExtensions } from "./extensions.ts";
import { joined, number, numbersIn, OctetReader, vector } from "./octets.ts";
import { dtls12 } from "./record.ts";

/** ECDHE with AES_128_GCM_SHA256, RFC 5289. Every browser supports the first (RFC 8827 section 6.5). */
export const cipherSuite = { ecdheEcdsa: 0xc02b, ecdheRsa: 0xc02f } as const;
/** Equivalent to an empty renegotiation_info extension, RFC 5746 section 3.3. */
const renegotiationScsv = 0x00ff;

/** RFC 5246 section 7.4.1.2, with the cookie of RFC 6347 section 4.2.1. */
export type ClientHello = {
  readonly version: number;
  readonly random: Uint8Array;
  readonly cookie: Uint8Array;
  readonly suites: readonly number[];
  readonly asksSecureRenegotiation: boolean;
  readonly extensions: Extensions;
};

/** RFC 5246 section 7.4.1.3. */
export type ServerHello = {
  readonly version: number;
  readonly random: Uint8Array;
  readonly suite: number;
  readonly extensions: Extensions;
};

/** Reads a ClientHello; `undefined` when it is malformed. */
export function readClientHello(body: Uint8Array): ClientHello | undefined {
  const reader = new OctetReader(body);
  const [version, random] = [reader.number(2), reader.take(32)];
  reader.vector(1);
  const cookie = reader.vector(1);
  const suites = numbersIn(reader.vector(2), 2);
  const compressions = reader.vector(1);
  const extensions = readExtensions(reader.left === 0 ? new Uint8Array(0) : reader.vector(2));
  if (!reader.isComplete || extensions === undefined || !compressions.includes(0)) return undefined;
  const asksSecureRenegotiation = extensions.renegotiationInfo || suites.includes(renegotiationScsv);
  return { version, random, cookie, suites, asksSecureRenegotiation, extensions };
}

/** Our ClientHello; the first one has an empty cookie. */
export const writeClientHello = (random: Uint8Array, cookie: Uint8Array, srtpProfiles: readonly number[]): Uint8Array =>
  joined(
    number(2, dtls12),
    random,
    vector(1),
    vector(1, cookie),
    vector(2, ...Object.values(cipherSuite).map((suite) => number(2, suite))),
    vector(1, number(1, 0)),
    vector(2, clientExtensions(srtpProfiles)),
  );

/** Reads a ServerHello; `undefined` when it is malformed. */
export function readServerHello(body: Uint8Array): ServerHello | undefined {
  const reader = new OctetReader(body);
  const [version, random] = [reader.number(2), reader.take(32)];
  reader.vector(1);
  const [suite, compression] = [reader.number(2), reader.number(1)];
  const extensions = readExtensions(reader.left === 0 ? new Uint8Array(0) : reader.vector(2));
  if (!reader.isComplete || extensions === undefined || compression !== 0) return undefined;
  return { version, random, suite, extensions };
}

/** Our ServerHello. */
export const writeServerHello = (
  hello: ClientHello,
  random: Uint8Array,
  suite: number,
  srtpProfile: number,
): Uint8Array =>
  joined(
    number(2, dtls12),
    random,
    vector(1),
    number(2, suite),
    number(1, 0),
    vector(2, serverExtensions(hello.extensions, hello.asksSecureRenegotiation, srtpProfile)),
  );

/** A HelloVerifyRequest, RFC 6347 section 4.2.1. Its version does not negotiate anything. */
export const writeHelloVerifyRequest = (cookie: Uint8Array): Uint8Array => joined(number(2, 0xfeff), vector(1, cookie));

/** The cookie of a HelloVerifyRequest; `undefined` when it is malformed or empty. */
export function readHelloVerifyRequest(body: Uint8Array): Uint8Array | undefined {
  const reader = new OctetReader(body);
  reader.number(2);
  const cookie = reader.vector(1);
  return reader.isComplete && cookie.length > 0 ? cookie : undefined;
}
