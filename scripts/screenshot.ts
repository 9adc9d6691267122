import { join } from "node:path";
import { openChromium } from "../test/harness/browser/chromium.ts";
import { phoneOn } from "../test/harness/browser/phone.ts";
import { startServer } from "../test/harness/server/server.ts";
import { buildPage } from "./build/page.ts";
import { root } from "./command.ts";

/** `node scripts/screenshot.ts`: takes the picture of the phone that README shows. */
await buildPage();
const server = await startServer({ address: "127.78.1.1" });
const browser = await openChromium({ viewport: { width: 1100, height: 800 } });
const phone = phoneOn(await browser.context.newPage());
await phone.goOnline(server.url);
await phone.call("+12025550123");
await phone.waitForState("In call 0:02");
await phone.page.screenshot({ path: join(root, "docs/phone.png") });
await browser.close();
await server.stop();
