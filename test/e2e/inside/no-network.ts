import { openChromium } from "../../harness/browser/chromium.ts";
import { phoneOn } from "../../harness/browser/phone.ts";
import { startServer } from "../../harness/server/server.ts";
import { released } from "../peers/counters.ts";

// Calls either way where no path for sound can be: loopback is the only interface, and WebRTC may not use it.
const server = await startServer();
const browser = await openChromium({ loopbackMedia: false });
const phone = phoneOn(await browser.context.newPage());
await phone.goOnline(server.url);

await phone.call("+1 202 555 0123");
const outgoing = await phone.reason(20_000);
await phone.page.getByTestId("dismiss-button").click();

const simulated = server.command("simulate", "call", "--json");
await phone.waitForState("Incoming");
await phone.answer();
const incoming = await phone.reason(20_000);

const caller: unknown = JSON.parse((await simulated).stdout);
await browser.close();
await released(server);
console.log(JSON.stringify({ outgoing, incoming, caller, exit: await server.stop() }));
