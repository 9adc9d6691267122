import { readFileSync } from "node:fs";
import { join } from "node:path";

const citation = /`([^`]+\.test\.tsx?|[^`]+-conformance\.ts) > ([^`]+)`/g;

/** A file as text, undefined when there is none. */
export type ReadText = (path: string) => string | undefined;

/** Reads files below a folder. */
export const readerOf =
  (root: string): ReadText =>
  (path) => {
    try {
      return readFileSync(join(root, path), "utf8");
    } catch {
      return undefined;
    }
  };

const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");

/** Whether a test file's text has a test of exactly this name. */
export function hasTest(text: string, name: string): boolean {
  return new RegExp(`\\(\\s*(["'\`])${escaped(name)}\\1\\s*,`).test(text);
}

/**
 * What is wrong with the tests that a piece of a document names, each as `FILE > NAME` between backquotes; `undefined`
 * when it names none.
 * @param place begins each fault: where the piece is
 */
export function faultsOfCitations(piece: string, place: string, read: ReadText): string[] | undefined {
  const cited = [...piece.matchAll(citation)];
  if (cited.length === 0) return undefined;
  return cited.flatMap(([, file = "", name = ""]) => faultOf(place, file, name, read));
}

function faultOf(place: string, file: string, name: string, read: ReadText): string[] {
  const text = read(file);
  if (text === undefined) return [`${place} names ${file}, which does not exist`];
  return hasTest(text, name) ? [] : [`${place} names "${name}", which is no test of ${file}`];
}
