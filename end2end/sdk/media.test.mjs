import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { People, comes, converse, joined, settled, until, versions } from "./people.mjs";
import { XMLHttpRequest } from "./request.mjs";
import { Server } from "./server.mjs";

// Before any version is loaded: each looks for it once.
globalThis.XMLHttpRequest = XMLHttpRequest;

/** A picture of one pixel. */
const PICTURE = Buffer.from("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==", "base64");

function form(name, content) {
  const form = new FormData();
  form.append("file", new Blob([content]), name);
  return form;
}

async function bytesAt(url) {
  const answer = await fetch(url);
  assert.equal(answer.status, 200);
  return { answer, bytes: Buffer.from(await answer.arrayBuffer()) };
}

for (const version of versions) {
  describe(`files with ${version}`, () => {
    let server, people, ada, grace;

    before(async () => {
      server = await Server.start();
      people = new People(server, version);
      [ada, grace] = await Promise.all(["ada", "grace"].map((name) => people.come(name)));
    });

    after(async () => {
      await people.leave();
      await server.end();
    });

    test("a file is sent as it is or in a form, heard, and fetched by who hears it", async () => {
      const made = await ada.createChannel({ friendlyName: "Studio" });
      const [mine, hers] = [await joined(ada, made), await joined(grace, made)];
      for (const [sent, filename, contentType] of [
        [{ contentType: "image/png", media: PICTURE }, null, "image/png"],
        [form("山 & 川.png", PICTURE), "山 & 川.png", "image/png"],
        [form("notes.txt", "Minutes"), "notes.txt", "text/plain"],
      ]) {
        const heard = comes(hers, "messageAdded");
        const index = await mine.sendMessage(sent, { from: "the studio" });
        const message = await heard;
        assert.deepEqual([message.index, message.type, message.body], [index, "media", null]);
        assert.deepEqual(message.attributes, { from: "the studio" });
        assert.deepEqual([message.media.filename, message.media.contentType], [filename, contentType]);

        const { answer, bytes } = await bytesAt(await message.media.getContentTemporaryUrl());
        assert.equal(message.media.size, bytes.length);
        assert.deepEqual(bytes, contentType === "image/png" ? PICTURE : Buffer.from("Minutes"));
        assert.match(answer.headers.get("content-security-policy"), /sandbox/);
      }
      const { items } = await hers.getMessages();
      assert.deepEqual(items.map((message) => message.type), ["media", "media", "media"]);
      assert.equal(items[1].media.filename, "山 & 川.png");
    });

    test("a file is for who is in its channel, and goes with its message", async () => {
      const made = await ada.createChannel({ friendlyName: "Closet", isPrivate: true });
      const mine = await joined(ada, made);
      const [added] = [comes(grace, "channelJoined", ({ sid }) => sid === mine.sid), await mine.add("grace")];
      const hers = await added;
      await settled(grace);
      const heard = comes(hers, "messageAdded");
      const index = await mine.sendMessage({ contentType: "image/png", media: PICTURE });
      const { media } = await heard;
      const url = await media.getContentTemporaryUrl();
      await bytesAt(url);

      const removed = comes(grace, "channelRemoved", ({ sid }) => sid === mine.sid);
      await mine.removeMember("grace");
      await removed;
      assert.equal((await fetch(url)).status, 404);
      await assert.rejects(() => media.getContentTemporaryUrl().then((url) => bytesAt(url)));

      const message = (await mine.getMessages()).items.at(-1);
      const own = await message.media.getContentTemporaryUrl();
      await bytesAt(own);
      assert.equal(message.index, index);
      await message.remove();
      assert.equal((await fetch(own)).status, 404);
    });

    test("what could run in a browser is refused, by status and code", async () => {
      const made = await ada.createChannel({ friendlyName: "Trap" });
      const mine = await joined(ada, made);
      const page = { contentType: "image/png", media: "<!DOCTYPE html><script>alert(1)</script>" };
      await assert.rejects(() => mine.sendMessage(page), (error) => error.code === 415 && error.body.code === 60072);
      await assert.rejects(() => mine.sendMessage(form("cat.png", "<svg onload='alert(1)'/>")), (error) => error.code === 415);
      await until("nothing was said", async () => (await mine.getMessagesCount()) === 0);
    });
  });
}

describe("files with @twilio/conversations", () => {
  let server, ada, grace;

  before(async () => {
    server = await Server.start();
    [ada, grace] = await Promise.all(["ada", "grace"].map((name) => converse(server, name)));
  });

  after(async () => {
    await Promise.all([ada.shutdown(), grace.shutdown()]);
    await server.end();
  });

  test("a file is sent beside words, and its address found by one question or by another", async () => {
    const studio = await ada.createConversation({ friendlyName: "Studio" });
    await studio.join();
    await until("joined", () => studio.status === "joined");
    const isIn = comes(grace, "conversationJoined", ({ sid }) => sid === studio.sid);
    await studio.add("grace");
    const hers = await isIn;
    await hers.getMessages();
    const heard = comes(hers, "messageAdded");
    const file = { contentType: "image/png", media: PICTURE, filename: "山.png" };
    await studio.prepareMessage().setBody("Look").addMedia(file).build().send();
    const message = await heard;
    assert.deepEqual([message.body, message.type], ["Look", "media"]);
    const [media] = message.attachedMedia;
    assert.deepEqual([media.filename, media.size], ["山.png", PICTURE.length]);

    assert.deepEqual((await bytesAt(await media.getContentTemporaryUrl())).bytes, PICTURE);
    const urls = await message.getTemporaryContentUrlsForAttachedMedia();
    assert.deepEqual((await bytesAt(urls.get(media.sid))).bytes, PICTURE);
  });
});
