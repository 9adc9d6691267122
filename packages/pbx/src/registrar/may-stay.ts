import type { Config } from "../config/config.ts";
import { liesIn } from "../domain/address.ts";
import type { Binding } from "../store/bindings.ts";
import { credentialCheck } from "./credential-check.ts";

/**
 * Whether a binding may stay under a configuration: its user is there, and for a phone its network and the credentials
 * with which it has registered.
 * @param before the configuration under which it registered
 */
export function mayStay({ user, source, credentialCheck: check }: Binding, now: Config, before: Config = now): boolean {
  const known = now.users.get(user);
  if (known === undefined) return false;
  if (source.transport === "ws" || source.transport === "wss") return true;
  const [device, old] = [known.device, before.users.get(user)?.device];
  if (device === undefined || !liesIn(now.devices.allow, source.address)) return false;
  if (check !== undefined && check !== credentialCheck(device)) return false;
  return device.username === old?.username && device.password === old.password;
}
