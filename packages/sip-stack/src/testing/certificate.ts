import { generateKeyPairSync, type KeyObject, sign } from "node:crypto";
import { isIPv4 } from "node:net";

/** A certificate and its key as PEM. */
export type TestCertificate = { readonly certificate: string; readonly key: string };

const tags = { integer: 0x02, bits: 0x03, octets: 0x04, oid: 0x06, utf8: 0x0c, time: 0x18, sequence: 0x30, set: 0x31 };
const altName = { dns: 0x82, address: 0x87 };
const explicit = (number: number): number => 0xa0 + number;

// Object identifiers, encoded: ecdsa-with-SHA256, commonName, basicConstraints, subjectAltName.
const oids = {
  ecdsa: Buffer.from("2a8648ce3d040302", "hex"),
  name: Buffer.from("550403", "hex"),
  constraints: Buffer.from("551d13", "hex"),
  altNames: Buffer.from("551d11", "hex"),
};

/** One value of DER, X.690 section 8.1. */
function der(tag: number, ...parts: Uint8Array[]): Buffer {
  const value = Buffer.concat(parts);
  const { length } = value;
  const size = length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Uint8Array.of(tag, ...size), value]);
}

function time(text: string): Buffer {
  return der(tags.time, Buffer.from(text));
}

function nameOf(host: string): Buffer {
  return isIPv4(host)
    ? der(altName.address, Uint8Array.from(host.split("."), Number))
    : der(altName.dns, Buffer.from(host));
}

function extension(oid: Buffer, value: Buffer): Buffer {
  return der(tags.sequence, der(tags.oid, oid), der(tags.octets, value));
}

function toBeSigned(hosts: readonly string[], publicKey: KeyObject): Buffer {
  const algorithm = der(tags.sequence, der(tags.oid, oids.ecdsa));
  const commonName = der(tags.sequence, der(tags.oid, oids.name), der(tags.utf8, Buffer.from("Trunkline test")));
  const subject = der(tags.sequence, der(tags.set, commonName));
  const validity = der(tags.sequence, time("20200101000000Z"), time("20991231235959Z"));
  const isAuthority = extension(oids.constraints, der(tags.sequence, Uint8Array.of(0x01, 0x01, 0xff)));
  const names = extension(oids.altNames, der(tags.sequence, ...hosts.map(nameOf)));
  return der(
    tags.sequence,
    der(explicit(0), der(tags.integer, Uint8Array.of(2))),
    der(tags.integer, Uint8Array.of(1)),
    algorithm,
    subject,
    validity,
    subject,
    publicKey.export({ type: "spki", format: "der" }),
    der(explicit(3), der(tags.sequence, isAuthority, names)),
  );
}

function pem(label: string, bytes: Buffer): string {
  const lines = bytes
    .toString("base64")
    .match(/.{1,64}/g)
    ?.join("\n");
  return `-----BEGIN ${label}-----\n${lines}\n-----END ${label}-----\n`;
}

/** A self-signed certificate for names and IPv4 addresses, made on the spot: an authority of its own for tests. */
export function testCertificate(...hosts: readonly string[]): TestCertificate {
  const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const body = toBeSigned(hosts, publicKey);
  const signature = der(tags.bits, Uint8Array.of(0), sign("sha256", body, privateKey));
  const algorithm = der(tags.sequence, der(tags.oid, oids.ecdsa));
  const certificate = der(tags.sequence, body, algorithm, signature);
  return {
    certificate: pem("CERTIFICATE", certificate),
    key: privateKey.export({ type: "pkcs8", format: "pem" }) as string,
  };
}
