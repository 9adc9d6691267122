import { intervalsOf } from "../harness/audio/intervals.ts";
import { makeSound } from "../harness/audio/sound.ts";
import { openChromium } from "../harness/browser/chromium.ts";
import { recordingsOf } from "../harness/browser/page.ts";
import { type Phone, phoneOn } from "../harness/browser/phone.ts";
import { type Server, startServer } from "../harness/server/server.ts";
import { printFigures, repeat } from "./figures.ts";

const tone = 1004;

/** What `performance` of the page says at the moment when the state of the call first shows the words. */
function shown(phone: Phone, words: string): Promise<number> {
  return phone.page.evaluate(
    (wanted) =>
      new Promise<number>((resolve) => {
        const look = (): void => {
          const text = document.querySelector("[data-testid=call-state]")?.textContent ?? "";
          if (!text.startsWith(wanted)) return;
          observer.disconnect();
          resolve(Date.now());
        };
        const observer = new MutationObserver(look);
        observer.observe(document.body, { subtree: true, childList: true, characterData: true });
        look();
      }),
    words,
  );
}

async function endCall(phone: Phone): Promise<void> {
  await phone.hangUp();
  await phone.reason();
}

/** From the click on Call to the person's own tone, come back from the echo, in milliseconds. */
async function clickToEcho(phone: Phone): Promise<number> {
  await phone.page.getByTestId("dial-input").fill("+12025550123");
  const before = (await recordingsOf(phone.page)).length;
  const clickedMs = Date.now();
  await phone.page.getByTestId("call-button").click();
  await phone.waitForState("In call 0:01");
  const heard = (await recordingsOf(phone.page))[before];
  await endCall(phone);
  const [echo] = heard === undefined ? [] : intervalsOf(heard, { hz: [tone], windowMs: 10 });
  return (heard?.startedMs ?? Number.NaN) + (echo?.fromMs ?? Number.NaN) - clickedMs;
}

/** From the arrival of the trunk's INVITE, as the log says, to the page that shows the call, in milliseconds. */
async function inviteToRinging(server: Server, phone: Phone): Promise<number> {
  const ringing = shown(phone, "Incoming call");
  const simulated = server.command("simulate", "call");
  const shownMs = await ringing;
  const arrived = server.log.lines.filter((line) => line.msg === "call-arrived").at(-1);
  await phone.decline();
  await simulated;
  await phone.page.getByTestId("dismiss-button").click();
  return shownMs - Number(arrived?.time);
}

const server = await startServer({ address: "127.77.2.1" });
const browser = await openChromium({ microphone: makeSound([{ seconds: 5, hz: [tone], levelDbfs: -20 }]) });
const phone = phoneOn(await browser.context.newPage());
await phone.goOnline(server.url);

const echoes = await repeat(6, () => clickToEcho(phone));
printFigures("click on Call to one's own voice, first call", echoes.slice(0, 1), "ms");
printFigures("click on Call to one's own voice, 1 s of ringing within", echoes.slice(1), "ms");
printFigures("the trunk's INVITE to the ringing page", await repeat(5, () => inviteToRinging(server, phone)), "ms");

await browser.close();
await server.stop();
