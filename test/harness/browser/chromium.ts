import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type BrowserContext, chromium } from "playwright-core";
import { pathOf } from "../../../scripts/test/programs.ts";
import { makeSound, type Sound } from "../audio/sound.ts";
import { formatWav } from "../audio/wav.ts";
import { installRecorder } from "./recorder.ts";

export type BrowserOptions = {
  /** What the microphone hears, from its start and again from the beginning at its end. Default: silence. */
  readonly microphone?: Sound;
  /** Lets WebRTC connect to 127.0.0.1, which people's browsers do not. Default: true. */
  readonly loopbackMedia?: boolean;
  /** Leaves echo cancellation, noise suppression and gain control as the page asks for them. Default: false. */
  readonly processing?: boolean;
  /** Refuses the microphone, as a person may. Default: false. */
  readonly refuseMicrophone?: boolean;
  /** Certificates that are taken although nobody known has signed them, by the SHA-256 of their keys in base64. */
  readonly trusted?: string;
  readonly viewport?: { readonly width: number; readonly height: number };
  readonly colorScheme?: "light" | "dark";
};

export type Browser = { readonly context: BrowserContext; close(): Promise<void> };

const quiet = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--use-fake-device-for-media-stream",
  "--autoplay-policy=no-user-gesture-required",
];

function flags(options: BrowserOptions, microphoneFile: string): string[] {
  return [
    ...quiet,
    `--use-file-for-fake-audio-capture=${microphoneFile}`,
    ...(options.refuseMicrophone === true ? [] : ["--use-fake-ui-for-media-stream"]),
    ...(options.trusted === undefined ? [] : [`--ignore-certificate-errors-spki-list=${options.trusted}`]),
    ...(options.loopbackMedia === false ? [] : ["--allow-loopback-in-peer-connection"]),
  ];
}

/** A Chromium of its own with an empty profile; pages of its context are recorded (`recordingsOf`). */
export async function openChromium(options: BrowserOptions = {}): Promise<Browser> {
  const folder = mkdtempSync(join(tmpdir(), "trunkline-chromium-"));
  const microphoneFile = join(folder, "microphone.wav");
  writeFileSync(microphoneFile, formatWav(options.microphone ?? makeSound([{ seconds: 1 }])));
  const context = await chromium.launchPersistentContext(join(folder, "profile"), {
    executablePath: pathOf("Chromium"),
    args: flags(options, microphoneFile),
    viewport: options.viewport ?? { width: 1100, height: 800 },
    colorScheme: options.colorScheme ?? "light",
  });
  await context.addInitScript(installRecorder, { rawMicrophone: options.processing !== true });
  const close = async (): Promise<void> => {
    await context.close();
    rmSync(folder, { recursive: true, force: true });
  };
  return { context, close };
}
