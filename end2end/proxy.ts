import { once } from "node:events";
import { createServer, request } from "node:http";

export type Proxy = { url: string; close: () => Promise<void> };

/** Stands before a server and passes on everything but WebSockets, as some companies' proxies do. */
export async function forbidWebSockets(server: string): Promise<Proxy> {
  const proxy = createServer((incoming, outgoing) => {
    const { method, headers } = incoming;
    const passedOn = request(new URL(incoming.url ?? "/", server), { method, headers }, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(outgoing);
    });
    passedOn.on("error", () => outgoing.destroy());
    incoming.pipe(passedOn);
  });
  proxy.on("upgrade", (_, socket) => socket.end("HTTP/1.1 403 Forbidden\r\n\r\n"));
  proxy.listen(0, "127.0.0.1");
  await once(proxy, "listening");

  const address = proxy.address();
  if (address === null || typeof address === "string") throw new Error("A port has a number");
  return {
    url: `http://127.0.0.1:${address.port}`,
    close: async () => {
      proxy.closeAllConnections();
      proxy.close();
      await once(proxy, "close");
    },
  };
}
