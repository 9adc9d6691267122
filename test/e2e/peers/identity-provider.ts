import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { Provider } from "oidc-provider";
import { keepSecret } from "../../harness/server/secrets.ts";

/** A provider of OpenID Connect at which anybody can be anybody: a form asks who one is. */
export type IdentityProvider = {
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret: string;
  close(): void;
};

export type IdentityProviderOptions = {
  /** Where it may send people back to. */
  readonly returnUrl: string;
  /** Whose e-mail addresses it has verified. */
  readonly isVerified: (email: string) => boolean;
};

const client = { id: "trunkline", secret: keepSecret("the-client-secret-of-a-test") };

/** Starts one on this machine. */
export async function identityProvider({ returnUrl, isVerified }: IdentityProviderOptions): Promise<IdentityProvider> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const provider = new Provider(issuer, {
    clients: [{ client_id: client.id, client_secret: client.secret, redirect_uris: [returnUrl] }],
    claims: { email: ["email", "email_verified"] },
    cookies: { keys: ["not a secret of anybody's"] },
    features: { devInteractions: { enabled: false } },
    interactions: { url: (_context, { uid }) => `/who/${uid}` },
    findAccount: (_context, email) => ({
      accountId: email,
      claims: async () => ({ sub: `id of ${email}`, email, email_verified: isVerified(email) }),
    }),
    loadExistingGrant: async ({ oidc }) => {
      const grant = new provider.Grant({ clientId: client.id, accountId: oidc.session?.accountId ?? "" });
      grant.addOIDCScope("openid email");
      await grant.save();
      return grant;
    },
  });
  const pages = provider.callback();
  server.on("request", (request: IncomingMessage, response: ServerResponse) => {
    if (request.url?.startsWith("/who/") !== true) void pages(request, response);
    else if (request.method === "POST") void signIn(provider, request, response);
    else response.setHeader("content-type", "text/html").end(form);
  });
  return { issuer, clientId: client.id, clientSecret: client.secret, close: () => server.close() };
}

const form = `<!doctype html><title>Who are you?</title>
<form method="post"><input name="email" aria-label="E-mail"><button>Sign in</button></form>`;

async function signIn(provider: Provider, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const email = new URLSearchParams(await text(request)).get("email") ?? "";
  await provider.interactionFinished(request, response, { login: { accountId: email } });
}
