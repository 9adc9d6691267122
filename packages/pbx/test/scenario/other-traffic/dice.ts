import { seededRandom } from "@trunkline/sip-stack/testing";

/** Choices that a seed determines. */
export class Dice {
  readonly #random;

  constructor(seed: number) {
    this.#random = seededRandom(seed);
  }

  /** A whole number from 0 up to, not including, `end`. */
  below(end: number): number {
    return Math.floor(this.#random.fraction() * end);
  }

  /** True in so large a part of all cases. */
  chance(fraction: number): boolean {
    return this.#random.fraction() < fraction;
  }

  pick<T>(choices: readonly T[]): T {
    return choices[this.below(choices.length)] as T;
  }

  /** Some of the choices, each with a chance of its own, in their order. */
  some<T>(choices: readonly T[], fraction: number): T[] {
    return choices.filter(() => this.chance(fraction));
  }

  shuffled<T>(values: readonly T[]): T[] {
    const rest = [...values];
    return values.map(() => rest.splice(this.below(rest.length), 1)[0] as T);
  }

  /** From one to `most` characters of an alphabet. */
  text(alphabet: string, most: number): string {
    return Array.from({ length: 1 + this.below(most) }, () => this.pick([...alphabet])).join("");
  }

  bytes(length: number): Uint8Array {
    return this.#random(length);
  }
}
