import { createHash } from "node:crypto";
import type { User } from "../domain/user.ts";

type Credentials = NonNullable<User["device"]>;

/**
 * An 8-bit checksum of a device's credentials, stored with its binding. After a restart it shows that they have changed, in
 * 255 of 256 cases. A longer one would let a reader of the database guess passwords offline.
 */
export const credentialCheck = ({ username, password }: Credentials): number =>
  createHash("sha256").update(`${username}\n${password}`).digest().readUInt8(0);
