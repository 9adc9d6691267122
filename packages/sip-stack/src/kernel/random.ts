import { randomBytes } from "node:crypto";

/** Randomness as a parameter: `length` unpredictable bytes. */
export type RandomBytes = (length: number) => Uint8Array;

const poolBytes = 4096;

/** The operating system's cryptographic generator, asked for many bytes at once; none is given out twice. */
export const systemRandom: RandomBytes = pooled(randomBytes);

function pooled(source: RandomBytes): RandomBytes {
  let pool: Uint8Array = new Uint8Array(0);
  let used = 0;
  return (length) => {
    if (length > poolBytes) return source(length);
    if (used + length > pool.length) {
      pool = source(poolBytes);
      used = 0;
    }
    used += length;
    return pool.subarray(used - length, used);
  };
}

declare const brand: unique symbol;
type Branded<Name extends string> = string & { readonly [brand]: Name };

/** Via branch of a transaction, RFC 3261 section 8.1.1.7. */
export type Branch = Branded<"Branch">;
/** Tag of our side of a dialog, RFC 3261 section 19.3. */
export type LocalTag = Branded<"LocalTag">;
/** Tag of the other side of a dialog. */
export type RemoteTag = Branded<"RemoteTag">;
/** Call-ID of a dialog or of requests outside one, RFC 3261 section 8.1.1.4. */
export type CallId = Branded<"CallId">;

/** What every branch made under RFC 3261 starts with. */
export const branchCookie = "z9hG4bK";

const tokenBytes = 16;

/** 16 random bytes in hex: unguessable and in practice never repeated. */
export function newToken(random: RandomBytes): string {
  const bytes = random(tokenBytes);
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("hex");
}

/** A fresh branch with the magic cookie, RFC 3261 section 8.1.1.7. */
export function newBranch(random: RandomBytes): Branch {
  return `${branchCookie}${newToken(random)}` as Branch;
}

/** A fresh From or To tag, RFC 3261 section 19.3. */
export function newTag(random: RandomBytes): LocalTag {
  return newToken(random) as LocalTag;
}

/** A fresh Call-ID without a host part, RFC 3261 section 8.1.1.4. */
export function newCallId(random: RandomBytes): CallId {
  return newToken(random) as CallId;
}

/** A random unsigned 32-bit number. */
export function random32(random: RandomBytes): number {
  const bytes = random(4);
  return new DataView(bytes.buffer, bytes.byteOffset, 4).getUint32(0);
}

/** A number from 0 up to, not including, 1: for back-off times. */
export const fraction = (random: RandomBytes): number => random32(random) / 2 ** 32;
