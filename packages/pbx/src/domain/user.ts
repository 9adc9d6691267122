import type { Announcement } from "@trunkline/media-relay";
import type { HostPort } from "./address.ts";
import type { E164, UserName } from "./names.ts";

/** Someone who can be called and may call. */
export type User = {
  readonly name: UserName;
  /** What others see: a person's or a device's name. */
  readonly displayName: string;
  /** The owned number that this user's calls to the trunk show. */
  readonly callerId: E164;
  /** A short number by which the other users may call this one. */
  readonly extension?: string | undefined;
  /** May see and end everyone's calls. */
  readonly operator: boolean;
  /** Whether another call rings while one is up; else the caller hears that the line is busy. */
  readonly callWaiting: boolean;
  /** A SIP phone that registers with digest credentials. */
  readonly device?:
    | { readonly username: string; readonly password: string; readonly srtp?: boolean | undefined }
    | undefined;
  /** A fixed peer: trusted by this address and port, called there. */
  readonly contact?: HostPort | undefined;
};

/** An owned number, whom it rings, and what a caller gets whom nobody answers. */
export type OwnedNumber = {
  readonly number: E164;
  readonly ring: readonly UserName[];
  readonly ringSeconds: number;
  readonly unanswered: Unanswered;
  /** Whether its callers may be transferred back to the telephone network. */
  readonly transferOut: boolean;
};

/** The announcement that comes with the server, one's own, or a refusal. */
export type Unanswered = "announcement" | "reject" | { readonly play: Announcement };
