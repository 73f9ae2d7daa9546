// In a process of its own: a client that is denied also rejects promises that only it can see.
// Ends when it is denied, and prints the reason that it was told.
import { createRequire } from "node:module";
import { at, comes, until } from "./people.mjs";

process.on("unhandledRejection", () => {});

const [version, port, token, renewal] = process.argv.slice(2);
const { Client } = createRequire(import.meta.url)(version);
const client = new Client(token, at(port));
const reasons = [];
client.on("connectionError", ({ terminal, httpStatusCode, errorCode }) => terminal && reasons.push({ httpStatusCode, errorCode }));
if (renewal) {
  await comes(client, "connectionStateChanged", (state) => state === "connected");
  client.updateToken(renewal).catch(() => {});
}
await until("denied", () => client.connectionState === "denied");
// The older version tells the reason seldom.
if (version !== "twilio-chat-5") await until("told", () => reasons.length > 0);
console.log(JSON.stringify(version === "twilio-chat-5" ? null : reasons[0]));
process.exit(0);
