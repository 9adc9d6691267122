import type { Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, expect } from "vitest";
import { type Browser, type BrowserOptions, openChromium } from "../../harness/browser/chromium.ts";
import { type Phone, phoneOn } from "../../harness/browser/phone.ts";
import { type Server, type ServerOptions, startServer } from "../../harness/server/server.ts";
import { signIn } from "../../harness/server/sign-in.ts";
import { released } from "../peers/counters.ts";

/** The server and the browser that all tests of a file share. */
export type Shared = {
  readonly server: Server;
  readonly browser: Browser;
  /** A fresh page whose phone is online; closed when the test is over. */
  phone(): Promise<Phone>;
};

/** Who is signed in; nobody in loopback mode, whose user is in already. */
type Guest = { readonly user?: string };

/**
 * Starts one server and one Chromium for the tests of the file that calls this at its top. After each test no call, leg,
 * session or port may be left, and no page may have thrown.
 */
export function share(
  serverOptions: () => ServerOptions,
  browserOptions: BrowserOptions,
  { user }: Guest = {},
): Shared {
  let server: Server;
  let browser: Browser;
  const pages: Page[] = [];
  const thrown: Error[] = [];
  beforeAll(async () => {
    server = await startServer(serverOptions());
    browser = await openChromium(browserOptions);
    browser.context.on("weberror", (error) => thrown.push(error.error()));
    if (user !== undefined) await signInOnce(browser, server, user);
  });
  afterEach(async () => {
    for (const page of pages.splice(0)) await page.close();
    await released(server);
    expect(thrown.splice(0)).toEqual([]);
  });
  afterAll(async () => {
    await browser.close();
    expect(await server.stop()).toBe(0);
    expect(server.log.lines.filter(({ level = 0 }) => level >= 50)).toEqual([]);
  });
  return {
    get server() {
      return server;
    },
    get browser() {
      return browser;
    },
    async phone() {
      const phone = phoneOn(await browser.context.newPage());
      pages.push(phone.page);
      await phone.goOnline(server.url);
      return phone;
    },
  };
}

/** Signs the whole browser in: its other pages are too. */
export async function signInOnce(browser: Browser, server: Server, user: string): Promise<void> {
  const page = await browser.context.newPage();
  await signIn(page, server, user);
  await page.close();
}
