import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { comes, converse, until } from "./people.mjs";
import { Server } from "./server.mjs";

describe("@twilio/conversations", () => {
  let server, ada, grace;

  before(async () => {
    server = await Server.start();
    [ada, grace] = await Promise.all(["ada", "grace"].map((name) => converse(server, name)));
  });

  after(async () => {
    await Promise.all([ada.shutdown(), grace.shutdown()]);
    await server.end();
  });

  test("a conversation is created, found by its name, talked in, read, left and deleted", async () => {
    const tea = await ada.createConversation({ friendlyName: "Tea", uniqueName: "お茶" });
    await tea.join();
    await until("joined", () => tea.status === "joined");
    await assert.rejects(() => grace.getConversationBySid(tea.sid), "conversations are private");
    assert.equal((await ada.getConversationByUniqueName("お茶")).sid, tea.sid);

    const isIn = comes(grace, "conversationJoined", ({ sid }) => sid === tea.sid);
    await tea.add("grace");
    const hers = await isIn;
    await hers.getMessages();

    const heard = comes(hers, "messageAdded");
    assert.equal(await tea.sendMessage("寄り合い 🎃"), 0);
    const { body, author, index } = await heard;
    assert.deepEqual([body, author, index], ["寄り合い 🎃", "ada", 0]);
    assert.equal(await tea.prepareMessage().setBody("Built").build().send(), 1);
    const { items } = await hers.getMessages();
    assert.deepEqual(items.map((message) => message.body), ["寄り合い 🎃", "Built"]);

    assert.equal(await hers.getUnreadMessagesCount(), null);
    assert.equal(await hers.updateLastReadMessageIndex(0), 1);
    assert.equal(await hers.setAllMessagesRead(), 0);

    assert.equal(ada.reachabilityEnabled, true);
    const her = await ada.getUser("grace");
    await until("she is online", () => her.isOnline === true);

    const typing = comes(tea, "typingStarted");
    await hers.typing();
    assert.equal((await typing).identity, "grace");

    const left = comes(tea, "participantLeft");
    await hers.leave();
    assert.equal((await left).identity, "grace");

    const removed = comes(ada, "conversationRemoved", ({ sid }) => sid === tea.sid);
    await tea.delete();
    await removed;
  });
});
