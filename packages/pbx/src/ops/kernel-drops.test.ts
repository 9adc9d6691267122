import { systemDatagrams } from "@trunkline/sip-stack";
import { expect, test } from "vitest";
import { dropsIn, kernelDrops } from "./kernel-drops.ts";

const udp = `   sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode ref pointer drops
  311: 0100007F:13C4 00000000:0000 07 00000000:00000000 00:00000000 00000000  1000        0 71034 2 0000000000000000 0
  312: 00000000:13C4 00000000:0000 07 00000000:00034280 00:00000000 00000000  1000        0 71035 2 0000000000000000 682
`;
const udp6 = `  sl  local_address                         remote_address                        st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode ref pointer drops
 9: B80D0120000000000000000001000000:13C4 00000000000000000000000000000000:0000 07 00000000:00000000 00:00000000 00000000  0 0 1 2 0000000000000000 5
`;

test.each([
  [udp, "0.0.0.0", 682],
  [udp, "127.0.0.1", 0],
  [udp, "127.0.0.2", undefined],
  [udp6, "2001:db8::1", 5],
  ["", "0.0.0.0", undefined],
])("the kernel's table says how many datagrams a socket lost (%#)", (table, address, drops) => {
  expect(dropsIn(table, { address, port: 5060 })).toBe(drops);
});

test.runIf(process.platform === "linux")("a socket that lost nothing is found in the kernel's own table", async () => {
  const address = { address: `${process.env.TRUNKLINE_TEST_NETWORK}.1`, port: 0 };
  const socket = await systemDatagrams.bind(address, { onDatagram: () => {}, onError: () => {} });
  expect(await kernelDrops(socket.local)).toBe(0);
  socket.close();
});
