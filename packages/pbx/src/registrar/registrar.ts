import {
  type Flow,
  type IncomingRequest,
  type RegisterContact,
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
import { bounded } from "./bounded.ts";
import { credentialCheck } from "./credential-check.ts";

const limits = { bindingsPerUser: 10, expiresS: 600, minS: 30, maxS: 3600 };

export type RegistrarOptions = { readonly bindings: Bindings; readonly node: string; readonly wallClock: WallClock };

/** Where one user can be rung through this process: a binding and the open flow that it names, over UDP its source. */
export type Reachable = { readonly binding: Binding; readonly destination: Flow | Target };

/** What a REGISTER has led to: the contacts that it has registered, and the flows that their phones have left by it. */
export type Registered = { readonly contacts: readonly string[]; readonly leftFlows: readonly string[] };

type Refusal = { readonly status: number; readonly reason: string };
const nothing: Registered = { contacts: [], leftFlows: [] };

/**
 * Takes registrations of browsers and devices (RFC 3261 section 10): each binding lives on the flow over which it came.
 * A phone is called back there, never where its Contact says (RFC 5626).
 */
export class Registrar {
  readonly #options: RegistrarOptions;
  readonly #flows = new Map<string, Flow>();
  /** The registration of each user that is being taken. */
  readonly #turns = new Map<UserName, Promise<void>>();

  constructor(options: RegistrarOptions) {
    this.#options = options;
  }

  /**
   * Answers a REGISTER that came over the user's own flow, or that their device has proved to be theirs. Those of one user
   * are taken one after the other: each sees what the one before has stored.
   */
  register(incoming: IncomingRequest, user: User): Promise<Registered> {
    return this.#inTurn(user.name, () => this.#register(incoming, user));
  }

  async #register(incoming: IncomingRequest, user: User): Promise<Registered> {
    const whole = readRegister(incoming.request, limits);
    const read = whole.ok ? bounded(whole.value) : whole;
    const refuse = (status: number, options: ResponseOptions): Registered => {
      incoming.respond(status, options);
      return nothing;
    };
    if (!read.ok) return refuse(400, { headers: [["Warning", `399 trunkline "${read.why.replaceAll('"', "'")}"`]] });
    if (!namesOf(user).includes(userPart(read.value.aor) ?? "")) return refuse(403, { reason: "Not your address" });
    const update = await this.#update(read.value, user, incoming.flow);
    if ("status" in update) return refuse(update.status, { reason: update.reason });
    incoming.respond(200, { headers: await this.#contactHeaders(user.name) });
    const { contacts } = read.value;
    const added = contacts === "all-removed" ? [] : contacts.filter(({ expiresS }) => expiresS > 0);
    return { contacts: added.map(({ uri }) => uri), leftFlows: update.leftFlows };
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

  /** Forgets the bindings that may not stay. @returns those that do */
  async keepOnly(mayStay: (binding: Binding) => boolean): Promise<readonly Binding[]> {
    const bindings = await this.all();
    for (const binding of bindings) if (!mayStay(binding)) await this.#options.bindings.remove(binding);
    return bindings.filter(mayStay);
  }

  /** A closed flow rings nobody any more. */
  async flowClosed(flow: Flow): Promise<void> {
    this.#flows.delete(flow.id);
    await this.#options.bindings.removeFlow(this.#options.node, flow.id);
  }

  #inTurn<T>(user: UserName, task: () => Promise<T>): Promise<T> {
    const turn = (this.#turns.get(user) ?? Promise.resolve()).then(task);
    const ended = turn.then(
      () => {},
      () => {},
    );
    this.#turns.set(user, ended);
    void ended.then(() => {
      if (this.#turns.get(user) === ended) this.#turns.delete(user);
    });
    return turn;
  }

  async #update(register: RegisterRequest, user: User, flow: Flow): Promise<Refusal | Pick<Registered, "leftFlows">> {
    const { bindings, wallClock } = this.#options;
    const present = await bindings.of(user.name, wallClock());
    if (register.contacts === "all-removed") {
      if (present.some((old) => isNewer(old, register))) return tooOld;
      for (const binding of present) await bindings.remove(binding);
      return { leftFlows: [] };
    }
    const phones = register.contacts.map((contact) => ({
      contact,
      old: present.filter((old) => isOfPhone(old, contact, register, flow)),
    }));
    if (phones.some(({ old }) => old.some((binding) => isNewer(binding, register)))) return tooOld;
    const removed = new Set(phones.flatMap(({ old }) => old));
    const added = phones.filter(({ contact }) => contact.expiresS > 0);
    if (added.length > 0 && present.length - removed.size + added.length > limits.bindingsPerUser) return tooMany;
    for (const binding of removed) await bindings.remove(binding);
    for (const { contact } of added) await this.#put(contact, register, user, flow);
    const left = added.flatMap(({ old }) => old).filter((binding) => binding.flow !== flow.id);
    return { leftFlows: left.map((binding) => binding.flow) };
  }

  async #put(contact: RegisterContact, register: RegisterRequest, { name, device }: User, flow: Flow): Promise<void> {
    const { bindings, node, wallClock } = this.#options;
    // Its socket has closed while the request waited for its turn.
    if (!flow.open) return;
    // A datagram has no connection that could close: such a binding ends by its time alone.
    if (flow.transport !== "udp") this.#flows.set(flow.id, flow);
    await bindings.put({
      user: name,
      node,
      flow: flow.id,
      source: { transport: flow.transport, address: flow.remote.address, port: flow.remote.port },
      contact: contact.uri,
      ...(contact.instance !== undefined && { instance: contact.instance }),
      ...(device !== undefined && !isBrowser(flow) && { credentialCheck: credentialCheck(device) }),
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

const tooOld: Refusal = { status: 500, reason: "An older request" };
const tooMany: Refusal = { status: 503, reason: "Too many devices" };

/** RFC 3261 section 10.3, step 7: within one Call-ID a lower CSeq comes too late. */
const isNewer = (old: Binding, { callId, cseq }: RegisterRequest): boolean => old.callId === callId && old.cseq >= cseq;

/**
 * Whether a binding is of the phone that registers now. Its instance says so (RFC 5626 section 6); without one a Contact
 * does, together with the Call-ID or the address that it comes from. A browser's Contact is like no other.
 */
function isOfPhone(old: Binding, now: RegisterContact, { callId }: RegisterRequest, flow: Flow): boolean {
  if (old.instance !== undefined && now.instance !== undefined) return old.instance === now.instance;
  if (old.contact !== now.uri) return false;
  return isBrowser(flow) || old.callId === callId || old.source.address === flow.remote.address;
}

const isBrowser = ({ transport }: Flow): boolean => transport === "ws" || transport === "wss";
