import type { TransportKind } from "@trunkline/sip-stack";
import type { UserName } from "../domain/names.ts";

/** Where a user can be rung: one registered contact. It names its node and flow, so that a fleet can share the store. */
export type Binding = {
  readonly user: UserName;
  /** Which server process holds the flow. */
  readonly node: string;
  readonly flow: string;
  /** Where the registration came from: over UDP that is where the phone is called, before a connection it is only shown. */
  readonly source: { readonly transport: TransportKind; readonly address: string; readonly port: number };
  /** The contact URI as registered, byte-exact. */
  readonly contact: string;
  /** `+sip.instance` (RFC 5626): the same device after a reconnect. */
  readonly instance?: string;
  /** A checksum of the device's credentials that the phone registered with; absent for browsers. */
  readonly credentialCheck?: number;
  readonly callId: string;
  readonly cseq: number;
  /** Wall time in ms since 1970. */
  readonly expiresAtMs: number;
};

/** What tells a binding from all others: two phones of a user may show the same private Contact behind different NATs. */
export type BindingKey = Pick<Binding, "user" | "contact" | "node" | "flow">;

/** The registrar's memory (RFC 3261 section 10). */
export interface Bindings {
  put(binding: Binding): Promise<void>;
  remove(binding: BindingKey): Promise<void>;
  removeFlow(node: string, flow: string): Promise<void>;
  /** The user's bindings that have not expired at `nowMs`, oldest first. */
  of(user: UserName, nowMs: number): Promise<readonly Binding[]>;
  all(nowMs: number): Promise<readonly Binding[]>;
}
