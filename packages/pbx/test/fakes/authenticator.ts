import { createHash, generateKeyPairSync, randomBytes, sign } from "node:crypto";
import type { AuthenticationResponseJSON, RegistrationResponseJSON } from "@simplewebauthn/server";

/** What the person at an authenticator is asked by, and by which page. */
type Question = { readonly challenge: string; readonly origin: string; readonly rpId: string };

/** What an answer has otherwise than a good one. */
type Tampering = { readonly counter?: number; readonly isVerified?: boolean; readonly signature?: Buffer };

const base64url = (bytes: Uint8Array): string => Buffer.from(bytes).toString("base64url");
const sha256 = (bytes: Uint8Array | string): Buffer => createHash("sha256").update(bytes).digest();

/** A few values of CBOR, RFC 8949 section 3: small integers, bytes, texts, maps. */
function cbor(value: number | string | Uint8Array | ReadonlyMap<number | string, unknown>): Buffer {
  if (typeof value === "number") return value >= 0 ? head(0, value) : head(1, -1 - value);
  if (typeof value === "string") return Buffer.concat([head(3, Buffer.byteLength(value)), Buffer.from(value)]);
  if (value instanceof Uint8Array) return Buffer.concat([head(2, value.length), value]);
  const entries = [...value].flatMap(([key, item]) => [cbor(key), cbor(item as number)]);
  return Buffer.concat([head(5, value.size), ...entries]);
}

function head(major: number, count: number): Buffer {
  const kind = major << 5;
  if (count < 24) return Buffer.of(kind | count);
  return count < 256 ? Buffer.of(kind | 24, count) : Buffer.of(kind | 25, count >> 8, count & 0xff);
}

const flags = { present: 0x01, verified: 0x04, attested: 0x40 };

/** An authenticator with one passkey, WebAuthn level 3 sections 6.1 and 6.5: as a browser answers with one. */
export class Authenticator {
  readonly credential = randomBytes(16);
  readonly #keys = generateKeyPairSync("ec", { namedCurve: "P-256" });
  #counter = 0;

  /** Makes its passkey. */
  register({ challenge, origin, rpId }: Question): RegistrationResponseJSON {
    const { x = "", y = "" } = this.#keys.publicKey.export({ format: "jwk" });
    const point = (text: string): Buffer => Buffer.from(text, "base64url");
    // COSE_Key of ES256, RFC 9053 section 7.1.
    const key = cbor(
      new Map<number, number | Buffer>([
        [1, 2],
        [3, -7],
        [-1, 1],
        [-2, point(x)],
        [-3, point(y)],
      ]),
    );
    const attested = Buffer.concat([Buffer.alloc(16), Buffer.of(0, this.credential.length), this.credential, key]);
    const data = Buffer.concat([this.#data(rpId, flags.present | flags.verified | flags.attested, 0), attested]);
    const attestation = new Map<string, string | Buffer | Map<string, string>>([
      ["fmt", "none"],
      ["attStmt", new Map<string, string>()],
      ["authData", data],
    ]);
    return {
      ...this.#head(),
      response: {
        clientDataJSON: base64url(clientData("webauthn.create", challenge, origin)),
        attestationObject: base64url(cbor(attestation)),
        transports: ["internal"],
      },
    };
  }

  /** Answers with its passkey. */
  authenticate({ challenge, origin, rpId }: Question, tampering: Tampering = {}): AuthenticationResponseJSON {
    this.#counter += 1;
    const client = clientData("webauthn.get", challenge, origin);
    const verified = tampering.isVerified === false ? 0 : flags.verified;
    const data = this.#data(rpId, flags.present | verified, tampering.counter ?? this.#counter);
    const signature =
      tampering.signature ?? sign("sha256", Buffer.concat([data, sha256(client)]), this.#keys.privateKey);
    return {
      ...this.#head(),
      response: {
        clientDataJSON: base64url(client),
        authenticatorData: base64url(data),
        signature: base64url(signature),
      },
    };
  }

  #head() {
    const id = base64url(this.credential);
    return { id, rawId: id, type: "public-key", clientExtensionResults: {} } as const;
  }

  #data(rpId: string, flag: number, counter: number): Buffer {
    const count = Buffer.alloc(4);
    count.writeUInt32BE(counter);
    return Buffer.concat([sha256(rpId), Buffer.of(flag), count]);
  }
}

const clientData = (type: string, challenge: string, origin: string): Buffer =>
  Buffer.from(JSON.stringify({ type, challenge, origin, crossOrigin: false }));
