import { readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { isCursor } from "./entry.ts";

/** The place in the journal up to which everything has arrived, kept in a folder. */
export class CursorFile {
  readonly #path: string;

  constructor(folder: string) {
    this.#path = join(folder, "cursor");
  }

  /** @returns nothing where there is none, or none that can be used */
  async read(): Promise<string | undefined> {
    const text = await readFile(this.#path, "utf8").catch(() => "");
    const cursor = text.trim();
    return isCursor(cursor) ? cursor : undefined;
  }

  /** Replaced in one step: a full disk leaves the one before. @throws what the file system says */
  async write(cursor: string): Promise<void> {
    const next = `${this.#path}.next`;
    await writeFile(next, `${cursor}\n`);
    await rename(next, this.#path);
  }
}
