import { createCipheriv } from "node:crypto";
import { keyBytes, type SrtpMaster, type SrtpProfile, saltBytes } from "./keys.ts";

/** The two protocols that one master key serves. */
export type Protocol = "rtp" | "rtcp";

/** What packets are protected with; `authKey` is for HMAC alone. */
export type SessionKeys = { readonly key: Uint8Array; readonly salt: Uint8Array; readonly authKey: Uint8Array };

const firstLabel: { readonly [P in Protocol]: number } = { rtp: 0, rtcp: 3 };
const authKeyBytes = 20;
const blockBytes = 16;
const labelAt = 7;

/**
 * Session keys of one protocol, made once: the key derivation rate is 0 (RFC 3711 section 4.3, RFC 7714 section 11).
 * @throws RangeError when the key or the salt has not the length that the profile asks for
 */
export function sessionKeys(profile: SrtpProfile, master: SrtpMaster, protocol: Protocol): SessionKeys {
  const salt = saltBytes[profile];
  if (master.key.length !== keyBytes) throw new RangeError(`a master key has ${keyBytes} octets`);
  if (master.salt.length !== salt) throw new RangeError(`a master salt of ${profile} has ${salt} octets`);
  const label = firstLabel[protocol];
  return {
    key: derive(master, label, keyBytes),
    authKey: derive(master, label + 1, authKeyBytes),
    salt: derive(master, label + 2, salt),
  };
}

/** The key stream of AES-CM from the salt with the label in it, RFC 3711 section 4.3.3. A shorter salt is padded at its end. */
export function derive(master: SrtpMaster, label: number, length: number): Uint8Array {
  const blocks = Buffer.alloc(Math.ceil(length / blockBytes) * blockBytes);
  for (let at = 0; at < blocks.length; at += blockBytes) {
    blocks.set(master.salt, at);
    blocks[at + labelAt] = blocks[at + labelAt]! ^ label;
    blocks[at + blockBytes - 1] = at / blockBytes;
  }
  const cipher = createCipheriv("aes-128-ecb", master.key, null).setAutoPadding(false);
  return Uint8Array.from(cipher.update(blocks).subarray(0, length));
}
