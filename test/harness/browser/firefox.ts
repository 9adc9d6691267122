import puppeteer from "puppeteer-core";
import { pathOf } from "../../../scripts/test/programs.ts";
import { installEncodedRecorder } from "./encoded-recorder.ts";
import type { WebPage } from "./page.ts";

export type Firefox = {
  /** A page at an address, whose remote audio tracks are recorded (`recordingsOf`). */
  newPage(url: string): Promise<WebPage>;
  close(): Promise<void>;
};

const preferences = {
  // WebRTC over loopback, where people's browsers have none, and without names of mDNS in place of its addresses.
  "media.peerconnection.ice.loopback": true,
  "media.peerconnection.ice.obfuscate_host_addresses": false,
  // Without this permission ICE looks at the way to the Internet alone, which a test's machine need not have.
  "permissions.default.microphone": 1,
  // A microphone where the machine has none, which hears a tone of 440 Hz.
  "media.navigator.streams.fake": true,
  "media.navigator.audio.fake_frequency": 440,
  "media.autoplay.default": 0,
  "media.autoplay.blocking_policy": 0,
  "media.block-autoplay-until-in-foreground": false,
};

/**
 * A Firefox of its own with an empty profile, driven by WebDriver BiDi: Playwright's public interface takes no Firefox but
 * those that it has changed. Without a sound card a page's AudioContext stands still; its media elements and tracks do not.
 */
export async function openFirefox({ takesAnyCertificate = false } = {}): Promise<Firefox> {
  const browser = await puppeteer.launch({
    browser: "firefox",
    executablePath: pathOf("Firefox ESR"),
    headless: true,
    acceptInsecureCerts: takesAnyCertificate,
    extraPrefsFirefox: preferences,
  });
  const newPage = async (url: string): Promise<WebPage> => {
    const page = await browser.newPage();
    await page.evaluateOnNewDocument(installEncodedRecorder);
    await page.goto(url);
    return page as WebPage;
  };
  return { newPage, close: () => browser.close() };
}
