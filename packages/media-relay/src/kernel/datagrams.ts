/** An IP address in text and a port. */
export type Address = { readonly address: string; readonly port: number };

/** A bound datagram socket. */
export interface DatagramSocket {
  readonly local: Address;
  /** Sends without waiting. Never throws: what the kernel does not take is lost on the way. The bytes may be reused afterwards. */
  send(bytes: Uint8Array, to: Address): void;
  /** Closes at once; may be called twice. Nothing arrives afterwards. */
  close(): void;
}

/** What a socket reports. `bytes` belong to the receiver, who may edit them. */
export interface DatagramSink {
  onDatagram(bytes: Uint8Array, from: Address): void;
  /** Something is wrong with the socket itself. */
  onError(cause: Error): void;
}

/** The network as a parameter: `node:dgram`, or a memory network in tests. */
export interface DatagramNetwork {
  /** Binds; port 0 takes any free one. Rejects when the port is taken or the address is not ours. */
  bind(address: Address, sink: DatagramSink): Promise<DatagramSocket>;
}
