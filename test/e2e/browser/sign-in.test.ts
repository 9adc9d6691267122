import type { Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, expect, onTestFinished, test } from "vitest";
import { makeSound } from "../../harness/audio/sound.ts";
import { addAuthenticator } from "../../harness/browser/authenticator.ts";
import { type Browser, openChromium } from "../../harness/browser/chromium.ts";
import { type Firefox, openFirefox } from "../../harness/browser/firefox.ts";
import { recordingsOf, type WebPage } from "../../harness/browser/page.ts";
import { phoneOn } from "../../harness/browser/phone.ts";
import { testNetwork } from "../../harness/network.ts";
import { keepSecret } from "../../harness/server/secrets.ts";
import { type Server, startServer } from "../../harness/server/server.ts";
import { linkFor } from "../../harness/server/sign-in.ts";
import { lastRecord, released } from "../peers/counters.ts";
import { type FarEnd, farEnd } from "../peers/far-end.ts";
import { type IdentityProvider, identityProvider } from "../peers/identity-provider.ts";
import { type TlsProxy, tlsProxy } from "../peers/tls-proxy.ts";
import { hears, microphone } from "./hears.ts";

const network = testNetwork();
const [serverAddress, trunkAddress] = [`${network}.1`, `${network}.2`];
const outside = "+12025550123";
const farHz = 1500;

let proxy: TlsProxy;
let provider: IdentityProvider;
let server: Server;
let browser: Browser;
let far: FarEnd;
beforeAll(async () => {
  far = await farEnd(trunkAddress, serverAddress, makeSound([{ seconds: 2, hz: [farHz], levelDbfs: -14 }], 8000));
  proxy = await tlsProxy();
  const returnUrl = `${proxy.url}/api/oidc/return`;
  provider = await identityProvider({ returnUrl, isVerified: (email) => email !== "Bob@example.com" });
  server = await startServer({
    config: `version: 1
sip: { udp: "${serverAddress}:5060" }
trunk: { host: ${trunkAddress}, allow: ["${trunkAddress}"] }
numbers: { "+16185558387": { ring: [alice] } }
users: { alice: { name: Alice, callerId: "+16185558387" }, bob: { name: Bob, callerId: "+16185558387" } }
media: { trunkPorts: 10000-10099, browserPorts: 10100-10199 }
http: { bind: "127.0.0.1:0", publicUrl: "${proxy.url}", trustedProxies: [127.0.0.1] }
access:
  oidc:
    issuer: ${provider.issuer}
    clientId: ${provider.clientId}
    clientSecret: ${provider.clientSecret}
    users: { bob@example.com: bob }
`,
  });
  proxy.leadTo(server.url);
  browser = await openChromium({ microphone, trusted: proxy.fingerprint });
});
afterEach(() => released(server));
afterAll(async () => {
  await browser.close();
  expect(await server.stop()).toBe(0);
  await proxy.close();
  provider.close();
  await far.close();
});

type Access = { readonly sessions: readonly Named[]; readonly passkeys: readonly Named[] };
type Named = { readonly id: string; readonly browser: string; readonly way?: string };

async function access(): Promise<Access> {
  return JSON.parse((await server.command("sessions", "--json")).stdout) as Access;
}

async function keepCookies(page: Page): Promise<void> {
  for (const { value } of await page.context().cookies()) keepSecret(value);
}

