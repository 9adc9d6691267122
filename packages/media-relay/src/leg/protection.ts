import { RemoteInvalid } from "../kernel/errors.ts";
import type { SrtpKeys, SrtpMaster } from "../srtp/keys.ts";
import { type MediaCipher, srtpCipher } from "../srtp/media-cipher.ts";

/** What protects and what opens a leg's packets. */
export type Protectors = {
  readonly sealing: Pick<MediaCipher, "protectRtp" | "protectRtcp">;
  readonly opening: Pick<MediaCipher, "unprotectRtp" | "unprotectRtcp">;
};

/**
 * SRTP of a plain leg over all its renegotiations. A direction that keeps its key goes on where it was, rollover counter and
 * replay list included (day-one row 8), after a while without protection too; a new key begins anew.
 */
export class Protection {
  #keys: SrtpKeys | undefined;
  #protectors: Protectors | undefined;
  readonly #onForgotten: () => void;
  /** @param onForgotten called when a source of the peer is forgotten for a new one. */
  constructor(onForgotten: () => void) {
    this.#onForgotten = onForgotten;
  }

  /** Takes what the SDP agreed; no keys: no protection. @throws RemoteInvalid, with everything left as it was */
  agree(keys: SrtpKeys | undefined): Protectors | undefined {
    if (keys === undefined) return undefined;
    const last = this.#keys;
    const hasLocal = last !== undefined && isSame(last, keys, "local");
    const hasRemote = last !== undefined && isSame(last, keys, "remote");
    if (!hasLocal || !hasRemote) this.#replace(keys, { hasLocal, hasRemote });
    return this.#protectors;
  }

  #replace(keys: SrtpKeys, { hasLocal, hasRemote }: { readonly hasLocal: boolean; readonly hasRemote: boolean }): void {
    const cipher = cipherOf(keys, this.#onForgotten);
    const { sealing = cipher, opening = cipher } = this.#protectors ?? {};
    this.#protectors = { sealing: hasLocal ? sealing : cipher, opening: hasRemote ? opening : cipher };
    this.#keys = keys;
  }
}

const isSame = (one: SrtpKeys, other: SrtpKeys, end: "local" | "remote"): boolean =>
  one.profile === other.profile && textOf(one[end]) === textOf(other[end]);

const textOf = ({ key, salt }: SrtpMaster): string => Buffer.concat([key, salt]).toString("hex");

function cipherOf(keys: SrtpKeys, onForgotten: () => void): MediaCipher {
  try {
    return srtpCipher(keys, onForgotten);
  } catch (cause) {
    throw new RemoteInvalid(cause instanceof Error ? cause.message : String(cause), { cause });
  }
}
