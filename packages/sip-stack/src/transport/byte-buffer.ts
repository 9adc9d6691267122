const none = Buffer.alloc(0);

/** Bytes that have come and not been taken yet: appending costs what is appended, however small the pieces are. */
export class ByteBuffer {
  #bytes: Buffer = none;
  #start = 0;
  #end = 0;

  get length(): number {
    return this.#end - this.#start;
  }

  /** The bytes, as a view that the next `append` or `take` makes worthless. */
  view(): Buffer {
    return this.#bytes.subarray(this.#start, this.#end);
  }

  append(chunk: Uint8Array): void {
    if (this.#bytes.length - this.#end < chunk.length) this.#makeRoom(chunk.length);
    this.#bytes.set(chunk, this.#end);
    this.#end += chunk.length;
  }

  /** The first bytes as a copy; they are gone from here. */
  take(length: number): Uint8Array {
    const taken = Uint8Array.prototype.slice.call(this.#bytes, this.#start, this.#start + length);
    this.drop(length);
    return taken;
  }

  /** Forgets the first bytes; an empty buffer holds no memory. */
  drop(length: number): void {
    this.#start += length;
    if (this.#start < this.#end) return;
    this.#bytes = none;
    this.#start = 0;
    this.#end = 0;
  }

  // Twice the need each time, so that a byte is moved only a few times in its life.
  #makeRoom(more: number): void {
    const { length } = this;
    const next = Buffer.allocUnsafeSlow(2 * (length + more));
    next.set(this.view());
    this.#bytes = next;
    this.#start = 0;
    this.#end = length;
  }
}
