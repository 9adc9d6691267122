import {
  type Flow,
  type IncomingRequest,
  type RegisterRequest,
  type ResponseOptions,
  readRegister,
  type Target,
} from "@trunkline/sip-stack";
import type { UserName } from "../domain/names.ts";
import type { User } from "../domain/user.ts";
import { namesOf, userPart } from "../identity/own-names.ts";
import type { WallClock } from "../kernel/time.ts";
import type { Binding, Bindings } from "../store/bindings.ts";

const limits = { bindingsPerUser: 10, expiresS: 600, minS: 30, maxS: 3600 };

export type RegistrarOptions = { readonly bindings: Bindings; readonly node: string; readonly wallClock: WallClock };

/** Where one user can be rung through this process: a binding and the open flow that it names, over UDP its source. */
export type Reachable = { readonly binding: Binding; readonly destination: Flow | Target };

/**
 * Takes registrations of browsers and devices (RFC 3261 section 10): each binding lives on the flow over which it came.
 * A phone is called back there, never where its Contact says (RFC 5626).
 */
export class Registrar {
  readonly #options: RegistrarOptions;
  readonly #flows = new Map<string, Flow>();

  constructor(options: RegistrarOptions) {
    this.#options = options;
  }

  /**
   * Answers a REGISTER that came over the user's own flow, or that her device has proved to be hers.
   * @returns the contacts that it has registered
   */
  async register(incoming: IncomingRequest, user: User): Promise<readonly string[]> {
    const read = readRegister(incoming.request, limits);
    const refuse = (status: number, options: ResponseOptions): readonly string[] => {
      incoming.respond(status, options);
      return [];
    };
    if (!read.ok) return refuse(400, { headers: [["Warning", `399 trunkline "${read.why.replaceAll('"', "'")}"`]] });
    if (!namesOf(user).includes(userPart(read.value.aor) ?? "")) return refuse(403, { reason: "Not your address" });
    const refusal = await this.#update(read.value, user.name, incoming.flow);
    if (refusal !== undefined) return refuse(refusal.status, { reason: refusal.reason });
    incoming.respond(200, { headers: await this.#contactHeaders(user.name) });
    const { contacts } = read.value;
    return contacts === "all-removed" ? [] : contacts.filter(({ expiresS }) => expiresS > 0).map(({ uri }) => uri);
  }

  /** The user's contacts whose flows are open, oldest first. */
  async reachable(user: UserName): Promise<readonly Reachable[]> {
    const found = await this.#options.bindings.of(user, this.#options.wallClock());
    return found
      .filter(({ node }) => node === this.#options.node)
      .flatMap((binding): readonly Reachable[] => {
        if (binding.source.transport === "udp") return [{ binding, destination: binding.source }];
        const flow = this.#flows.get(binding.flow);
        return flow?.open === true ? [{ binding, destination: flow }] : [];
      });
  }

  all(): Promise<readonly Binding[]> {
    return this.#options.bindings.all(this.#options.wallClock());
  }

  /** Forgets everybody who is no user any more. */
  async keepOnly(users: ReadonlyMap<UserName, User>): Promise<void> {
    const gone = (await this.all()).filter(({ user }) => !users.has(user));
    for (const { user, contact } of gone) await this.#options.bindings.remove(user, contact);
  }

  /** A closed flow rings nobody any more. */
  async flowClosed(flow: Flow): Promise<void> {
    this.#flows.delete(flow.id);
    await this.#options.bindings.removeFlow(this.#options.node, flow.id);
  }

  async #update(
    register: RegisterRequest,
    user: UserName,
    flow: Flow,
  ): Promise<{ status: number; reason: string } | undefined> {
    const { bindings, wallClock } = this.#options;
    const present = await bindings.of(user, wallClock());
    const contacts =
      register.contacts === "all-removed"
        ? present.map(({ contact }) => ({ uri: contact, expiresS: 0 }))
        : register.contacts;
    const stale = contacts.some(({ uri }) => present.some((old) => isNewer(old, uri, register)));
    if (stale) return { status: 500, reason: "An older request" };
    const added = contacts.filter(
      ({ uri, expiresS }) => expiresS > 0 && !present.some(({ contact }) => contact === uri),
    );
    const outdated = present.filter((old) => contacts.some((contact) => isItsNewPlace(old, contact)));
    if (present.length + added.length - outdated.length > limits.bindingsPerUser)
      return { status: 503, reason: "Too many devices" };
    for (const { contact } of outdated) await bindings.remove(user, contact);
    for (const contact of contacts) await this.#set(contact, register, user, flow);
    return undefined;
  }

  async #set(
    contact: { uri: string; expiresS: number; instance?: string },
    register: RegisterRequest,
    user: UserName,
    flow: Flow,
  ): Promise<void> {
    const { bindings, node, wallClock } = this.#options;
    if (contact.expiresS === 0) return bindings.remove(user, contact.uri);
    // A datagram has no connection that could close: such a binding ends by its time alone.
    if (flow.transport !== "udp") this.#flows.set(flow.id, flow);
    await bindings.put({
      user,
      node,
      flow: flow.id,
      source: { transport: flow.transport, address: flow.remote.address, port: flow.remote.port },
      contact: contact.uri,
      ...(contact.instance !== undefined && { instance: contact.instance }),
      callId: register.callId,
      cseq: register.cseq,
      expiresAtMs: wallClock() + contact.expiresS * 1000,
    });
  }

  async #contactHeaders(user: UserName): Promise<readonly (readonly [string, string])[]> {
    const nowMs = this.#options.wallClock();
    const present = await this.#options.bindings.of(user, nowMs);
    return present.map(({ contact, expiresAtMs }) => [
      "Contact",
      `<${contact}>;expires=${Math.ceil((expiresAtMs - nowMs) / 1000)}`,
    ]);
  }
}

/** RFC 3261 section 10.3, step 7: within one Call-ID a lower CSeq comes too late. */
const isNewer = (old: Binding, uri: string, { callId, cseq }: RegisterRequest): boolean =>
  old.contact === uri && old.callId === callId && old.cseq >= cseq;

/** A device that has restarted registers from another place: its old one rings in vain, RFC 5626 section 6. */
const isItsNewPlace = ({ contact, instance }: Binding, now: { uri: string; instance?: string }): boolean =>
  instance !== undefined && instance === now.instance && contact !== now.uri;
