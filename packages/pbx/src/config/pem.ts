import { readFileSync } from "node:fs";
import { z } from "zod";
import { messageOf } from "../kernel/errors.ts";

/** The path of a PEM file: a certificate chain or a key. What it holds is never shown. */
export const pem = z.string({ error: "must be the path of a PEM file" }).transform((path, context): string => {
  try {
    const text = readFileSync(path, "utf8");
    if (text.includes("-----BEGIN ")) return text;
    context.addIssue({ code: "custom", message: `"${path}" is not a PEM file: nothing in it begins with -----BEGIN` });
  } catch (error) {
    context.addIssue({ code: "custom", message: `"${path}" cannot be read: ${messageOf(error)}` });
  }
  return z.NEVER;
});
