import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { createHmac } from "node:crypto";
import { after, before, describe, test } from "node:test";
import { promisify } from "node:util";
import { People, comes, joined, versions } from "./people.mjs";
import { Server } from "./server.mjs";

const run = promisify(execFile);

for (const version of versions) {
  describe(version, { concurrency: true }, () => {
    let server, people;

    before(async () => {
      server = await Server.start();
      people = new People(server, version);
    });

    after(async () => {
      await people.leave();
      await server.end();
    });

    test("a token that ends soon is told of and renewed over the same socket", async () => {
      const ada = await people.come("ada", { token: server.token("ada", 20) });
      const states = [];
      ada.on("connectionStateChanged", (state) => states.push(state));
      let expired = 0;
      ada.on("tokenExpired", () => (expired += 1));
      await comes(ada, "tokenAboutToExpire");
      await ada.updateToken(server.token("ada"));
      await joined(ada, await ada.createChannel({ friendlyName: "Still here" }));
      assert.deepEqual([expired, states.filter((state) => state !== "connected")], [0, []]);
    });

    test("an expired token ends the connection, and a new one in its handler brings it back", async () => {
      const grace = await people.come("grace", { token: server.token("grace", 10) });
      const mine = await joined(grace, await grace.createChannel({ friendlyName: "Before" }));
      await comes(grace, "tokenExpired");
      const back = comes(grace, "connectionStateChanged", (state) => state === "connected");
      await grace.updateToken(server.token("grace"));
      await back;
      assert.equal(await mine.sendMessage("And after"), 0);
    });

    test("a token that is not good denies the connection, with the reason", async () => {
      const good = server.token("linus");
      const [header, claims] = good.split(".");
      const forged = `${header}.${claims}.${createHmac("sha256", "guessed").update(`${header}.${claims}`).digest("base64url")}`;
      const unknown = changed(good, { iss: "SK00000000000000000000000000000000" });
      for (const [token, errorCode] of [[forged, 20107], ["no.token.atall", 20101], [unknown, 20103]]) {
        const reason = version === "twilio-chat-5" ? null : { httpStatusCode: 401, errorCode };
        assert.deepEqual(await refused(token), reason);
      }
    });

    test("a token of somebody else does not renew", async () => {
      const reason = version === "twilio-chat-5" ? null : { httpStatusCode: 403, errorCode: 60011 };
      assert.deepEqual(await refused(server.token("eve"), server.token("mallory")), reason);
    });

    /** Why somebody is denied, as far as this version tells it. */
    async function refused(...tokens) {
      const script = new URL("refused.mjs", import.meta.url).pathname;
      const { stdout } = await run(process.execPath, [script, version, server.port, ...tokens]);
      return JSON.parse(stdout);
    }
  });
}

/** The same token with other claims, and so with a signature that does not match. */
function changed(token, claims) {
  const [header, payload, signature] = token.split(".");
  const read = JSON.parse(Buffer.from(payload, "base64url"));
  const written = Buffer.from(JSON.stringify({ ...read, ...claims })).toString("base64url");
  return [header, written, signature].join(".");
}
