import { readFileSync } from "node:fs";
import { z } from "zod";

const longestSecret = 4096;

/** Text that may stand in the file, or be named: `{ env: NAME }` or `{ file: PATH }`. What it says is never shown. */
export const secret = z
  .union([z.string(), z.strictObject({ env: z.string().min(1) }), z.strictObject({ file: z.string().min(1) })], {
    error: "must be text, { env: NAME } or { file: PATH }",
  })
  .transform((given, context): string => {
    const found =
      typeof given === "string" ? { text: given } : "env" in given ? ofVariable(given.env) : ofFile(given.file);
    const why = "why" in found ? found.why : faultOf(found.text);
    if (why === undefined && "text" in found) return found.text;
    context.addIssue({ code: "custom", message: why ?? "is empty" });
    return z.NEVER;
  });

type Found = { readonly text: string } | { readonly why: string };

const faultOf = (text: string): string | undefined =>
  text === "" ? "is empty" : text.length > longestSecret ? `is longer than ${longestSecret} characters` : undefined;

function ofVariable(name: string): Found {
  const text = process.env[name];
  return text === undefined ? { why: `the environment has no variable ${name}` } : { text };
}

/** The line end that editors add is not part of a secret. */
function ofFile(path: string): Found {
  try {
    return { text: readFileSync(path, "utf8").replace(/\r?\n$/, "") };
  } catch (error) {
    return { why: `the file ${path} cannot be read (${(error as NodeJS.ErrnoException).code ?? "unknown"})` };
  }
}
