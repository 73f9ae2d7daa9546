import { once } from "node:events";
import { connect, createServer } from "node:net";

/** One person's line to the server, which can be cut. */
export class Cable {
  static async lay(port) {
    const cable = new Cable();
    cable.sockets = new Set();
    cable.isCut = false;
    cable.end = createServer((near) => cable.join(near, port)).listen(0, "127.0.0.1");
    await once(cable.end, "listening");
    cable.port = cable.end.address().port;
    return cable;
  }

  cut() {
    this.isCut = true;
    this.sockets.forEach((socket) => socket.destroy());
  }

  mend() {
    this.isCut = false;
  }

  remove() {
    this.cut();
    this.end.close();
  }

  join(near, port) {
    near.on("error", () => {});
    if (this.isCut) return void near.destroy();
    const far = connect(port, "127.0.0.1").on("error", () => {});
    for (const [socket, other] of [[near, far], [far, near]]) {
      this.sockets.add(socket);
      socket.on("close", () => {
        this.sockets.delete(socket);
        other.destroy();
      });
    }
    near.pipe(far).pipe(near);
  }
}
