/** Joins two RTP peers: `node join-two-rtp-ports.ts OUR-ADDRESS 192.0.2.1:4000 192.0.2.2:5000`. */
import { relayOnWorkers } from "@trunkline/media-relay";

const [bind = "127.0.0.1", ...peers] = process.argv.slice(2);
const plain = { bind, ports: [10_000, 10_999] } as const;
const browser = { hosts: [bind], ports: [20_000, 20_999] } as const;
const relay = await relayOnWorkers({ plain, browser });
const session = await relay.open({ onConnected: (leg) => console.log(`${leg} is heard`) });
const legs = [await session.plainLeg(), await session.plainLeg()] as const;
await session.join(legs[0].id, legs[1].id);
const types = { pcmu: 0, telephoneEvent: 101 };
for (const [index, leg] of legs.entries()) {
  const [address = "", port] = peers[index]?.split(":") ?? [];
  const ports = { rtpPort: Number(port), rtcpPort: Number(port) + 1 };
  await leg.connect({ address, ...ports, send: types, receive: types, direction: "sendrecv" });
  console.log(`${peers[index]} is to send to ${bind}:${leg.local.rtpPort}`);
}
process.once("SIGTERM", () => relay.close());
