import rateLimit from "@fastify/rate-limit";
import type { AuthenticationResponseJSON } from "@simplewebauthn/server";
import { networkOf } from "@trunkline/sip-stack";
import type { FastifyInstance } from "fastify";
import type { OnFailure } from "../access/answer.ts";
import { RefusalError, refusal } from "../access/refusal.ts";
import type { SignIn } from "../access/sign-in.ts";
import { letIn, letOut } from "./let-in.ts";
import { serveOidc } from "./oidc.ts";
import { refuse, type SignedInOptions } from "./signed-in.ts";

export type SignInRoutesOptions = SignedInOptions & {
  /** Absent where nobody signs in. */
  readonly signIn?: SignIn | undefined;
  /** How often an address may ask here in a minute. */
  readonly signInsPerMinute: number;
  readonly onFailure?: OnFailure | undefined;
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
    await letIn(request, reply, signIn.sessions, { user: user.name, way: "link" });
    return {};
  });
  servePasskeys(area, options);
  area.post("/api/sign-out", async (request, reply) => {
    await letOut(request, reply, signIn.sessions);
    return {};
  });
  const { oidc, sessions } = signIn;
  if (oidc !== undefined) serveOidc(area, { ...options, oidc, sessions });
}

function servePasskeys(area: FastifyInstance, options: Options): void {
  const { signIn, onRefused } = options;
  const no = refusal("HTTP_SIGN_IN_REFUSED");
  area.post("/api/sign-in/options", async (request, reply) =>
    signIn.hasPasskeys
      ? signIn.passkeys.ask(networkOf(request.ip))
      : refuse(request, reply, onRefused, no, "passkeys need a host name"),
  );
  area.post<{ Body: AuthenticationResponseJSON }>(
    "/api/sign-in",
    { schema: credentialSchema },
    async (request, reply) => {
      const judged = await signIn.passkeys.judge(request.body, request.ip);
      if (!judged.ok) return refuse(request, reply, onRefused, no, judged.why);
      const { id, user } = judged.value;
      await letIn(request, reply, signIn.sessions, { user, way: "passkey", passkey: id });
      return {};
    },
  );
}
