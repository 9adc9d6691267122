import { openChromium } from "../../harness/browser/chromium.ts";
import { phoneOn } from "../../harness/browser/phone.ts";
import { startServer } from "../../harness/server/server.ts";
import { callOf, hears, measure, microphone, ringback, voice } from "../browser/hears.ts";
import { released } from "../peers/counters.ts";

// A call to the echo as people's browsers make it: WebRTC may not use loopback addresses.
const server = await startServer();
const browser = await openChromium({ microphone, loopbackMedia: false });
const phone = phoneOn(await browser.context.newPage());
await phone.goOnline(server.url);
await phone.call("+1 202 555 0123");
await hears(callOf(phone), ringback, 400);
const rangIn = await phone.state();
const echo = measure(await hears(callOf(phone), [voice.hz], 2000));
await phone.hangUp();
const reason = await phone.reason();
await browser.close();
await released(server);
console.log(JSON.stringify({ rangIn, echo, reason, exit: await server.stop() }));
