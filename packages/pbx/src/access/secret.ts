import { createHash } from "node:crypto";
import type { RandomBytes } from "@trunkline/sip-stack";

/** 256 random bits as text for a link or a cookie. It goes out once; what is kept is its hash. */
export const newSecret = (random: RandomBytes): string => Buffer.from(random(32)).toString("base64url");

/** What is kept of a secret. One of so many random bits needs no salt and no slow hash: nobody can try them all. */
export const hashOf = (secret: string): string => createHash("sha256").update(secret).digest("hex");
