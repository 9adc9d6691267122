import { join } from "node:path";
import type { Page } from "playwright-core";
import { rolldown } from "rolldown";
import { root } from "../../../scripts/command.ts";
import type { Browser } from "./chromium.ts";
import type { DialogId, Softphone } from "./softphones/softphone.ts";

/** The SIP libraries for browsers that people build phones with. */
export type Library = "jssip" | "sipjs";

declare const softphone: Softphone;

/** A page with a bare phone, as a test drives it. */
export type SoftphonePage = Omit<Softphone, "start" | "dialog" | "hangUp"> & {
  readonly page: Page;
  dialog(): Promise<DialogId>;
  hangUp(): Promise<void>;
  /** Closes its socket and opens no other one until `reconnect`. */
  cutSocket(): Promise<void>;
  reconnect(): Promise<void>;
  /** Loads the page anew: whatever it had is gone. */
  reload(): Promise<void>;
};

const bundles = new Map<Library, Promise<string>>();

/** The library and its phone as one script. */
function scriptOf(library: Library): Promise<string> {
  const made =
    bundles.get(library) ??
    (async () => {
      const input = join(root, `test/harness/browser/softphones/${library}.ts`);
      const bundle = await rolldown({ input, platform: "browser", cwd: root, logLevel: "silent" });
      const { output } = await bundle.generate({ format: "iife" });
      await bundle.close();
      return output[0].code;
    })();
  bundles.set(library, made);
  return made;
}

/** Runs inside the page, before the library: what opens and closes sockets can be stopped. */
function installSwitch(): void {
  const Real = globalThis.WebSocket;
  const open = new Set<WebSocket>();
  let isCut = false;
  class Switched extends Real {
    constructor(url: string | URL, protocols?: string | string[]) {
      super(isCut ? new URL("/nowhere", url) : url, protocols);
      open.add(this);
    }
  }
  globalThis.WebSocket = Switched;
  Object.assign(globalThis, {
    cutSockets: (cut: boolean): void => {
      isCut = cut;
      if (cut) for (const socket of open) socket.close();
    },
  });
}

declare const cutSockets: (cut: boolean) => void;

/** Opens a page of the server's own origin, puts the phone into it, and registers. */
export async function openSoftphone(
  browser: Browser,
  url: string,
  { library, user }: { readonly library: Library; readonly user: string },
): Promise<SoftphonePage> {
  const page = await browser.context.newPage();
  const load = async (): Promise<void> => {
    await page.goto(`${url}/healthz`);
    await page.evaluate(installSwitch);
    await page.evaluate(await scriptOf(library));
    await page.evaluate((account) => softphone.start(account), { socketUrl: `${url.replace("http", "ws")}/ws`, user });
  };
  await load();
  return {
    page,
    call: (number, replaces) =>
      page.evaluate(([to, dialog]) => softphone.call(to, dialog), [number, replaces] as const),
    dialog: () => page.evaluate(() => softphone.dialog()),
    hold: () => page.evaluate(() => softphone.hold()),
    resume: () => page.evaluate(() => softphone.resume()),
    press: (key) => page.evaluate((pressed) => softphone.press(pressed), key),
    transfer: (number) => page.evaluate((to) => softphone.transfer(to), number),
    restartIce: () => page.evaluate(() => softphone.restartIce()),
    hangUp: () => page.evaluate(() => softphone.hangUp()),
    ended: () => page.evaluate(() => softphone.ended()),
    cutSocket: () => page.evaluate(() => cutSockets(true)),
    reconnect: () => page.evaluate(() => cutSockets(false)),
    reload: load,
  };
}
