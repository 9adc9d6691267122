import { createECDH, createPublicKey, diffieHellman, generateKeyPairSync, type KeyObject } from "node:crypto";

/** A new key pair in a group. */
export type KeyShare = {
  readonly group: number;
  /** In the form that is sent. */
  readonly publicKey: Uint8Array;
  /** The shared secret; `undefined` when the peer's public key is not valid in the group. */
  agree(peer: Uint8Array): Uint8Array | undefined;
};

/** Named groups, RFC 8422 section 5.1.1. */
export const group = { x25519: 29, secp256r1: 23 } as const;

const makers: ReadonlyMap<number, () => KeyShare> = new Map([
  [group.x25519, x25519Share],
  [group.secp256r1, p256Share],
]);

/** Supported groups in order of preference. */
export const groups: readonly number[] = [...makers.keys()];

/** Makes a key pair; `undefined` for an unsupported group. */
export const makeKeyShare = (name: number): KeyShare | undefined => makers.get(name)?.();

function x25519Share(): KeyShare {
  const { publicKey, privateKey } = generateKeyPairSync("x25519");
  const { x = "" } = publicKey.export({ format: "jwk" });
  return {
    group: group.x25519,
    publicKey: new Uint8Array(Buffer.from(x, "base64url")),
    // Also throws when the secret is all zeros, RFC 7748 section 6.1.
    agree: (peer) => orNothing(() => diffieHellman({ privateKey, publicKey: x25519Key(peer) })),
  };
}

const x25519Key = (octets: Uint8Array): KeyObject =>
  createPublicKey({ format: "jwk", key: { kty: "OKP", crv: "X25519", x: Buffer.from(octets).toString("base64url") } });

function p256Share(): KeyShare {
  const own = createECDH("prime256v1");
  return {
    group: group.secp256r1,
    publicKey: new Uint8Array(own.generateKeys()),
    agree: (peer) => orNothing(() => own.computeSecret(peer)),
  };
}

function orNothing<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch {
    return undefined;
  }
}
