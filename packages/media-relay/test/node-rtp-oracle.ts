// Run in a process of its own, because the library adds to Number's prototype: prints the packet it makes of one set of fields.
// @ts-expect-error: the library has no types
import loaded from "node-rtp/lib/RtpPacket.js";

const packet = new loaded.RtpPacket(Buffer.from([1, 2, 3, 4]));
Object.assign(packet, { type: 101, seq: 0xabcd, time: 0x7123_4567, source: 0x1234_5678 });
process.stdout.write(packet.packet.toString("hex"));
