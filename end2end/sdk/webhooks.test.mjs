// A site's backend is asked before the SDK's users do something: what it refuses, they are told by code.
import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import { after, before, describe, test } from "node:test";
import { People, comes, joined, versions } from "./people.mjs";
import { Server } from "./server.mjs";

for (const version of versions) {
  describe(version, () => {
    let server, people, ada, backend;
    let answer = { status: 200, body: "" };

    before(async () => {
      backend = createServer((request, response) => {
        request.resume().on("end", () => response.writeHead(answer.status).end(answer.body));
      }).listen(0, "127.0.0.1");
      await once(backend, "listening");
      server = await Server.start();
      people = new People(server, version);
      ada = await people.come("ada");
      const url = `http://127.0.0.1:${backend.address().port}/hooks`;
      await server.change({ PreWebhookUrl: url, WebhookFilters: "onMessageSend" });
    });

    after(async () => {
      await people.leave();
      await server.end();
      backend.closeAllConnections();
      backend.close();
    });

    test("a message is refused, changed or sent as the backend says", async () => {
      const mine = await joined(ada, await ada.createChannel({ friendlyName: "Tea" }));
      answer = { status: 403, body: "" };
      await assert.rejects(() => mine.sendMessage("Refused"), (error) => error.body.code === 50056 && error.body.status === 403);
      answer = { status: 200, body: "{nonsense" };
      await assert.rejects(() => mine.sendMessage("Failed"), (error) => error.body.code === 50057);
      answer = { status: 200, body: JSON.stringify({ body: "Changed" }) };
      const changed = comes(mine, "messageAdded");
      assert.equal(await mine.sendMessage("Asked for"), 0);
      assert.equal((await changed).body, "Changed");
      answer = { status: 200, body: "" };
      assert.equal(await mine.sendMessage("As it is"), 1);
      const { items } = await mine.getMessages(10);
      assert.deepEqual(items.map(({ body }) => body), ["Changed", "As it is"]);
    });
  });
}
