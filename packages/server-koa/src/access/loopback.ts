import { BlockList, isIP } from "node:net";
import type Koa from "koa";

const loopback = new BlockList();
loopback.addSubnet("127.0.0.0", 8);
loopback.addAddress("::1", "ipv6");

/** Whether an address reaches its own machine alone. An IPv4 address may be written as an IPv6 one. */
export function isLoopback(address: string): boolean {
  const version = isIP(address);
  return version !== 0 && loopback.check(address, version === 6 ? "ipv6" : "ipv4");
}

/** The address that a request came to; "" for one that came through a pipe or whose connection is lost. */
export function localAddress({ req }: Koa.Context): string {
  return req.socket.localAddress ?? "";
}
