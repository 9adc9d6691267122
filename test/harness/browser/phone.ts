import type { Locator, Page } from "playwright-core";

/** What a person does with the phone's page, and sees on it. */
export type Phone = {
  readonly page: Page;
  /** Opens the page and goes online, unless the browser remembers that it was; resolves when the phone is registered. */
  goOnline(url: string): Promise<void>;
  /** Types a number and clicks Call. */
  call(number: string): Promise<void>;
  /** Presses keys of the pad, one after the other. */
  press(keys: string): Promise<void>;
  answer(): Promise<void>;
  decline(): Promise<void>;
  /** Hangs up, or cancels while it rings. */
  hangUp(): Promise<void>;
  /** Mutes the microphone, or unmutes it. */
  toggleMute(): Promise<void>;
  /** Puts the other side on hold, or takes it back. */
  toggleHold(): Promise<void>;
  /** Resolves when the call's state begins with these words, e.g. `In call`; rejects after `timeoutMs`, 15 s by default. */
  waitForState(words: string, timeoutMs?: number): Promise<void>;
  /** The state of the call in words; undefined when there is no call. */
  state(): Promise<string | undefined>;
  /** The other party, as the page writes it. */
  peer(): Promise<string>;
  /** Why the call ended, in words; waits until it has. */
  reason(timeoutMs?: number): Promise<string>;
};

const names: Readonly<Record<string, string>> = { "*": "star", "#": "hash" };

/** Drives the phone in a page. */
export function phoneOn(page: Page): Phone {
  const part = (id: string): Locator => page.getByTestId(id);
  const click = (id: string) => async (): Promise<void> => part(id).click();
  return {
    page,
    async goOnline(url) {
      await page.goto(url);
      await part("online-button").or(part("call-button")).waitFor();
      if (await part("online-button").isVisible()) await part("online-button").click();
      await part("call-button").and(page.locator(":enabled")).waitFor();
    },
    async call(number) {
      await part("dial-input").fill(number);
      await part("call-button").click();
    },
    async press(keys) {
      for (const key of keys) await part(`pad-key-${names[key] ?? key}`).click();
    },
    answer: click("answer-button"),
    decline: click("decline-button"),
    hangUp: click("hangup-button"),
    toggleMute: click("mute-button"),
    toggleHold: click("hold-button"),
    async waitForState(words, timeoutMs = 15_000) {
      await part("call-state")
        .filter({ hasText: new RegExp(`^${words}`) })
        .waitFor({ timeout: timeoutMs });
    },
    async state() {
      return (await part("call-state").allTextContents())[0];
    },
    peer: async () => (await part("peer").textContent()) ?? "",
    reason: async (timeoutMs = 15_000) => (await part("call-reason").textContent({ timeout: timeoutMs })) ?? "",
  };
}
