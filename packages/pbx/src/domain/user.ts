import type { HostPort } from "./address.ts";
import type { E164, UserName } from "./names.ts";

/** Someone who can be called and may call. */
export type User = {
  readonly name: UserName;
  /** What others see: a person's or a device's name. */
  readonly displayName: string;
  /** The owned number that this user's calls to the trunk show. */
  readonly callerId: E164;
  /** A fixed peer: trusted by this address and port, called there. */
  readonly contact?: HostPort;
};

/** An owned number and whom it rings. */
export type OwnedNumber = { readonly number: E164; readonly ring: readonly UserName[]; readonly ringSeconds: number };
