export { type TestCertificate, testCertificate } from "./certificate.ts";
export { type DnsServer, type DnsZone, dnsServer } from "./dns-server.ts";
export { FakeClock } from "./fake-clock.ts";
export {
  type Cut,
  type MemoryNetwork,
  type MemoryNetworkOptions,
  memoryNetwork,
  type ObservedDatagram,
} from "./memory-network.ts";
export { memoryWebSocketPair } from "./memory-websocket.ts";
export { request } from "./request.ts";
export { type SeededRandom, seededRandom } from "./seeded-random.ts";
