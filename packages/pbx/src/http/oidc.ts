import { networkOf } from "@trunkline/sip-stack";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { OnFailure } from "../access/answer.ts";
import { readCookie, setCookie } from "../access/cookie.ts";
import type { LiveSessions } from "../access/live-sessions.ts";
import type { OidcSignIn } from "../access/oidc-sign-in.ts";
import { oidcReturnPath } from "../access/sign-in.ts";
import type { OnRefused } from "./door.ts";
import { letIn } from "./let-in.ts";

export type OidcRoutesOptions = {
  readonly oidc: OidcSignIn;
  readonly sessions: LiveSessions;
  readonly onRefused: OnRefused;
  readonly onFailure?: OnFailure | undefined;
};

const oidcSeconds = 600;
/** Where a page says that somebody could not be signed in. */
const refusedPage = "/#refused";

/** The way to a company's provider and back from it. */
export function serveOidc(area: FastifyInstance, { oidc, sessions, onRefused, onFailure }: OidcRoutesOptions): void {
  const turnAway = (request: FastifyRequest, reply: FastifyReply, why: string): FastifyReply => {
    onRefused(`GET ${request.routeOptions.url}`, request.ip, why);
    return reply.redirect(refusedPage);
  };
  area.get("/api/oidc/begin", async (request, reply) => {
    const begun = await oidc.begin(networkOf(request.ip)).catch((cause: Error) => {
      onFailure?.("GET /api/oidc/begin", cause);
    });
    if (begun === undefined) return turnAway(request, reply, "the provider cannot be reached");
    return reply.header("set-cookie", setCookie("oidc", begun.cookie, oidcSeconds)).redirect(begun.url);
  });
  area.get(oidcReturnPath, async (request, reply) => {
    reply.header("set-cookie", setCookie("oidc", undefined, 0));
    const judged = await oidc.finish(request.url.split("?", 2)[1] ?? "", readCookie(request.headers, "oidc"));
    if (!judged.ok) return turnAway(request, reply, judged.why);
    await letIn(request, reply, sessions, { user: judged.value, way: "oidc" });
    return reply.redirect("/");
  });
}
