import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";

/** One person's line to the server, which can be cut. (A browser that is told to be offline keeps its sockets.) */
export class Cable {
  private readonly sockets = new Set<Socket>();
  private isCut = false;

  private constructor(
    readonly url: string,
    private readonly end: Server,
  ) {}

  static async lay(server: string): Promise<Cable> {
    const end = createServer().listen(0, "127.0.0.1");
    await once(end, "listening");
    const { port } = end.address() as AddressInfo;
    const cable = new Cable(`http://127.0.0.1:${port}`, end);
    end.on("connection", (socket) => cable.join(socket, new URL(server)));
    return cable;
  }

  cut(): void {
    this.isCut = true;
    this.sockets.forEach((socket) => socket.destroy());
  }

  mend(): void {
    this.isCut = false;
  }

  async remove(): Promise<void> {
    this.cut();
    this.end.close();
    await once(this.end, "close");
  }

  private join(near: Socket, { hostname, port }: URL): void {
    if (this.isCut) return void near.destroy();
    const far = connect(Number(port), hostname);
    for (const [socket, other] of [[near, far], [far, near]] as const) {
      this.sockets.add(socket);
      socket.setNoDelay(true);
      socket.pipe(other);
      socket.on("error", () => other.destroy());
      socket.on("close", () => {
        this.sockets.delete(socket);
        other.destroy();
      });
    }
  }
}
