import { Grammar } from "sip.js/lib/grammar/grammar.js";
import { limits } from "./limits.ts";

/** The values that the grammar can judge. */
export type GrammarRule = "Via";

/**
 * Whether a value follows the full grammar of RFC 3261 section 25. Costs some 60 microseconds at least, so callers ask
 * only about values that their quick lane does not know. Values beyond `limits.grammarChars` are refused.
 */
export function follows(rule: GrammarRule, text: string): boolean {
  if (text.length > limits.grammarChars) return false;
  const found: unknown = Grammar.parse(plain(text), rule);
  return found !== -1 && found !== undefined;
}

// Only the shape counts here. The grammar decodes escapes as UTF-8 and fails on others; of IPv6 addresses it refuses some
// good ones, so it gets one of its own: whether a host is one `isHost` says.
function plain(text: string): string {
  return text.replace(/%[0-9A-Fa-f]{2}/g, "%41").replace(/\[[0-9A-Fa-f:.]+\]/g, "[::1]");
}
