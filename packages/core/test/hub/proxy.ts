import { once } from "node:events";
import { createServer, request as ask } from "node:http";
import type { IncomingMessage } from "node:http";
import { connect } from "node:net";
import type { AddressInfo, Socket } from "node:net";
import { pipeline } from "node:stream";

export interface ProxyOptions {
  /** The user and the password that it asks for, "user:password". Default: nobody is asked. */
  readonly credentials?: string;
  /** The status that every request gets. Default: they are let through. */
  readonly status?: number;
  /** Local ports that stand for hosts of tunnels: { "hub.test:443": 1234 }. */
  readonly hosts?: Readonly<Record<string, number>>;
}

/** A proxy of this machine that takes tunnels and requests in absolute form. */
export interface ProxyStandIn extends AsyncDisposable {
  readonly port: number;
  /** What it was asked for: "CONNECT hub.test:443", "GET http://127.0.0.1:80/x". */
  readonly asked: readonly string[];
}

export async function proxyStandIn(options: ProxyOptions = {}): Promise<ProxyStandIn> {
  const { credentials, status, hosts = {} } = options;
  const asked: string[] = [];
  const sockets = new Set<Socket>();
  const refusal = ({ headers }: IncomingMessage): number | undefined => {
    const wanted = credentials && `Basic ${Buffer.from(credentials).toString("base64")}`;
    if (wanted && headers["proxy-authorization"] !== wanted) return 407;
    return status;
  };
  const server = createServer((request, response) => {
    asked.push(`${request.method} ${request.url}`);
    const refused = refusal(request);
    if (refused !== undefined) return response.writeHead(refused).end("no");
    const { "proxy-authorization": _, ...headers } = request.headers;
    const passed = ask(request.url!, { method: request.method, headers }, (answer) => {
      response.writeHead(answer.statusCode!, answer.headers);
      pipeline(answer, response, () => {});
    });
    passed.on("error", () => response.destroy());
    request.pipe(passed);
  });
  server.on("connect", (request, client: Socket) => {
    asked.push(`CONNECT ${request.url}`);
    const refused = refusal(request);
    if (refused !== undefined) return client.end(`HTTP/1.1 ${refused} No\r\n\r\n`);
    const target = connect(hosts[request.url!] ?? 9, "127.0.0.1");
    sockets.add(client).add(target);
    client.write("HTTP/1.1 200 Connected\r\n\r\n");
    client.pipe(target).pipe(client);
    for (const each of [client, target]) each.on("error", () => {});
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    port: (server.address() as AddressInfo).port,
    asked,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}
