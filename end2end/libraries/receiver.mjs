// A backend that webhooks call: it keeps what they say, and answers as the test wishes.

import { once } from "node:events";
import { createServer } from "node:http";

export class Receiver {
  /** Starts one on a free port. */
  static async start() {
    const receiver = new Receiver();
    receiver.heard = [];
    receiver.waiting = [];
    receiver.answer = () => ({ status: 200, body: "" });
    receiver.server = createServer((request, response) => receiver.hear(request, response)).listen(0, "127.0.0.1");
    await once(receiver.server, "listening");
    receiver.url = `http://127.0.0.1:${receiver.server.address().port}/hooks?key=1`;
    return receiver;
  }

  async hear(request, response) {
    let text = "";
    for await (const piece of request) text += piece;
    const url = `http://${request.headers.host}${request.url}`;
    const parameters = Object.fromEntries(new URLSearchParams(text || new URL(url).search));
    const { status, body } = this.answer(parameters);
    response.writeHead(status).end(body);
    const form = Object.fromEntries(new URLSearchParams(text));
    const call = { method: request.method, url, form, parameters, signature: request.headers["x-twilio-signature"] };
    const next = this.waiting.shift();
    if (next) next(call);
    else this.heard.push(call);
  }

  /** The next call that came, or comes. */
  hears() {
    return this.heard.length > 0 ? this.heard.shift() : new Promise((resolve) => this.waiting.push(resolve));
  }

  end() {
    this.server.closeAllConnections();
    this.server.close();
  }
}
