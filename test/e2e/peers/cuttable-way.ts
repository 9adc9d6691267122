import { createSocket, type Socket } from "node:dgram";
import { once } from "node:events";
import type { Page } from "playwright-core";

type Address = { readonly address: string; readonly port: number };

/** A way for datagrams that can be cut in the middle: whoever sends to its address reaches one other. */
class Way {
  readonly #socket: Socket;
  isCut = false;
  #near: Address | undefined;

  private constructor(socket: Socket, far: Address) {
    this.#socket = socket;
    socket.on("message", (bytes, from) => {
      const isBack = from.address === far.address && from.port === far.port;
      if (!isBack) this.#near = from;
      const to = isBack ? this.#near : far;
      if (to !== undefined && !this.isCut) socket.send(bytes, to.port, to.address);
    });
  }

  static async to(far: Address): Promise<Way> {
    const socket = createSocket("udp4").bind(0, far.address);
    await once(socket, "listening");
    return new Way(socket, far);
  }

  get port(): number {
    return this.#socket.address().port;
  }

  close(): void {
    this.#socket.close();
  }
}

/** Runs inside the page, before any connection: the server's candidates are reached by ways. The page's are of no use to it. */
function installWays(): void {
  const { prototype } = RTCPeerConnection;
  const real = prototype.setRemoteDescription;
  const candidate = /^(a=candidate:\S+ \S+ \S+ \S+ )(\S+) (\d+)( .*)$/gm;
  const rewritten = async (sdp: string): Promise<string> => {
    const found = [...sdp.matchAll(candidate)];
    const ports = await Promise.all(
      found.map(([, , address, port]) =>
        (globalThis as unknown as { wayTo(far: Address): Promise<number> }).wayTo({
          address: String(address),
          port: Number(port),
        }),
      ),
    );
    return sdp.replaceAll(candidate, (_, before, address, __, after) => `${before}${address} ${ports.shift()}${after}`);
  };
  const set = real as (this: RTCPeerConnection, description: RTCSessionDescriptionInit) => Promise<void>;
  prototype.setRemoteDescription = async function (this: RTCPeerConnection, description: RTCSessionDescriptionInit) {
    return set.call(this, { type: description.type, sdp: await rewritten(description.sdp ?? "") });
  };
}

/** The sound of a page's calls, as somebody has it in hand who can cut the line. */
export type CuttableWay = {
  /** Cuts every way that there is and will be, or mends them. */
  cut(isCut: boolean): void;
  /** Whatever way the page takes from now on is whole; those of before stay as they are. */
  openAnother(): void;
  close(): void;
};

/** From now on the page's connections go by ways that can be cut. */
export async function cuttableWay(page: Page): Promise<CuttableWay> {
  const ways: Way[] = [];
  let isCutNow = false;
  await page.exposeFunction("wayTo", async (far: Address) => {
    const way = await Way.to(far);
    way.isCut = isCutNow;
    ways.push(way);
    return way.port;
  });
  await page.evaluate(installWays);
  return {
    cut: (isCut) => {
      isCutNow = isCut;
      for (const way of ways) way.isCut = isCut;
    },
    openAnother: () => {
      isCutNow = false;
    },
    close: () => {
      for (const way of ways) way.close();
    },
  };
}
