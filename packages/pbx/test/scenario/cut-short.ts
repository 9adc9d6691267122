/** A story cannot go on as told: in bad weather what it waits for may come too late, or never. */
export class CutShort extends Error {}
