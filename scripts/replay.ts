const files: ReadonlyMap<string, string> = new Map([
  ["sip", "sip-stack/test/scenario/replay.ts"],
  ["odd", "pbx/test/scenario/other-traffic/replay.ts"],
]);
const [first = "", ...others] = process.argv.slice(2);
const named = files.get(first);

/**
 * `node scripts/replay.ts [sip|odd] SEED`: plays one seed of the PBX's scenarios, of the SIP stack's (`sip`), or of the calls
 * with odd but legal messages (`odd`), and draws it.
 */
process.argv.splice(2, process.argv.length, ...(named === undefined ? [first] : others));
await import(`../packages/${named ?? "pbx/test/scenario/replay.ts"}`);
