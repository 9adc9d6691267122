import type { PhoneSounds } from "../core/sounds.ts";

/** Writes down what would be heard. */
export class FakeSounds implements PhoneSounds {
  readonly heard: string[] = [];

  unlock(): void {
    this.heard.push("unlock");
  }

  ring(): void {
    this.heard.push("ring");
  }

  ringback(): void {
    this.heard.push("ringback");
  }

  quiet(): void {
    this.heard.push("quiet");
  }

  key(key: string): void {
    this.heard.push(`key ${key}`);
  }
}
