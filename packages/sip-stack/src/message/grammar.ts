import { Grammar } from "sip.js/lib/grammar/grammar.js";
import { limits } from "./limits.ts";

/** The values that the grammar can judge. */
export type GrammarRule = "SIP_URI" | "Name_Addr_Header" | "Via";

/**
 * Whether a value follows the full grammar of RFC 3261 section 25. Costs some 60 microseconds at least, so callers ask
 * only about values that their quick lane does not know. Values beyond `limits.grammarChars` are refused.
 */
export function follows(rule: GrammarRule, text: string): boolean {
  if (text.length > limits.grammarChars) return false;
  const found: unknown = Grammar.parse(plainEscapes(text), rule);
  return found !== -1 && found !== undefined;
}

// The grammar decodes escapes as UTF-8 and fails on others; only their shape counts here.
function plainEscapes(text: string): string {
  return text.replace(/%[0-9A-Fa-f]{2}/g, "%41");
}
