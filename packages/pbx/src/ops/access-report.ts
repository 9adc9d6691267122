import type { SignIn } from "../access/sign-in.ts";
import type { Passkey } from "../store/passkeys.ts";
import type { Session } from "../store/sessions.ts";
import type { AccessOperations, AccessView, PasskeyView, SessionView } from "./operations.ts";

/** Who may come in, as operators see and change it. */
export const accessOperationsOf = (signIn: SignIn): AccessOperations => ({
  invite: async (user, by) => {
    const link = await signIn.invite(user, by);
    return link && { user, url: link.url, expiresAt: iso(link.expiresAtMs) };
  },
  list: () => accessView(signIn, () => true),
  revoke: (id, by) => signIn.revoke(id, by),
  revokeUser: (user, by) => signIn.revokeUser(user, by),
});

/** The sessions and passkeys of those who are meant. */
export async function accessView(signIn: SignIn, isMeant: (user: string) => boolean): Promise<AccessView> {
  const [sessions, passkeys] = await Promise.all([signIn.sessions.all(), signIn.passkeys.all()]);
  return {
    sessions: sessions.filter(({ user }) => isMeant(user)).map((session) => sessionView(session, passkeys)),
    passkeys: passkeys.filter(({ user }) => isMeant(user)).map(passkeyView),
  };
}

const iso = (ms: number): string => new Date(ms).toISOString();

/** The passkey that hangs on a session has begun it, or was made in it. */
function sessionView(session: Session, passkeys: readonly Passkey[]): SessionView {
  const { id, user, way, browser, createdAtMs, usedAtMs, expiresAtMs } = session;
  const passkey = session.passkey ?? passkeys.find((one) => one.session === id)?.id;
  return {
    ...{ id, user, way, browser },
    ...(passkey !== undefined && { passkey }),
    signedInAt: iso(createdAtMs),
    usedAt: iso(usedAtMs),
    expiresAt: iso(expiresAtMs),
  };
}

const passkeyView = ({ id, user, browser, createdAtMs, usedAtMs }: Passkey): PasskeyView => ({
  ...{ id, user, browser },
  createdAt: iso(createdAtMs),
  usedAt: iso(usedAtMs),
});
