import type { UserName } from "../domain/names.ts";
import type { User } from "../domain/user.ts";
import type { Session } from "../store/sessions.ts";
import { readCookie } from "./cookie.ts";
import type { Access, RequestHeaders } from "./gate.ts";
import type { LiveSessions } from "./live-sessions.ts";

/** Whoever brings the cookie of a live session is its user, as the configuration describes him now. */
export function signedInAccess(
  sessions: Pick<LiveSessions, "withCookie">,
  users: () => ReadonlyMap<UserName, User>,
): Access {
  return {
    sessionOf: async ({ headers }) => {
      const session = await sessionBrought(headers, sessions);
      const user = session && users().get(session.user);
      return session && user && { user, session };
    },
  };
}

/** The live session whose cookie a request brings. */
export async function sessionBrought(
  headers: RequestHeaders,
  sessions: Pick<LiveSessions, "withCookie">,
): Promise<Session | undefined> {
  const cookie = readCookie(headers, "session");
  return cookie === undefined ? undefined : sessions.withCookie(cookie);
}
