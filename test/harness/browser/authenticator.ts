import type { Page } from "playwright-core";

/** A device that keeps passkeys and whose person always agrees, in the browser of a page. */
export type Authenticator = {
  /** How many passkeys it keeps. */
  count(): Promise<number>;
  /** Whether its person agrees from now on. */
  agree(agrees: boolean): Promise<void>;
};

/** Puts a virtual authenticator into a page (WebAuthn level 3 section 11), which is then as good as finger or face. */
export async function addAuthenticator(page: Page): Promise<Authenticator> {
  const session = await page.context().newCDPSession(page);
  await session.send("WebAuthn.enable");
  const { authenticatorId } = await session.send("WebAuthn.addVirtualAuthenticator", {
    options: {
      protocol: "ctap2",
      transport: "internal",
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  });
  return {
    count: async () => (await session.send("WebAuthn.getCredentials", { authenticatorId })).credentials.length,
    agree: async (agrees) => {
      await session.send("WebAuthn.setUserVerified", { authenticatorId, isUserVerified: agrees });
    },
  };
}
