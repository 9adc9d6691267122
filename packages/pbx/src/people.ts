import { systemClock, systemRandom } from "@trunkline/sip-stack";
import type { SessionEnd } from "./access/audit.ts";
import type { Access, WebSession } from "./access/gate.ts";
import { localAccess } from "./access/local.ts";
import { SignIn } from "./access/sign-in.ts";
import { signedInAccess } from "./access/signed-in.ts";
import type { Config } from "./config/config.ts";
import { type HttpListener, httpListener } from "./http/listener.ts";
import { messageOf } from "./kernel/errors.ts";
import { systemWallClock } from "./kernel/time.ts";
import { type Log, logAudit } from "./ops/log.ts";
import type { Operations } from "./ops/operations.ts";
import type { Pbx } from "./pbx.ts";
import type { SqliteStore } from "./store/sqlite.ts";

type SignInAround = { readonly store: SqliteStore; readonly pbx: Pbx; readonly log: Log };

/** How people sign in; `undefined` in loopback mode, whose one user is in already. */
export function openSignIn({ http, access }: Config, { store, pbx, log }: SignInAround): SignIn | undefined {
  if (http.localUser !== undefined) return undefined;
  return new SignIn({
    ...store,
    config: access,
    clock: systemClock,
    wallClock: systemWallClock,
    random: systemRandom,
    users: () => pbx.config.users,
    // Browsers make passkeys for names alone.
    url: () => http.publicUrl ?? pbx.httpUrl.replace("//127.0.0.1:", "//localhost:"),
    audit: logAudit(log),
  });
}

/** What the listener for people is put around. */
type Around = {
  readonly pages: string | undefined;
  readonly version: string;
  readonly mode: "loopback" | "trunk";
  readonly origins?: readonly string[];
  readonly pbx: Pbx;
  readonly signIn: SignIn | undefined;
  readonly operations: Operations;
  readonly log: Log;
};

/** Opens the listener for people; a session that ends closes what it has opened there. @throws PbxError BIND_FAILED */
export async function openHttp({ http, calling: { country } }: Config, around: Around): Promise<HttpListener> {
  const { pages, version, mode, origins, pbx, signIn, operations, log } = around;
  const listener = await httpListener({
    ...http,
    ...(origins !== undefined && { origins }),
    clock: systemClock,
    pages,
    access: accessOf(pbx, signIn),
    signIn,
    operations,
    session: (who) => ({ ...personOf(who, signIn), country, mode, version, iceServers: [] }),
    history: ({ user }, limit) => pbx.history(user.name, limit),
    adopt: pbx.adopt,
    audit: logAudit(log),
    onRefused: pbx.refused,
    onFailure: (what, cause) => log.error({ what, why: messageOf(cause) }, "request-failed"),
  });
  pbx.servesHttpAt(listener.url);
  signIn?.sessions.hearEnds(({ id, user }, why, successor) => {
    if (successor?.user === user) listener.moveSession(id, successor.id);
    else listener.endSession(id, (flow) => pbx.release(flow, isWish(why) ? "signed out" : "gone"));
  });
  return listener;
}

/** Whether somebody wanted a session to end: then calls end with it, else they go on until they are over. */
const isWish = (why: SessionEnd): boolean => why !== "expired" && why !== "user-removed";

/** Who uses a page, as it is told; `signedIn`: whether there is a session to sign out of. */
const personOf = ({ user, session }: WebSession, signIn: SignIn | undefined): object => ({
  user: user.name,
  name: user.displayName,
  sipUri: `sip:${user.name}@trunkline.invalid`,
  callerId: user.callerId,
  operator: user.operator,
  signedIn: session !== undefined,
  passkeys: signIn?.hasPasskeys === true,
});

/** Whoever has a session, or in loopback mode whoever is on this machine. */
function accessOf(pbx: Pbx, signIn: SignIn | undefined): Access {
  if (signIn !== undefined) return signedInAccess(signIn.sessions, () => pbx.config.users);
  const { http, users } = pbx.config;
  const user = http.localUser === undefined ? undefined : users.get(http.localUser);
  return user === undefined ? { sessionOf: async () => undefined } : localAccess(user);
}
