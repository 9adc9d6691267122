const [first = "", ...others] = process.argv.slice(2);
const isSip = first === "sip";

/** `node scripts/replay.ts [sip] SEED`: plays one seed of the PBX's scenarios, or of the SIP stack's, and draws it. */
process.argv.splice(2, process.argv.length, ...(isSip ? others : [first]));
await import(`../packages/${isSip ? "sip-stack" : "pbx"}/test/scenario/replay.ts`);
