import { createRequire } from "node:module";

const require = createRequire(import.meta.url);

/** The versions that the door is for, unmodified. */
export const versions = ["twilio-chat-5", "twilio-chat-6"];

const PATIENCE_MS = 30_000;

/** People at one server, each with a client of one version of the SDK. */
export class People {
  constructor(server, version) {
    this.server = server;
    this.Client = require(version).Client;
    this.clients = [];
  }

  async come(identity, { port = this.server.port, token = this.server.token(identity) } = {}) {
    const client = await this.Client.create(token, at(port));
    this.clients.push(client);
    return client;
  }

  async leave() {
    await Promise.all(this.clients.map((client) => Promise.race([client.shutdown(), soon("left").catch(() => {})])));
  }
}

/** Somebody with a client of the SDK's successor. */
export async function converse(server, identity) {
  const { Client } = require("@twilio/conversations");
  const client = new Client(server.token(identity), at(server.port));
  await comes(client, "initialized");
  return client;
}

/** The one option that names our socket. */
export function at(port) {
  return { Twilsock: { uri: `ws://127.0.0.1:${port}/v3/wsconnect` }, logLevel: "silent" };
}

/** Waits for an event that must come; only a test that has gone wrong waits to the end. */
export function comes(emitter, event, isIt = () => true) {
  const come = new Promise((resolve) => {
    const listener = (what) => {
      if (!isIt(what)) return;
      emitter.removeListener(event, listener);
      resolve(what);
    };
    emitter.on(event, listener);
  });
  return Promise.race([come, soon(event)]);
}

/** Waits until something that events bring about is so. */
export async function until(what, isSo) {
  const end = Date.now() + PATIENCE_MS;
  while (!(await isSo())) {
    if (end < Date.now()) throw new Error(`It did not come about: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

/** A channel that a client is in, and hears. */
export async function joined(client, channel) {
  const mine = await client.getChannelBySid(channel.sid);
  await mine.join().catch((error) => {
    if (error.body?.code !== 50404) throw error;
  });
  await until("joined", () => mine.status === "joined");
  await mine.getMembers();
  await settled(client);
  return mine;
}

/** Waits until everything that a client follows has been established. */
export async function settled(client) {
  const { subscriptions } = client.services.syncClient.services;
  await until("settled", () => [...subscriptions.subscriptions.keys()].every((sid) => subscriptions.persisted.get(sid)?.established));
}

function soon(what) {
  return new Promise((_, reject) => setTimeout(() => reject(new Error(`It did not come: ${what}`)), PATIENCE_MS).unref());
}
