import type { FastifyReply, FastifyRequest } from "fastify";
import { setCookie } from "../access/cookie.ts";
import type { LiveSessions } from "../access/live-sessions.ts";
import { sessionBrought } from "../access/signed-in.ts";
import type { UserName } from "../domain/names.ts";
import type { Session, SignInWay } from "../store/sessions.ts";
import { visitorOf } from "./source.ts";

/** Who comes in, and by what. */
type Guest = { readonly user: UserName; readonly way: SignInWay; readonly passkey?: string };

/** Begins a session in the browser that asks, in place of the one that it had. */
export async function letIn(
  request: FastifyRequest,
  reply: FastifyReply,
  sessions: LiveSessions,
  { user, way, passkey }: Guest,
): Promise<void> {
  const { session, cookie } = await sessions.begin(user, way, visitorOf(request), passkey);
  await endOwn(request, sessions, "replaced", session);
  reply.header("set-cookie", setCookie("session", cookie, sessions.maxAgeSeconds));
}

/** Signs the browser that asks out. */
export async function letOut(request: FastifyRequest, reply: FastifyReply, sessions: LiveSessions): Promise<void> {
  await endOwn(request, sessions, "signed-out");
  reply.header("set-cookie", setCookie("session", undefined, 0));
}

async function endOwn(
  request: FastifyRequest,
  sessions: LiveSessions,
  why: "signed-out" | "replaced",
  successor?: Session,
): Promise<void> {
  const session = await sessionBrought(request.headers, sessions);
  if (session !== undefined) await sessions.end(session.id, why, session.user, successor);
}
