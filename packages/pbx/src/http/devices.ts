import type { RegistrationResponseJSON } from "@simplewebauthn/server";
import type { FastifyInstance, FastifyRequest } from "fastify";
import { byItself } from "../access/audit.ts";
import type { WebSession } from "../access/gate.ts";
import { type Refusal, refusal } from "../access/refusal.ts";
import type { SignIn } from "../access/sign-in.ts";
import { accessView } from "../ops/access-report.ts";
import type { Session } from "../store/sessions.ts";
import { credentialSchema, type SignInRoutesOptions } from "./sign-in.ts";
import { signedInOnly } from "./signed-in.ts";
import { visitorOf } from "./source.ts";

type Answer = (own: WebSession & { readonly session: Session }, request: FastifyRequest) => Promise<object>;

/** What a signed-in person sees and changes of what lets her in: her own, nobody else's. */
export function serveDevices(app: FastifyInstance, options: SignInRoutesOptions & { readonly signIn: SignIn }): void {
  const { signIn, onRefused } = options;
  const signedIn = signedInOnly(options);
  const own = (answer: Answer) =>
    signedIn((who, request) =>
      who.session === undefined ? refusal("HTTP_NO_SIGN_IN") : answer({ ...who, session: who.session }, request),
    );
  app.get(
    "/api/devices",
    own(async ({ user, session }) => ({
      ...(await accessView(signIn, (name) => name === user.name)),
      current: session.id,
    })),
  );
  app.post(
    "/api/devices/link",
    own(async ({ user }) => {
      const link = await signIn.invite(user.name, user.name);
      return link === undefined
        ? refusal("HTTP_NO_SUCH_USER")
        : { url: link.url, expiresAt: new Date(link.expiresAtMs).toISOString() };
    }),
  );
  app.post<{ Params: { id: string } }>(
    "/api/devices/:id/revoke",
    own(async ({ user }, request) => {
      const { id } = request.params as { id: string };
      const revoked = await signIn.revoke(id, user.name, (name) => name === user.name);
      return revoked.sessions + revoked.passkeys > 0 ? revoked : refusal("HTTP_NO_SUCH_SESSION");
    }),
  );
  app.post(
    "/api/passkeys/options",
    own(async ({ user, session }) =>
      signIn.hasPasskeys ? signIn.passkeys.offer(session, user) : refusal("HTTP_NO_SIGN_IN", noHostName),
    ),
  );
  app.post<{ Body: RegistrationResponseJSON }>(
    "/api/passkeys",
    { schema: credentialSchema },
    own(async ({ session }, request): Promise<object | Refusal> => {
      const made = await signIn.passkeys.enrol(session, request.body as RegistrationResponseJSON, visitorOf(request));
      if (!made.ok) {
        onRefused("POST /api/passkeys", request.ip, made.why);
        return refusal("HTTP_BAD_REQUEST", { message: "The passkey could not be used." });
      }
      if (await signIn.sessions.lives(session.id)) return {};
      // It was ended while the passkey was looked at.
      await signIn.passkeys.removeAll(({ id }) => id === made.value.id, byItself);
      return refusal("HTTP_NOT_SIGNED_IN");
    }),
  );
}

const noHostName = { message: "Passkeys need a host name. Open this page by its host name." };
