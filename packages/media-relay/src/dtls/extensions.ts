import { group, groups } from "./groups.ts";
import { joined, number, numbersIn, OctetReader, vector } from "./octets.ts";
import { signatureSchemes } from "./signature.ts";

/** Extensions that are read or sent. */
const extension = {
  supportedGroups: 10,
  pointFormats: 11,
  signatureAlgorithms: 13,
  useSrtp: 14,
  extendedMasterSecret: 23,
  renegotiationInfo: 0xff01,
} as const;

/** The content of a hello's extensions. */
export type Extensions = {
  readonly types: readonly number[];
  /** RFC 8422 section 5.1.1; P-256 when the extension is missing. */
  readonly groups: readonly number[];
  /** Protection profiles of SRTP, RFC 5764 section 4.1.2. */
  readonly srtpProfiles: readonly number[];
  /** RFC 7627 section 5.1. */
  readonly extendedMasterSecret: boolean;
  /** RFC 5746 section 3.4. */
  readonly renegotiationInfo: boolean;
};

/** Reads the extensions of either hello; `undefined` when malformed or one is repeated (RFC 5246 section 7.4.1.4). */
export function readExtensions(octets: Uint8Array): Extensions | undefined {
  const reader = new OctetReader(octets);
  const found = new Map<number, Uint8Array>();
  while (reader.left > 0) {
    const type = reader.number(2);
    const data = reader.vector(2);
    if (reader.isShort || found.has(type)) return undefined;
    found.set(type, data);
  }
  if (!isFirstHandshake(found.get(extension.renegotiationInfo))) return undefined;
  return {
    types: [...found.keys()],
    groups: groupsIn(found.get(extension.supportedGroups)),
    srtpProfiles: listIn(found.get(extension.useSrtp)),
    extendedMasterSecret: found.has(extension.extendedMasterSecret),
    renegotiationInfo: found.has(extension.renegotiationInfo),
  };
}

/** In a first handshake renegotiation_info is empty (RFC 5746 sections 3.4 and 3.6). */
const isFirstHandshake = (data: Uint8Array | undefined): boolean =>
  data === undefined || (data.length === 1 && data[0] === 0);

const groupsIn = (data: Uint8Array | undefined): readonly number[] =>
  data === undefined ? [group.secp256r1] : listIn(data);

/** The 16-bit numbers of the vector at the start of `data`. */
const listIn = (data: Uint8Array | undefined): readonly number[] =>
  data === undefined ? [] : numbersIn(new OctetReader(data).vector(2), 2);

const write = (type: number, ...content: readonly Uint8Array[]): Uint8Array =>
  joined(number(2, type), vector(2, ...content));

const list = (numbers: readonly number[]): Uint8Array => vector(2, ...numbers.map((one) => number(2, one)));

/** With no master key identifier. */
const useSrtp = (profiles: readonly number[]): Uint8Array => write(extension.useSrtp, list(profiles), vector(1));

/** The extensions of our ClientHello. */
export const clientExtensions = (srtpProfiles: readonly number[]): Uint8Array =>
  joined(
    write(extension.extendedMasterSecret),
    write(extension.renegotiationInfo, vector(1)),
    write(extension.supportedGroups, list(groups)),
    write(extension.pointFormats, vector(1, number(1, 0))),
    write(extension.signatureAlgorithms, list(signatureSchemes)),
    useSrtp(srtpProfiles),
  );

/** The extensions of our ServerHello: only those that the client sent. */
export function serverExtensions(asked: Extensions, asksSecureRenegotiation: boolean, srtpProfile: number): Uint8Array {
  const written = [useSrtp([srtpProfile])];
  if (asked.extendedMasterSecret) written.push(write(extension.extendedMasterSecret));
  if (asksSecureRenegotiation) written.push(write(extension.renegotiationInfo, vector(1)));
  return joined(...written);
}

/** Whether a ServerHello has only extensions of our ClientHello, RFC 5246 section 7.4.1.4. */
export const wereAsked = ({ types }: Extensions): boolean =>
  types.every((type) => Object.values(extension).some((ours) => ours === type));
