import { statfs } from "node:fs/promises";
import { freemem, totalmem } from "node:os";

/** What is used of the machine, in percent. */
export type Machine = {
  readonly memoryUsedPercent: () => number;
  /** Of the disk that a folder is on; nothing where there is no such folder. */
  readonly diskUsedPercent: (folder: string) => Promise<number | undefined>;
};

export const systemMachine: Machine = {
  memoryUsedPercent: () => (1 - freemem() / totalmem()) * 100,
  diskUsedPercent: async (folder) => {
    try {
      const { blocks, bfree, bavail } = await statfs(folder);
      const used = blocks - bfree;
      // As df counts: what is kept for root is not there for anybody else.
      return (used / (used + bavail)) * 100;
    } catch {
      return undefined;
    }
  },
};
