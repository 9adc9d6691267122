import type { UserName } from "../domain/names.ts";
import type { User } from "../domain/user.ts";
import { readCookie } from "./cookie.ts";
import type { Access } from "./gate.ts";
import type { LiveSessions } from "./live-sessions.ts";

/** Whoever brings the cookie of a live session is its user, as the configuration describes him now. */
export function signedInAccess(
  sessions: Pick<LiveSessions, "withCookie">,
  users: () => ReadonlyMap<UserName, User>,
): Access {
  return {
    sessionOf: async ({ headers }) => {
      const cookie = readCookie(headers, "session");
      const session = cookie === undefined ? undefined : await sessions.withCookie(cookie);
      const user = session && users().get(session.user);
      return session && user && { user, session };
    },
  };
}
