// How long until somebody is in General and has its latest messages: with the official browser SDK,
// and with our own socket. `node end2end/sdk/connecting.mjs`, on the server that is built already.
import { createRequire } from "node:module";
import { at, versions } from "./people.mjs";
import { Server } from "./server.mjs";

const require = createRequire(import.meta.url);
const WebSocket = require("ws");

const ROUNDS = 50;
const MESSAGES = 50;

const server = await Server.start();
try {
  await fill();
  for (const version of versions) {
    const { Client } = require(version);
    await measure(version, (token) => useSdk(Client, token));
  }
  await measure("our own socket", useSocket);
} finally {
  await server.end();
}
process.exit();

async function fill() {
  const { Client } = require(versions[0]);
  const client = await Client.create(server.token("author"), at(server.port));
  const general = await client.getChannelByUniqueName("general");
  await general.join();
  for (let number = 0; number < MESSAGES; number += 1) await general.sendMessage(`Message ${number}`);
  await client.shutdown();
}

async function measure(what, use) {
  const times = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const token = server.token(`reader of ${what} ${round}`);
    const begun = performance.now();
    const shutdown = await use(token);
    times.push(performance.now() - begun);
    await shutdown();
  }
  times.sort((a, b) => a - b);
  const at = (share) => times[Math.floor(share * (times.length - 1))].toFixed(1);
  console.log(`${what}: in General with its latest page, p50 ${at(0.5)} ms, p90 ${at(0.9)} ms`);
}

async function useSdk(Client, token) {
  const client = await Client.create(token, at(server.port));
  const general = await client.getChannelByUniqueName("general");
  await general.join();
  const page = await general.getMessages(MESSAGES);
  if (page.items.length !== MESSAGES) throw new Error(`${page.items.length} messages`);
  return () => client.shutdown();
}

async function useSocket(token) {
  const socket = new WebSocket(`ws://127.0.0.1:${server.port}/ws`, "yoriai.v1", {
    headers: { Origin: `http://127.0.0.1:${server.port}` },
  });
  const heard = [];
  let wake = () => {};
  socket.on("message", (text) => {
    heard.push(JSON.parse(text));
    wake();
  });
  await new Promise((resolve, reject) => socket.on("open", resolve).on("error", reject));
  const say = (frame) => socket.send(JSON.stringify(frame));
  const hear = async (isIt) => {
    for (;;) {
      const frame = heard.find(isIt);
      if (frame) return frame;
      await new Promise((resolve) => (wake = resolve));
    }
  };
  say({ hello: { token } });
  const { welcome } = await hear((frame) => frame.welcome);
  const channel = welcome.general;
  say({ request: { ref: 1, command: { join_channel: { channel, nonce: crypto.randomUUID() } } } });
  await hear((frame) => frame.reply?.ref === 1);
  say({ request: { ref: 2, command: { open_channel: { channel } } } });
  const { reply } = await hear((frame) => frame.reply?.ref === 2);
  if (reply.ok?.opened.messages.length !== MESSAGES) throw new Error(JSON.stringify(reply));
  return async () => socket.close();
}
