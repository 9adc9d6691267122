import type { Page } from "playwright-core";
import type { Sound } from "../audio/sound.ts";
import { samplesOf } from "../audio/wav.ts";

/** A page of whatever browser: what is evaluated goes there as text, with one argument that survives JSON. */
export type WebPage = {
  evaluate<Answer, Argument>(
    ask: (argument: Argument) => Answer | Promise<Answer>,
    argument: Argument,
  ): Promise<Answer>;
  close(): Promise<void>;
};

/** What one remote audio track has played so far. */
export type Recording = Sound & {
  /** The wall clock, in milliseconds since 1970, at the first sample. */
  readonly startedMs: number;
};

type Answered = { readonly rateHz: number; readonly startedMs: number; readonly pcm: string };
type Installed = {
  readonly trunklineTest: {
    recordings(): Promise<readonly Answered[]>;
    ownRecordings(): Promise<readonly Answered[]>;
  };
};

const readRecording = ({ rateHz, startedMs, pcm }: Answered): Recording => ({
  rateHz,
  startedMs,
  samples: samplesOf(Buffer.from(pcm, "base64")),
});

/** Everything that the page's remote tracks have played, in the order in which they came. */
export async function recordingsOf(page: Page | WebPage): Promise<readonly Recording[]> {
  const ask = (): Promise<readonly Answered[]> => (globalThis as unknown as Installed).trunklineTest.recordings();
  const answered = await (page as WebPage).evaluate(ask, undefined);
  return answered.map(readRecording);
}

/** What the page has played by itself, such as its bell: one recording for each of its AudioContexts. */
export async function ownRecordingsOf(page: Page): Promise<readonly Recording[]> {
  const answered = await page.evaluate(() => (globalThis as unknown as Installed).trunklineTest.ownRecordings());
  return answered.map(readRecording);
}
