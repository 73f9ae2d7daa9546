import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { People, comes, joined, settled, until, versions } from "./people.mjs";
import { Server } from "./server.mjs";

for (const version of versions) {
  describe(version, () => {
    let server, people, ada, grace, linus;

    before(async () => {
      server = await Server.start();
      people = new People(server, version);
      [ada, grace, linus] = await Promise.all(["ada", "グレース", "linus 50%"].map((name) => people.come(name)));
    });

    after(async () => {
      await people.leave();
      await server.end();
    });

    async function channel(name, ...clients) {
      const made = await ada.createChannel({ friendlyName: name });
      const theirs = [];
      for (const client of [ada, ...clients]) theirs.push(await joined(client, made));
      return theirs;
    }

    test("a person is who the token says, and sees the public channels", async () => {
      assert.equal(grace.user.identity, "グレース");
      const { items } = await ada.getPublicChannelDescriptors();
      const general = items.find((item) => item.uniqueName === "general");
      assert.deepEqual([general.friendlyName, general.type], ["General Channel", "public"]);
    });

    test("three people hear each other in one order, themselves included", async () => {
      const theirs = await channel("Tea", grace, linus);
      const heard = theirs.map((mine) => {
        const bodies = [];
        mine.on("messageAdded", (message) => bodies.push(`${message.index} ${message.author}: ${message.body}`));
        return bodies;
      });
      for (let round = 0; round < 5; round += 1) {
        await Promise.all(theirs.map((mine, who) => mine.sendMessage(`寄り合い 🎃 ${round} ${who}`)));
      }
      await until("all heard", () => heard.every((bodies) => bodies.length === 15));
      assert.deepEqual(heard[1], heard[0]);
      assert.deepEqual(heard[2], heard[0]);
      await until("the channel names its last message", () => theirs[2].lastMessage?.index === 14);
      const page = await theirs[1].getMessages(30);
      assert.deepEqual(page.items.map((message) => `${message.index} ${message.author}: ${message.body}`), heard[0]);
      assert.equal(await theirs[0].getMessagesCount(), 15);
      assert.equal(await theirs[0].getMembersCount(), 3);
    });

    test("coming and leaving is told, and who left hears nothing more", async () => {
      const [mine] = await channel("Door");
      const hasJoined = comes(mine, "memberJoined");
      const hers = await joined(grace, mine);
      assert.equal((await hasJoined).identity, "グレース");
      assert.deepEqual((await mine.getMembers()).map((member) => member.identity), ["ada", "グレース"]);

      const hasLeft = comes(mine, "memberLeft");
      const isOut = comes(grace, "channelLeft");
      await hers.leave();
      assert.equal((await hasLeft).identity, "グレース");
      await isOut;
      let heard = 0;
      hers.on("messageAdded", () => (heard += 1));
      await mine.sendMessage("Just us now");
      const [other] = await channel("Elsewhere");
      await joined(grace, other);
      assert.equal(heard, 0);

      const isBack = comes(mine, "memberJoined");
      const again = await joined(grace, mine);
      await isBack;
      const said = comes(again, "messageAdded");
      await mine.sendMessage("Welcome back");
      assert.equal((await said).body, "Welcome back");
      assert.equal((await mine.getMembers()).length, 2);
    });

    test("somebody with a strange name leaves, too", async () => {
      const [mine, his] = await channel("Percents", linus);
      const hasLeft = comes(mine, "memberLeft");
      await his.leave();
      assert.equal((await hasLeft).identity, "linus 50%");
    });

    test("history is paged in both directions, from the end and from the middle", async () => {
      const [mine] = await channel("Long");
      for (let index = 0; index < 65; index += 1) await mine.sendMessage(String(index));
      const hers = await joined(grace, mine);
      const indexes = (page) => page.items.map((message) => message.index);
      const numbers = (first, last) => Array.from({ length: last - first + 1 }, (_, step) => first + step);

      let page = await hers.getMessages(20);
      assert.deepEqual(indexes(page), numbers(45, 64));
      assert.equal(page.hasNextPage, false);
      page = await page.prevPage();
      assert.deepEqual(indexes(page), numbers(25, 44));
      page = await page.prevPage();
      assert.deepEqual(indexes(page), numbers(5, 24));
      const first = await page.prevPage();
      assert.deepEqual(indexes(first), numbers(0, 4));
      assert.equal(first.hasPrevPage, false);
      page = await page.nextPage();
      assert.deepEqual(indexes(page), numbers(25, 44));

      const middle = await hers.getMessages(10, 30, "forward");
      assert.deepEqual(indexes(middle), numbers(30, 39));
      assert.deepEqual(indexes(await middle.nextPage()), numbers(40, 49));
      const before = await hers.getMessages(10, 30, "backwards");
      assert.deepEqual(indexes(before), numbers(21, 30));
      assert.deepEqual(indexes(await before.prevPage()), numbers(11, 20));
    });

    test("a refusal brings its status, its code and a sentence", async () => {
      const [mine] = await channel("Refusals");
      await ada.createChannel({ friendlyName: "One", uniqueName: `one-${version}` });
      const refusals = [
        [() => ada.createChannel({ uniqueName: `one-${version}` }), 409, 50307],
        [() => mine.join(), 409, 50404],
        [() => grace.getChannelBySid("CH00000000000000000000000000000000"), 404, 50300],
        [() => mine.sendMessage("x".repeat(32_769)), 400, 50504],
      ];
      for (const [deed, status, code] of refusals) {
        await assert.rejects(deed, (error) => {
          assert.deepEqual([error.status, error.body.code], [status, code]);
          assert.match(error.message, /\w+ .*\./);
          return true;
        });
      }
    });

    test("typing starts for others, is sent once in five seconds, and ends after six", async () => {
      const [mine, hers] = await channel("Typing", grace);
      let own = 0;
      let signals = 0;
      hers.on("typingStarted", () => (own += 1));
      mine.on("typingStarted", () => (signals += 1));
      const started = comes(mine, "typingStarted");
      const ended = comes(mine, "typingEnded");
      await hers.typing();
      await hers.typing();
      assert.equal((await started).identity, "グレース");
      const begun = Date.now();
      assert.equal((await ended).isTyping, false);
      const lasted = Date.now() - begun;
      assert.ok(5_500 < lasted && lasted < 8_000, `${lasted} ms`);
      assert.deepEqual([own, signals], [0, 1]);

      const again = comes(mine, "typingStarted");
      await hers.typing();
      await again;
      const stopped = comes(mine, "typingEnded");
      const sent = Date.now();
      await hers.sendMessage("Said it");
      await stopped;
      assert.ok(Date.now() - sent < 3_000, "a message ends it at once");
    });

    test("how far somebody has read is counted, seen by others, and the same on two devices", async () => {
      const [mine, hers] = await channel("Reading", grace);
      const phone = await people.come("グレース");
      const onPhone = await joined(phone, mine);
      for (let index = 0; index < 4; index += 1) await mine.sendMessage(String(index));
      assert.equal(await hers.getUnconsumedMessagesCount(), null);
      const seen = comes(mine, "memberUpdated", ({ member }) => member.lastConsumedMessageIndex === 1);
      const synced = comes(onPhone, "updated", ({ channel }) => channel.lastConsumedMessageIndex === 1);
      assert.equal(await hers.advanceLastConsumedMessageIndex(1), 2);
      assert.equal((await seen).member.identity, "グレース");
      await synced;
      assert.equal(await hers.getUnconsumedMessagesCount(), 2);
      assert.equal(await hers.setAllMessagesConsumed(), 0);
    });

    test("an edited message is told with its reasons", async () => {
      const [mine, hers] = await channel("Editing", grace);
      const added = comes(hers, "messageAdded");
      await mine.sendMessage("Helo", { mood: "hasty" });
      assert.deepEqual((await added).attributes, { mood: "hasty" });
      const updated = comes(hers, "messageUpdated");
      const [message] = (await mine.getMessages(1)).items;
      await message.updateBody("Hello");
      const { message: heard, updateReasons } = await updated;
      assert.deepEqual([heard.body, heard.lastUpdatedBy], ["Hello", "ada"]);
      assert.ok(updateReasons.includes("body"));
      const calmer = comes(hers, "messageUpdated");
      await message.updateAttributes([1, { calm: true }]);
      assert.deepEqual((await calmer).message.attributes, [1, { calm: true }]);
    });

    test("a channel's new name reaches members, and whoever only looks at it", async () => {
      const [mine, hers] = await channel("Old", grace);
      const watched = await linus.getChannelBySid(mine.sid);
      await settled(linus);
      const told = [hers, watched].map((channel) => comes(channel, "updated", ({ updateReasons }) => updateReasons.includes("friendlyName")));
      await mine.updateFriendlyName("New");
      await Promise.all(told);
      assert.deepEqual([hers.friendlyName, watched.friendlyName, watched.status], ["New", "New", "notParticipating"]);
    });

    test("a deleted channel is removed for its members, and for whoever only looks at it", async () => {
      const [mine, hers] = await channel("Gone", grace);
      await linus.getChannelBySid(mine.sid);
      await settled(linus);
      const removed = [ada, grace, linus].map((client) => comes(client, "channelRemoved", ({ sid }) => sid === mine.sid));
      await assert.rejects(() => hers.delete(), (error) => error.status === 403 && error.body.code === 50107);
      await mine.delete();
      await Promise.all(removed);
      await assert.rejects(() => linus.getChannelBySid(mine.sid));
      await hers.leave();
    });

    test("a person can be looked up, and what they are like is followed", async () => {
      const user = await ada.getUser("グレース");
      assert.deepEqual([user.identity, user.friendlyName], ["グレース", "グレース"]);
      const told = comes(user, "updated", ({ updateReasons }) => updateReasons.includes("friendlyName"));
      await grace.user.updateFriendlyName("Grace");
      await told;
      assert.equal(user.friendlyName, "Grace");
      await grace.user.updateAttributes({ colour: "青" });
      await until("followed", () => user.attributes.colour === "青");
      const [mine] = await channel("Users", grace);
      const { items } = await mine.getUserDescriptors();
      assert.deepEqual(items.map((item) => item.friendlyName), ["ada", "Grace"]);
      await assert.rejects(() => ada.getUser("nobody"));
    });

    test("who is online is seen by whoever shares a channel", async () => {
      assert.equal(ada.reachabilityEnabled, true);
      await until("she sees herself", () => ada.user.online === true);
      await channel("Lamp", grace);
      const user = await ada.getUser("グレース");
      await until("she is seen", () => user.online === true);
      assert.equal(user.notifiable, null);
      const stranger = await people.come("stranger");
      assert.equal((await stranger.getUser("グレース")).online, false);
    });

    test("a channel is made without joining it, and joined as its admin", async () => {
      const made = await ada.createChannel({ friendlyName: "Made", attributes: { topic: ["茶"] } });
      assert.deepEqual([made.status, made.createdBy, made.attributes], ["notParticipating", "ada", { topic: ["茶"] }]);
      const mine = await joined(ada, made);
      const hers = await joined(grace, made);
      const roles = (await mine.getMembers()).map((member) => member.roleSid);
      assert.match(roles[0], /^RL[0-9a-f]{32}$/);
      assert.notEqual(roles[0], roles[1]);
      const told = comes(hers, "updated", ({ updateReasons }) => updateReasons.includes("attributes"));
      await mine.updateAttributes({ topic: "酒" });
      await told;
      assert.deepEqual(hers.attributes, { topic: "酒" });
      await assert.rejects(() => hers.updateAttributes({}), (error) => error.body.code === 50107);
      await mine.updateUniqueName(`made-${version}`);
      assert.equal((await linus.getChannelByUniqueName(`made-${version}`)).sid, made.sid);
      await mine.updateUniqueName(null);
      await assert.rejects(() => linus.getChannelByUniqueName(`made-${version}`));
    });

    test("a private channel is absent for others, and entered by adding or by an invitation", async () => {
      const made = await ada.createChannel({ friendlyName: "Cellar", isPrivate: true });
      const mine = await joined(ada, made);
      assert.equal(mine.isPrivate, true);
      await assert.rejects(() => linus.getChannelBySid(made.sid), (error) => error.body.code === 50300);
      const { items } = await linus.getPublicChannelDescriptors();
      assert.ok(items.every((item) => item.sid !== made.sid));

      const added = comes(grace, "channelJoined", ({ sid }) => sid === made.sid);
      await mine.add("グレース");
      const hers = await added;
      const invited = comes(linus, "channelInvited", ({ sid }) => sid === made.sid);
      await mine.invite("linus 50%");
      const his = await invited;
      assert.equal(his.status, "invited");
      await assert.rejects(() => mine.invite("linus 50%"), (error) => error.body.code === 50212);
      const seen = comes(hers, "memberJoined");
      await his.join();
      assert.equal((await seen).identity, "linus 50%");

      const removed = comes(linus, "channelRemoved", ({ sid }) => sid === made.sid);
      const left = comes(hers, "memberLeft");
      await mine.removeMember((await mine.getMembers()).find((member) => member.identity === "linus 50%"));
      await Promise.all([removed, left]);
      await assert.rejects(() => linus.getChannelBySid(made.sid));

      const again = comes(linus, "channelInvited", ({ sid }) => sid === made.sid);
      await mine.invite("linus 50%");
      const gone = comes(linus, "channelRemoved", ({ sid }) => sid === made.sid);
      await (await again).decline();
      await gone;
    });

    test("a deleted message is removed for everybody, and pages still fill", async () => {
      const [mine, hers] = await channel("Deleting", grace);
      for (let index = 0; index < 4; index += 1) await mine.sendMessage(String(index));
      const { items } = await hers.getMessages(10);
      await assert.rejects(() => items[1].remove(), (error) => error.body.code === 50107);
      const removed = comes(hers, "messageRemoved");
      await (await mine.getMessages(10)).items[1].remove();
      assert.equal((await removed).index, 1);
      const late = await joined(linus, mine);
      assert.deepEqual((await late.getMessages(3)).items.map((message) => message.index), [0, 2, 3]);
      assert.equal(await late.getMessagesCount(), 3);
    });

    test("members have attributes, a horizon that goes back, and a notification level", async () => {
      const [mine, hers] = await channel("Members", grace);
      const changed = comes(mine, "memberUpdated", ({ updateReasons }) => updateReasons.includes("attributes"));
      const herself = await hers.getMemberByIdentity("グレース");
      await herself.updateAttributes({ seat: 3 });
      assert.deepEqual((await changed).member.attributes, { seat: 3 });

      for (let index = 0; index < 3; index += 1) await mine.sendMessage(String(index));
      assert.equal(await hers.updateLastConsumedMessageIndex(2), 0);
      assert.equal(await hers.updateLastConsumedMessageIndex(0), 2);
      await hers.setNoMessagesConsumed();
      assert.equal(await hers.getUnconsumedMessagesCount(), null);
      const muted = comes(hers, "updated", ({ updateReasons }) => updateReasons.includes("notificationLevel"));
      await hers.setUserNotificationLevel("muted");
      await muted;
      assert.equal(hers.notificationLevel, "muted");
    });
  });
}
