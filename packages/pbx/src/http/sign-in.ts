import rateLimit from "@fastify/rate-limit";
import type { AuthenticationResponseJSON } from "@simplewebauthn/server";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { readCookie, setCookie } from "../access/cookie.ts";
import { RefusalError, refusal } from "../access/refusal.ts";
import { oidcReturnPath, type SignIn } from "../access/sign-in.ts";
import { networkOf } from "../domain/address.ts";
import type { UserName } from "../domain/names.ts";
import type { SignInWay } from "../store/sessions.ts";
import { refuse, type SignedInOptions } from "./signed-in.ts";
import { visitorOf } from "./source.ts";

export type SignInRoutesOptions = SignedInOptions & {
  /** Absent where nobody signs in. */
  readonly signIn?: SignIn | undefined;
  /** How often an address may ask here in a minute. */
  readonly signInsPerMinute: number;
  readonly onFailure?: ((what: string, cause: Error) => void) | undefined;
};

const tokenSchema = {
  body: {
    type: "object",
    additionalProperties: false,
    required: ["token"],
    properties: { token: { type: "string", pattern: "^[A-Za-z0-9_-]{43}$" } },
  },
} as const;

/** What WebAuthn's answers have in common; the library reads the rest. */
export const credentialSchema = {
  body: {
    type: "object",
    required: ["id", "rawId", "response", "type"],
    properties: {
      id: { type: "string", maxLength: 1400 },
      rawId: { type: "string", maxLength: 1400 },
      type: { const: "public-key" },
      response: { type: "object" },
    },
  },
} as const;

const minuteMs = 60_000;
const addresses = 10_000;
const errandSeconds = 600;
/** Where a page says that somebody could not be signed in. */
const refusedPage = "/#refused";

type ByToken = { readonly Body: { readonly token: string } };

/** Everything that lets somebody in. An address that asks too often is not listened to for a minute. */
export async function serveSignIn(app: FastifyInstance, options: SignInRoutesOptions): Promise<void> {
  const { signIn, onRefused, signInsPerMinute } = options;
  await app.register(async (area) => {
    await area.register(rateLimit, {
      max: signInsPerMinute,
      timeWindow: minuteMs,
      cache: addresses,
      keyGenerator: ({ ip }) => networkOf(ip),
      errorResponseBuilder: () => new RefusalError(refusal("HTTP_TOO_MANY_ATTEMPTS")),
      onExceeded: (request) =>
        onRefused(`${request.method} ${request.routeOptions.url ?? ""}`, request.ip, "HTTP_TOO_MANY_ATTEMPTS"),
      addHeadersOnExceeding: noHeaders,
      addHeaders: noHeaders,
    });
    area.addHook("onRequest", async (_request, reply) => void reply.header("cache-control", "no-store"));
    area.get("/api/access", () => ({
      passkeys: signIn?.hasPasskeys === true,
      ...(signIn?.oidc !== undefined && { oidc: signIn.oidc.label }),
    }));
    if (signIn !== undefined) serveWaysIn(area, { ...options, signIn });
  });
}

const noHeaders = {
  "x-ratelimit-limit": false,
  "x-ratelimit-remaining": false,
  "x-ratelimit-reset": false,
  "retry-after": false,
} as const;

type Options = SignInRoutesOptions & { readonly signIn: SignIn };

function serveWaysIn(area: FastifyInstance, options: Options): void {
  const { signIn, onRefused } = options;
  const invalid = refusal("HTTP_LINK_INVALID");
  area.post<ByToken>("/api/join/look", { schema: tokenSchema }, async (request, reply) => {
    const user = await signIn.links.look(request.body.token);
    return user === undefined ? refuse(request, reply, onRefused, invalid) : { name: user.displayName };
  });
  area.post<ByToken>("/api/join", { schema: tokenSchema }, async (request, reply) => {
    const user = await signIn.links.take(request.body.token);
    if (user === undefined) return refuse(request, reply, onRefused, invalid);
    await letIn(request, reply, options, user.name, "link");
    return {};
  });
  servePasskeys(area, options);
  area.post("/api/sign-out", async (request, reply) => {
    await leave(request, options, "signed-out");
    reply.header("set-cookie", setCookie("session", undefined, 0));
    return {};
  });
  if (signIn.oidc !== undefined) serveOidc(area, options, signIn.oidc);
}

function servePasskeys(area: FastifyInstance, options: Options): void {
  const { signIn, onRefused } = options;
  const no = refusal("HTTP_SIGN_IN_REFUSED");
  area.post("/api/sign-in/options", async (request, reply) =>
    signIn.hasPasskeys ? signIn.passkeys.ask() : refuse(request, reply, onRefused, no, "passkeys need a host name"),
  );
  area.post<{ Body: AuthenticationResponseJSON }>(
    "/api/sign-in",
    { schema: credentialSchema },
    async (request, reply) => {
      const judged = await signIn.passkeys.judge(request.body);
      if (!judged.ok) return refuse(request, reply, onRefused, no, judged.why);
      await letIn(request, reply, options, judged.value.user, "passkey", judged.value.id);
      return {};
    },
  );
}

function serveOidc(area: FastifyInstance, options: Options, oidc: NonNullable<SignIn["oidc"]>): void {
  const { onRefused, onFailure } = options;
  const turnAway = (request: FastifyRequest, reply: FastifyReply, why: string): FastifyReply => {
    onRefused(`GET ${request.routeOptions.url}`, request.ip, why);
    return reply.redirect(refusedPage);
  };
  area.get("/api/oidc/begin", async (request, reply) => {
    const begun = await oidc.begin().catch((cause: Error) => {
      onFailure?.("GET /api/oidc/begin", cause);
    });
    if (begun === undefined) return turnAway(request, reply, "the provider cannot be reached");
    return reply.header("set-cookie", setCookie("errand", begun.cookie, errandSeconds)).redirect(begun.url);
  });
  area.get(oidcReturnPath, async (request, reply) => {
    reply.header("set-cookie", setCookie("errand", undefined, 0));
    const judged = await oidc.finish(request.url.split("?", 2)[1] ?? "", readCookie(request.headers, "errand"));
    if (!judged.ok) return turnAway(request, reply, judged.why);
    await letIn(request, reply, options, judged.value, "oidc");
    return reply.redirect("/");
  });
}

/** Begins a session in this browser, in place of the one that it had. */
async function letIn(
  request: FastifyRequest,
  reply: FastifyReply,
  { signIn, ...options }: Options,
  user: UserName,
  way: SignInWay,
  passkey?: string,
): Promise<void> {
  const { cookie } = await signIn.sessions.begin(user, way, visitorOf(request), passkey);
  await leave(request, { signIn, ...options }, "replaced");
  reply.header("set-cookie", setCookie("session", cookie, signIn.sessions.maxAgeSeconds));
}

/** Ends the session of the browser that asks, if it has one. */
async function leave(request: FastifyRequest, { signIn }: Options, why: "signed-out" | "replaced"): Promise<void> {
  const cookie = readCookie(request.headers, "session");
  const session = cookie === undefined ? undefined : await signIn.sessions.withCookie(cookie);
  if (session !== undefined) await signIn.sessions.end(session.id, why, session.user);
}
