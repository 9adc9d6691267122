import { type DatagramNetwork, freshMaster, type SrtpKeys, type SrtpProfile } from "../src/index.ts";
import { kindOfDatagram } from "../src/socket/first-byte.ts";
import { type MediaCipher, srtpCipher } from "../src/srtp/media-cipher.ts";
import { seededRandom } from "../src/testing/index.ts";

export const profiles = ["AES_CM_128_HMAC_SHA1_80", "AES_CM_128_HMAC_SHA1_32", "AEAD_AES_128_GCM"] as const;

/** An agreement on fresh keys, the same for the same seed. */
export const keysFor = (profile: SrtpProfile, seed = 1): SrtpKeys => {
  const random = seededRandom(seed);
  return { profile, local: freshMaster(profile, random), remote: freshMaster(profile, random) };
};

/** The same agreement as the other end has it. */
export const mirrored = ({ profile, local, remote }: SrtpKeys): SrtpKeys => ({ profile, local: remote, remote: local });

/** A network on which everything that a peer sends is SRTP, and what is none never arrives. Its keys can be changed. */
export class SecuredNetwork implements DatagramNetwork {
  readonly #network: DatagramNetwork;
  #cipher: MediaCipher;
  /** Datagrams as they were sent and as they came. */
  readonly seen: { readonly sent: Uint8Array[]; readonly received: Uint8Array[] } = { sent: [], received: [] };
  constructor(network: DatagramNetwork, keys: SrtpKeys) {
    this.#network = network;
    this.#cipher = srtpCipher(keys);
  }

  /** From now on these keys, with everything else anew. */
  rekey(keys: SrtpKeys): void {
    this.#cipher = srtpCipher(keys);
  }

  readonly bind: DatagramNetwork["bind"] = async (address, sink) => {
    const onDatagram: typeof sink.onDatagram = (bytes, from) => {
      this.seen.received.push(new Uint8Array(bytes));
      const opened = isRtcp(bytes) ? this.#cipher.unprotectRtcp(bytes) : this.#cipher.unprotectRtp(bytes);
      if (opened !== undefined) sink.onDatagram(opened, from);
    };
    const socket = await this.#network.bind(address, { onDatagram, onError: (cause) => sink.onError(cause) });
    return {
      local: socket.local,
      close: () => socket.close(),
      send: (bytes, to) => {
        const sealed = isRtcp(bytes) ? this.#cipher.protectRtcp(bytes) : this.#cipher.protectRtp(bytes);
        this.seen.sent.push(new Uint8Array(sealed));
        socket.send(sealed, to);
      },
    };
  };
}

const isRtcp = (bytes: Uint8Array): boolean => kindOfDatagram(bytes) === "rtcp";
