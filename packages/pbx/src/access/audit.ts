import type { SignInWay } from "../store/sessions.ts";

/** Why a session is over. */
export type SessionEnd = "signed-out" | "revoked" | "replaced" | "expired" | "user-removed";

/** Who came in, and what somebody did who may do more than call. What was refused is told elsewhere. */
export type AuditEntry =
  | { readonly kind: "invited"; readonly user: string; readonly by: string }
  | {
      readonly kind: "signed-in";
      readonly user: string;
      readonly session: string;
      readonly way: SignInWay;
      readonly browser: string;
      readonly source: string;
    }
  | {
      readonly kind: "session-ended";
      readonly user: string;
      readonly session: string;
      readonly why: SessionEnd;
      readonly by: string;
    }
  | { readonly kind: "passkey-added"; readonly user: string; readonly passkey: string; readonly source: string }
  | { readonly kind: "passkey-removed"; readonly user: string; readonly passkey: string; readonly by: string }
  | { readonly kind: "operator-act"; readonly by: string; readonly act: string; readonly source: string };

/** Takes a line of the audit. `by` names a user, or `admin socket` for whoever may open that, or `server`. */
export type Audit = (entry: AuditEntry) => void;

/** Who comes in by the admin socket: whoever started the server. */
export const adminSocketUser = "admin socket";
/** What happens by itself. */
export const byItself = "server";
