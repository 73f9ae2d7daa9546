import { once } from "node:events";
import { type ClientRequest, createServer, type IncomingMessage, request, type Server } from "node:http";
import type { AddressInfo, Socket } from "node:net";

/** One person's line to the server. It can be cut: a browser that is merely told to be offline keeps its sockets. */
export class Cable {
  private readonly sockets = new Set<Socket>();
  private isCut = false;
  private hasWebSockets = true;

  private constructor(
    readonly url: string,
    private readonly server: string,
    private readonly end: Server,
  ) {}

  static async lay(server: string): Promise<Cable> {
    const end = createServer().listen(0, "127.0.0.1");
    await once(end, "listening");
    const { port } = end.address() as AddressInfo;
    const cable = new Cable(`http://127.0.0.1:${port}`, server, end);
    end.on("connection", (socket) => cable.guard(socket));
    end.on("request", (incoming, outgoing) => {
      const passedOn = cable.passOn(incoming).on("error", () => outgoing.destroy());
      passedOn.on("response", (answer) => {
        outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(outgoing);
      });
      incoming.pipe(passedOn);
    });
    end.on("upgrade", (incoming: IncomingMessage, socket: Socket) => cable.upgrade(incoming, socket));
    return cable;
  }

  cut(): void {
    this.isCut = true;
    this.sockets.forEach((socket) => socket.destroy());
  }

  mend(): void {
    this.isCut = false;
  }

  /** From now on it passes everything but WebSockets, as some companies' proxies do. */
  forbidWebSockets(): void {
    this.hasWebSockets = false;
  }

  async remove(): Promise<void> {
    this.cut();
    this.end.close();
    await once(this.end, "close");
  }

  private guard(socket: Socket): void {
    if (this.isCut) return void socket.destroy();
    this.sockets.add(socket);
    socket.on("error", () => {});
    socket.on("close", () => this.sockets.delete(socket));
  }

  private upgrade(incoming: IncomingMessage, near: Socket): void {
    if (!this.hasWebSockets) return void near.end("HTTP/1.1 403 Forbidden\r\n\r\n");
    const passedOn = this.passOn(incoming).on("error", () => near.destroy());
    passedOn.on("response", () => near.destroy());
    passedOn.on("upgrade", (answer, far, first) => {
      const headers = Object.entries(answer.headers).map(([name, value]) => `${name}: ${value}`);
      near.write(["HTTP/1.1 101 Switching Protocols", ...headers, "", ""].join("\r\n"));
      near.write(first);
      near.pipe(far).pipe(near);
      near.on("close", () => far.destroy());
      far.on("error", () => near.destroy());
      far.on("close", () => near.destroy());
    });
    passedOn.end();
  }

  /** As if it had come to the server's own address. */
  private passOn({ method, headers, url = "/" }: IncomingMessage): ClientRequest {
    const { host } = new URL(this.server);
    const own = headers.origin === undefined ? { ...headers, host } : { ...headers, host, origin: this.server };
    return request(new URL(url, this.server), { method, headers: own });
  }
}
