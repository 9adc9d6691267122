import {
  addressText,
  type Flow,
  type Origin,
  type OriginOf,
  type RequestVerifier,
  type Verdict,
} from "@trunkline/sip-stack";
import type { Config } from "../config/config.ts";
import type { UserName } from "../domain/names.ts";
import { identify, type Speaker, userOfDevice } from "./identify.ts";

/** The peer of a dialog: the trunk, or one kind of phone of a user. */
export type DialogPeer =
  | { readonly kind: "trunk" }
  | { readonly kind: "browser" | "peer" | "device"; readonly user: { readonly name: UserName } };

export type OriginOptions = {
  /** Asked at each request: who may speak changes with the configuration. */
  readonly config: () => Config;
  /** To whom phones prove who they are. */
  readonly verifier: RequestVerifier;
  /** Reports each request that was refused. */
  readonly onRefused: (what: string, source: string, why: string) => void;
};

/** As the SIP stack counts it. */
const elsewhere = "request of another peer's dialog";

/**
 * Binds dialogs to their peers. Over another flow than its dialog's, a request is the trunk's from any of its addresses,
 * a browser's over another WebSocket of the same user, and a phone's only with the user's own credentials.
 */
export function originsOf({ config, verifier, onRefused }: OriginOptions): (peer: DialogPeer) => OriginOf {
  const refuse = (flow: Flow): Origin => {
    onRefused("a request in a call", addressText(flow.remote), elsewhere);
    return "stranger";
  };
  const isUser = ({ name }: { readonly name: UserName }, username: string): boolean =>
    userOfDevice(config().users, username)?.name === name;
  return (peer) => (flow) => {
    const speaker = identify(flow, config());
    if (peer.kind === "device" && speaker.kind === "unproven")
      return proofOf((username) => isUser(peer.user, username), verifier);
    if (!isPeer(speaker, peer)) return refuse(flow);
    return peer.kind === "browser" ? "moved" : "peer";
  };
}

function isPeer(speaker: Speaker, peer: DialogPeer): boolean {
  if (peer.kind === "trunk") return speaker.kind === "trunk";
  return speaker.kind === peer.kind && "user" in speaker && speaker.user.name === peer.user.name;
}

/** Takes the credentials of one user alone. */
const proofOf = (isPeer: (username: string) => boolean, verifier: RequestVerifier): RequestVerifier => ({
  verify: async (request, source) => {
    const verdict = await verifier.verify(request, source);
    return verdict.ok && !isPeer(verdict.username) ? ofAnother : verdict;
  },
});

const ofAnother: Verdict = { ok: false, status: 403, why: "credentials of another user", headers: [] };
