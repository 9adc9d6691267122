/** The latest values of many: above the limit the oldest are forgotten. */
export class Recent {
  readonly #limit: number;
  readonly #values = new Set<string>();

  constructor(limit: number) {
    this.#limit = limit;
  }

  add(value: string): void {
    this.#values.delete(value);
    this.#values.add(value);
    const [oldest] = this.#values;
    if (this.#values.size > this.#limit && oldest !== undefined) this.#values.delete(oldest);
  }

  has(value: string): boolean {
    return this.#values.has(value);
  }

  delete(value: string): void {
    this.#values.delete(value);
  }
}
