import { joined, number, OctetReader, vector } from "./octets.ts";
import { ownScheme, signatureSchemes } from "./signature.ts";

/** A digitally-signed element, RFC 5246 section 4.7. */
export type Signed = { readonly scheme: number; readonly signature: Uint8Array };

/** The server's key share and its signature, RFC 8422 section 5.4. */
export type ServerKeyExchange = Signed & {
  readonly group: number;
  readonly publicKey: Uint8Array;
  /** The part that is signed, after both randoms. */
  readonly params: Uint8Array;
};

const namedCurve = 3;
const certificateTypes = { rsaSign: 1, ecdsaSign: 64 } as const;

/** A Certificate message, RFC 5246 section 7.4.2. */
export const writeCertificate = (certificate: Uint8Array): Uint8Array => vector(3, vector(3, certificate));

/** The first certificate of a Certificate message, DER; `undefined` when there is none or the message is malformed. */
export function readCertificate(body: Uint8Array): Uint8Array | undefined {
  const reader = new OctetReader(body);
  const list = new OctetReader(reader.vector(3));
  const first = list.vector(3);
  while (list.left > 0) list.vector(3);
  return reader.isComplete && list.isComplete && first.length > 0 ? first : undefined;
}

/** The server's key share in the form that is signed. */
export const keyExchangeParams = (group: number, publicKey: Uint8Array): Uint8Array =>
  joined(number(1, namedCurve), number(2, group), vector(1, publicKey));

export const writeServerKeyExchange = (params: Uint8Array, signature: Uint8Array): Uint8Array =>
  joined(params, writeSigned(signature));

/** Reads a ServerKeyExchange; `undefined` when it is malformed or has no named group. */
export function readServerKeyExchange(body: Uint8Array): ServerKeyExchange | undefined {
  const reader = new OctetReader(body);
  const [curveType, group] = [reader.number(1), reader.number(2)];
  const publicKey = reader.vector(1);
  const params = body.subarray(0, body.length - reader.left);
  const signed = readSigned(reader);
  return reader.isComplete && curveType === namedCurve ? { group, publicKey, params, ...signed } : undefined;
}

/** A ClientKeyExchange, RFC 8422 section 5.7. */
export const writeClientKeyExchange = (publicKey: Uint8Array): Uint8Array => vector(1, publicKey);

/** The client's public key; `undefined` when the message is malformed. */
export function readClientKeyExchange(body: Uint8Array): Uint8Array | undefined {
  const reader = new OctetReader(body);
  const publicKey = reader.vector(1);
  return reader.isComplete ? publicKey : undefined;
}

/** A CertificateRequest for any certificate we can verify, RFC 5246 section 7.4.4. */
export const writeCertificateRequest = (): Uint8Array =>
  joined(
    vector(1, number(1, certificateTypes.ecdsaSign), number(1, certificateTypes.rsaSign)),
    vector(2, ...signatureSchemes.map((scheme) => number(2, scheme))),
    vector(2),
  );

/** A CertificateVerify by our key, RFC 5246 section 7.4.8. */
export const writeSigned = (signature: Uint8Array): Uint8Array => joined(number(2, ownScheme), vector(2, signature));

/** Reads a CertificateVerify; `undefined` when it is malformed. */
export function readCertificateVerify(body: Uint8Array): Signed | undefined {
  const reader = new OctetReader(body);
  const signed = readSigned(reader);
  return reader.isComplete ? signed : undefined;
}

const readSigned = (reader: OctetReader): Signed => ({ scheme: reader.number(2), signature: reader.vector(2) });