test("a person is invited, makes a passkey, signs out and in with it, adds a device; revoking one ends its call with words", async () => {
  const page = await browser.context.newPage();
  const authenticator = await addAuthenticator(page);
  const phone = phoneOn(page);

  await page.goto(proxy.url);
  await page.getByTestId("passkey-sign-in-button").waitFor();
  const link = await linkFor(server, "alice", proxy.url);
  await page.goto(link);
  await page.getByRole("heading", { name: "Welcome, Alice" }).waitFor();
  expect(page.url()).toBe(`${proxy.url}/`);
  await page.reload();
  await page.getByTestId("passkey-sign-in-button").waitFor();
  await page.goto(link);
  await page.getByTestId("join-button").click();
  await page.getByTestId("passkey-button").click();
  await page.getByTestId("online-button").waitFor();
  expect(await authenticator.count()).toBe(1);
  await keepCookies(page);
  const [cookie] = await browser.context.cookies();
  expect(cookie).toMatchObject({
    name: "__Host-trunkline",
    httpOnly: true,
    secure: true,
    sameSite: "Strict",
    path: "/",
  });
  expect(await page.evaluate(() => document.cookie)).toBe("");
  expect(await access()).toMatchObject({
    sessions: [{ user: "alice", way: "link", browser: "Chrome on Linux" }],
    passkeys: [{ user: "alice" }],
  });

  await page.getByTestId("account-button").click();
  await page.getByTestId("sign-out-button").click();
  await page.getByTestId("passkey-sign-in-button").waitFor();
  expect((await access()).sessions).toEqual([]);
  await authenticator.agree(false);
  await page.getByTestId("passkey-sign-in-button").click();
  await page.getByTestId("access-problem").waitFor();
  await authenticator.agree(true);
  await page.getByTestId("passkey-sign-in-button").click();
  await page.getByTestId("online-button").click();
  await page.getByTestId("call-button").and(page.locator(":enabled")).waitFor();
  await keepCookies(page);

  await page.getByTestId("account-button").click();
  await page.getByTestId("add-device-button").click();
  const ownLink = await page.getByTestId("device-link").inputValue();
  keepSecret(new URL(ownLink).hash.slice("#join=".length));
  const other = await openChromium({ microphone, trusted: proxy.fingerprint });
  onTestFinished(() => other.close());
  const second = await other.context.newPage();
  await second.goto(ownLink);
  await second.getByTestId("join-button").click();
  await second.getByTestId("later-button").click();
  await second.getByTestId("online-button").waitFor();
  await keepCookies(second);
  const { sessions } = await access();
  expect(sessions.map(({ way }) => way)).toEqual(["passkey", "link"]);

  await page.getByTestId("account-button").click();
  await phone.call(outside);
  const call = await far.nextCall();
  call.answer();
  await phone.waitForState("In call");
  await hears(async () => (await recordingsOf(page)).at(-1)!, [farHz], 1000);
  await second.getByTestId("account-button").click();
  await second
    .getByTestId("session")
    .filter({ hasNotText: "This browser" })
    .getByRole("button", { name: "Sign out" })
    .click();
  expect(await phone.reason()).toBe("The phone was signed out.");
  await page.getByTestId("signed-out").waitFor();
  expect(await call.over).toMatchObject({ by: "remote", cause: "bye" });
  expect(await lastRecord(server)).toMatchObject({ ending: { code: "signed-out", by: "system" } });
  expect((await access()).sessions.map(({ way }) => way)).toEqual(["link"]);
});

test("whom a company's provider knows comes in, if it has verified her address; nobody else does", async () => {
  const asUser = async (email: string): Promise<Page> => {
    const context = await browser.context.browser()!.newContext();
    onTestFinished(() => context.close());
    const page = await context.newPage();
    await page.goto(proxy.url);
    await page.getByTestId("oidc-link").click();
    await page.getByLabel("E-mail").fill(email);
    await page.getByRole("button").click();
    return page;
  };
  const bob = await asUser("bob@example.com");
  await bob.getByTestId("online-button").waitFor();
  expect(bob.url()).toBe(`${proxy.url}/`);
  await keepCookies(bob);
  expect((await access()).sessions.at(-1)).toMatchObject({ user: "bob", way: "oidc" });
  for (const other of ["Bob@example.com", "mallory@example.com"]) {
    const page = await asUser(other);
    await page.getByTestId("access-problem").waitFor();
    await page.getByTestId("oidc-link").waitFor();
  }
  const { stdout } = await server.command("refusals", "--json");
  const whys = (JSON.parse(stdout) as { readonly why: string }[]).map(({ why }) => why);
  expect(whys.filter((why) => why === "the provider's user is nobody here")).toHaveLength(2);
});

/** Waits until a part of the page is there, is enabled and begins with a text, and clicks it if that is wanted. */
const meet = (page: WebPage, testId: string, { begin = "", clicks = false } = {}): Promise<void> =>
  page.evaluate(
    ([selector, text, isClick]) =>
      new Promise<void>((resolve) => {
        const look = (): void => {
          const part = document.querySelector<HTMLElement>(selector);
          if (part === null || part.textContent?.startsWith(text) !== true) return;
          observer.disconnect();
          if (isClick) part.click();
          resolve();
        };
        const observer = new MutationObserver(look);
        observer.observe(document, { subtree: true, childList: true, characterData: true, attributes: true });
        look();
      }),
    [
      `[data-testid="${testId}"]:enabled, p[data-testid="${testId}"], span[data-testid="${testId}"]`,
      begin,
      clicks,
    ] as const,
  );
const click = (page: WebPage, testId: string): Promise<void> => meet(page, testId, { clicks: true });

test("Firefox signs in by a link and calls", async () => {
  const firefox: Firefox = await openFirefox({ takesAnyCertificate: true });
  onTestFinished(() => firefox.close());
  const page = await firefox.newPage(await linkFor(server, "alice", proxy.url));
  await click(page, "join-button");
  await click(page, "later-button");
  await click(page, "online-button");
  await meet(page, "status", { begin: "Online" });
  await page.evaluate((number) => {
    const field = document.querySelector<HTMLInputElement>('[data-testid="dial-input"]');
    if (field === null) throw new Error("there is no dial field");
    field.value = number;
    field.dispatchEvent(new Event("input", { bubbles: true }));
  }, outside);
  await click(page, "call-button");
  const call = await far.nextCall();
  call.answer();
  await meet(page, "call-state", { begin: "In call" });
  await hears(async () => (await recordingsOf(page)).at(-1)!, [farHz], 1000);
  await hears(async () => call.sound.heard, [440], 1000);
  await click(page, "hangup-button");
  expect(await call.over).toMatchObject({ by: "remote", cause: "bye" });
});
