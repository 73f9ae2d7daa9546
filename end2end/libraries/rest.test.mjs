// The REST API through the official Node library, unmodified: two major versions, the base URL changed.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";

import twilio from "twilio";
import twilio3 from "twilio-3";

import { Receiver } from "./receiver.mjs";
import { Server } from "./stage.mjs";

/** Text that every layer must leave as it is. */
const FESTIVAL = "秋祭り 🎃 & = +1%";
const THEN = new Date("2015-07-30T20:00:00Z");
const LATER = new Date("2016-01-02T03:04:05Z");
const MANY = 260;

for (const [version, library] of [["6.2.0", twilio], ["3.84.1", twilio3]]) {
  describe(`twilio ${version}`, () => {
    let server, client, service;

    before(async () => {
      server = await Server.start({ "webhooks-to-private": "true" });
      client = connect(server.keys.account_sid, server.keys.auth_token);
      service = client.chat.v2.services(server.keys.service_sid);
    });
    after(() => server.end());

    function connect(name, secret) {
      const connected = library(name, secret, { accountSid: server.keys.account_sid });
      connected.chat.baseUrl = server.url;
      return connected;
    }

    // What 6.2.0 gives back for a new thing has lost its SID for further calls, so they go by the SID.
    async function makes(wish) {
      const { sid } = await service.channels.create(wish);
      return service.channels(sid);
    }

    test("an API key opens the door as the account does", async () => {
      const byKey = connect(server.keys.api_key, server.keys.api_secret);
      const [only] = await byKey.chat.v2.services.list();
      assert.equal(only.sid, server.keys.service_sid);
      assert.equal(only.accountSid, server.keys.account_sid);
      assert.equal(only.limits.channel_members, 100);
      const fetched = await service.fetch();
      assert.equal(fetched.typingIndicatorTimeout, 5);
      assert.ok(fetched.dateCreated instanceof Date && !Number.isNaN(fetched.dateCreated.valueOf()));
    });

    test("a file is brought to the media service, and said in a message", async () => {
      const { account_sid, auth_token, service_sid } = server.keys;
      const authorization = `Basic ${Buffer.from(`${account_sid}:${auth_token}`).toString("base64")}`;
      const address = `${server.url}/v1/Services/${service_sid}/Media?Filename=minutes.txt`;
      const brought = await fetch(address, { method: "POST", headers: { authorization }, body: FESTIVAL });
      assert.equal(brought.status, 201);
      const { sid } = await brought.json();
      const channel = await makes({ friendlyName: "Files" });
      const { sid: said } = await channel.messages.create({ mediaSid: sid, from: "hana" });
      const message = await channel.messages(said).fetch();
      assert.deepEqual([message.type, message.body, message.from], ["media", null, "hana"]);
      const size = Buffer.byteLength(FESTIVAL);
      assert.deepEqual(message.media, { sid, size, content_type: "text/plain", filename: "minutes.txt" });
      await refused(channel.messages.create({ mediaSid: sid }), 409, 50507);
      const described = await fetch(`${server.url}/v1/Services/${service_sid}/Media/${sid}`, { headers: { authorization } }).then((answer) => answer.json());
      assert.equal(await (await fetch(described.links.content_direct_temporary)).text(), FESTIVAL);
    });

    test("wrong credentials are 401 and 20003", async () => {
      await refused(connect(server.keys.api_key, "wrong").chat.v2.services.list(), 401, 20003);
    });

    test("a channel is made, found by both names, changed and deleted", async () => {
      const attributes = JSON.stringify({ topic: FESTIVAL });
      const made = await service.channels.create({
        friendlyName: FESTIVAL, uniqueName: `祭り-${version}`, attributes, type: "private",
        createdBy: "花子", dateCreated: THEN, dateUpdated: LATER,
      });
      assert.deepEqual([made.friendlyName, made.type, made.createdBy], [FESTIVAL, "private", "花子"]);
      assert.deepEqual([made.dateCreated, made.dateUpdated], [THEN, LATER]);
      assert.equal(made.attributes, attributes);
      const byName = await service.channels(encodeURIComponent(`祭り-${version}`)).fetch();
      assert.equal(byName.sid, made.sid);
      const hidden = await service.channels.list({ type: ["private"] });
      assert.deepEqual(hidden.map((channel) => channel.sid), [made.sid]);
      const channel = service.channels(made.sid);
      const changed = await channel.update({ friendlyName: "春 🌸" });
      assert.deepEqual([changed.friendlyName, changed.attributes], ["春 🌸", attributes]);
      assert.equal(await channel.remove(), true);
      assert.equal(await channel.remove(), true, "what is gone stays gone");
      await refused(channel.fetch(), 404, 50300);
    });

    test("an error brings status, code, message and where to read more", async () => {
      const error = await refused(service.channels.create({ friendlyName: "x", uniqueName: "general" }), 409, 50307);
      assert.equal(error.message, "Another channel has this address.");
      assert.equal(error.moreInfo, `${server.url}/v2/errors/50307`);
      assert.equal((await fetch(error.moreInfo)).status, 200);
      await refused(service.channels.create({ friendlyName: "x".repeat(65) }), 400, 50003);
      assert.equal((await service.channels.create({})).friendlyName, "Channel");
      await refused(service.channels("nowhere").messages.list(), 404, 50300);
      await refused(client.chat.v2.services("IS0190000000007000800000000000002a").channels.list(), 404, 20404);
    });

    test("messages are posted, dated, changed, listed both ways and deleted", async () => {
      const channel = await makes({ friendlyName: "Messages" });
      const first = await channel.messages.create({ body: FESTIVAL, attributes: "[1]" });
      assert.deepEqual([first.from, first.body, first.attributes, first.index], ["system", FESTIVAL, "[1]", 0]);
      const second = await channel.messages.create({ body: "昔々", from: "花子", dateCreated: THEN, dateUpdated: LATER, lastUpdatedBy: "太郎" });
      assert.deepEqual([second.from, second.dateCreated, second.dateUpdated], ["花子", THEN, LATER]);
      assert.deepEqual([second.wasEdited, second.lastUpdatedBy], [true, "太郎"]);
      const changed = await channel.messages(first.sid).update({ body: "Anew 🍵" });
      assert.deepEqual([changed.body, changed.wasEdited, changed.attributes], ["Anew 🍵", true, "[1]"]);
      const bodies = async (options) => (await channel.messages.list(options)).map(({ body }) => body);
      assert.deepEqual(await bodies({ order: "desc" }), ["昔々", "Anew 🍵"]);
      assert.equal(await channel.messages(first.sid).remove(), true);
      assert.deepEqual(await bodies(), ["昔々"]);
      await refused(channel.messages.create({ body: " " }), 400, 50503);
      await refused(channel.messages.create({ body: "あ".repeat(10_923) }), 400, 50504);
      assert.equal((await channel.messages.create({ body: "あ".repeat(10_922) })).body.length, 10_922);
    });

    test(`${MANY} messages come over all pages, none twice`, async () => {
      const channel = await makes({ friendlyName: "Many" });
      const said = Array.from({ length: MANY }, (_, number) => `${number} 話`);
      for (const body of said) await channel.messages.create({ body });
      const all = await channel.messages.list();
      assert.deepEqual(all.map(({ body }) => body), said);
      const some = await channel.messages.list({ limit: 7, pageSize: 3 });
      assert.deepEqual(some.map(({ index }) => index), [0, 1, 2, 3, 4, 5, 6]);
      const seen = [];
      await new Promise((done, failed) => {
        channel.messages.each({ order: "desc", pageSize: 100, done: (error) => (error ? failed(error) : done()) }, ({ index }) => seen.push(index));
      });
      assert.deepEqual(seen, said.map((_, index) => MANY - 1 - index));
    });

    test(`${MANY} users and channels come over all pages`, async () => {
      for (let number = 0; number < MANY; number += 1) await service.users.create({ identity: `人-${number}` });
      const people = new Set((await service.users.list({ pageSize: 50 })).map(({ identity }) => identity));
      assert.equal([...people].filter((identity) => identity.startsWith("人-")).length, MANY);
      for (let number = 0; number < MANY; number += 1) await service.channels.create({ friendlyName: `池 ${number}` });
      const names = (await service.channels.list()).map(({ friendlyName }) => friendlyName);
      assert.equal(names.filter((name) => name.startsWith("池 ")).length, MANY);
      assert.equal(names.length, new Set(names).size);
    });

    test("members are added, found, changed and removed", async () => {
      const channel = await makes({ friendlyName: "Members" });
      const made = await channel.members.create({ identity: "花子", attributes: '{"cup":"🍵"}' });
      assert.deepEqual([made.identity, made.attributes], ["花子", '{"cup":"🍵"}']);
      await refused(channel.members.create({ identity: "花子" }), 409, 50404);
      await channel.messages.create({ body: "Hello" });
      const changed = await channel.members(made.sid).update({ lastConsumedMessageIndex: 0, roleSid: "RL00000000000000000000000000000003" });
      assert.deepEqual([changed.lastConsumedMessageIndex, changed.roleSid], [0, "RL00000000000000000000000000000003"]);
      const byIdentity = await channel.members(encodeURIComponent("花子")).fetch();
      assert.equal(byIdentity.sid, made.sid);
      assert.deepEqual((await channel.members.list({ identity: ["花子", "nobody"] })).length, 1);
      assert.equal(await channel.members(made.sid).remove(), true);
      assert.deepEqual(await channel.members.list(), []);
    });

    test("people are invited, and invitations taken back", async () => {
      const channel = await makes({ friendlyName: "Invites", type: "private" });
      const made = await channel.invites.create({ identity: "太郎 🌻" });
      assert.deepEqual([made.identity, made.createdBy], ["太郎 🌻", "system"]);
      assert.deepEqual((await channel.invites.list()).map(({ sid }) => sid), [made.sid]);
      assert.equal((await channel.invites(made.sid).fetch()).sid, made.sid);
      assert.equal(await channel.invites(made.sid).remove(), true);
      await refused(channel.invites(made.sid).fetch(), 404, 50601);
    });

    test("users and their channels are made, read, changed and deleted", async () => {
      const made = await service.users.create({ identity: "次郎", friendlyName: FESTIVAL, attributes: '{"a":"🍡"}' });
      assert.deepEqual([made.friendlyName, made.attributes, made.joinedChannelsCount], [FESTIVAL, '{"a":"🍡"}', 0]);
      assert.equal((await service.users(encodeURIComponent("次郎")).fetch()).sid, made.sid);
      const user = service.users(made.sid);
      const changed = await user.update({ roleSid: "RL00000000000000000000000000000001" });
      assert.equal(changed.roleSid, "RL00000000000000000000000000000001");
      const channel = await makes({ friendlyName: "User channels" });
      await channel.members.create({ identity: "次郎" });
      await channel.messages.create({ body: "One" });
      await channel.messages.create({ body: "Two" });
      const mine = user.userChannels;
      const [only] = await mine.list();
      assert.deepEqual([only.status, only.unreadMessagesCount, only.notificationLevel], ["joined", 2, "default"]);
      const read = await mine(only.channelSid).update({ lastConsumedMessageIndex: 0, notificationLevel: "muted" });
      assert.deepEqual([read.unreadMessagesCount, read.notificationLevel], [1, "muted"]);
      assert.equal(await mine(only.channelSid).remove(), true);
      assert.deepEqual(await mine.list(), []);
      assert.equal(await user.remove(), true);
      await refused(user.fetch(), 404, 50200);
    });

    test("roles are made, changed and deleted", async () => {
      const made = await service.roles.create({ friendlyName: "見るだけ 👀", type: "channel", permission: ["leaveChannel", "editNotificationLevel"] });
      assert.deepEqual([made.type, made.permissions], ["channel", ["leaveChannel", "editNotificationLevel"]]);
      const role = service.roles(made.sid);
      const changed = await role.update({ permission: ["sendMessage", "leaveChannel"] });
      assert.deepEqual(changed.permissions, ["leaveChannel", "sendMessage"]);
      assert.equal((await service.roles.list()).length, 5);
      assert.equal(await role.remove(), true);
      await refused(role.fetch(), 404, 50100);
      const updated = await service.update({ defaultChannelRoleSid: "RL00000000000000000000000000000004" });
      assert.equal(updated.defaultChannelRoleSid, "RL00000000000000000000000000000004");
    });

    test("another service has channels, users and roles of its own, and ends with them", async () => {
      const made = await client.chat.v2.services.create({ friendlyName: "秋 🍂" });
      assert.equal(made.friendlyName, "秋 🍂");
      const other = client.chat.v2.services(made.sid);
      await other.channels.create({ uniqueName: "only-there" });
      const named = (channels) => channels.map((channel) => channel.uniqueName).sort();
      assert.deepEqual(named(await other.channels.list()), ["general", "only-there"]);
      await refused(service.channels("only-there").fetch(), 404, 50300);
      assert.equal((await other.update({ friendlyName: "Winter" })).friendlyName, "Winter");
      const sids = (await client.chat.v2.services.list()).map((each) => each.sid);
      assert.equal(sids.at(-1), made.sid);
      assert.equal(await other.remove(), true);
      await refused(other.fetch(), 404, 20404);
      await refused(service.remove(), 409, 60062);
    });

    test("who is online, and how far others have read, are settings of the service", async () => {
      const { sid } = await service.users.create({ identity: `online-${version}` });
      assert.equal((await service.users(sid).fetch()).isOnline, false);
      const [listed] = await service.users.list({ limit: 1 });
      assert.deepEqual([listed.isOnline, listed.isNotifiable], [null, null]);
      const set = async (on, seconds) => {
        const wish = { reachabilityEnabled: on, readStatusEnabled: on, consumptionReportInterval: seconds };
        const { reachabilityEnabled, readStatusEnabled, consumptionReportInterval } = await service.update(wish);
        assert.deepEqual({ reachabilityEnabled, readStatusEnabled, consumptionReportInterval }, wish);
      };
      await set(false, 20);
      assert.equal((await service.users(sid).fetch()).isOnline, null);
      await set(true, 5);
      await refused(service.update({ consumptionReportInterval: 0 }), 400, 50053);
    });

    test("a channel's webhook is made, listed, changed and deleted", async () => {
      const { webhooks } = await makes({ friendlyName: "Webhooks" });
      const made = await webhooks.create({
        type: "webhook", "configuration.url": "https://hooks.example/x", "configuration.method": "GET",
        "configuration.filters": ["onMessageSent", "onMemberAdded"], "configuration.retryCount": 3,
      });
      assert.match(made.sid, /^WH[0-9a-f]{32}$/);
      assert.deepEqual(made.configuration, {
        url: "https://hooks.example/x", method: "GET", retry_count: 3, filters: ["onMessageSent", "onMemberAdded"],
      });
      const trigger = await webhooks.create({
        type: "trigger", "configuration.url": "https://hooks.example/x", "configuration.triggers": ["help", "助け"],
      });
      assert.deepEqual((await webhooks.list()).map(({ sid }) => sid), [made.sid, trigger.sid]);
      const changed = await webhooks(made.sid).update({ "configuration.method": "POST" });
      assert.deepEqual([changed.configuration.method, changed.configuration.retry_count], ["POST", 3]);
      assert.deepEqual((await webhooks(trigger.sid).fetch()).configuration.triggers, ["help", "助け"]);
      assert.equal(await webhooks(made.sid).remove(), true);
      await refused(webhooks(made.sid).fetch(), 404, 50320);
      await refused(webhooks.create({ type: "webhook", "configuration.url": "https://hooks.example" }), 400, 50330);
      await refused(webhooks.create({ type: "studio", "configuration.flowSid": "FW1" }), 501, 60061);
    });

    for (const method of ["POST", "GET"]) {
      test(`what a webhook is told by ${method} carries a signature that the library validates`, async (t) => {
        const receiver = await Receiver.start();
        t.after(() => receiver.end());
        const set = await service.update({
          postWebhookUrl: receiver.url, webhookMethod: method, webhookFilters: ["onMessageSent"], postWebhookRetryCount: 3,
        });
        assert.deepEqual([set.postWebhookUrl, set.webhookMethod, set.postWebhookRetryCount], [receiver.url, method, 3]);
        assert.deepEqual(set.webhookFilters, ["onMessageSent"]);
        const channel = await makes({ friendlyName: "Signed" });
        await channel.messages.create({ body: "Quiet", from: "花子" });
        await channel.messages.create({ body: FESTIVAL, from: "花子", xTwilioWebhookEnabled: "true" });
        const call = await receiver.hears();
        assert.equal(call.method, method);
        assert.deepEqual([call.parameters.EventType, call.parameters.Body, call.parameters.From], ["onMessageSent", FESTIVAL, "花子"]);
        const valid = (token, form) => library.validateRequest(token, call.signature, call.url, form);
        assert.equal(valid(server.keys.auth_token, call.form), true);
        assert.equal(valid(server.keys.api_secret, call.form), false);
        assert.equal(valid(server.keys.auth_token, { ...call.form, Body: "Forged" }), false);
        await service.update({ postWebhookUrl: "" });
      });
    }

    test("what the server does not do is 501, with the reason", async () => {
      const asked = [
        client.chat.v2.credentials.list(),
        service.bindings.list(),
        service.users("ada").userBindings.list(),
      ];
      const errors = await Promise.all(asked.map((each) => refused(each, 501, 60061)));
      for (const { message } of errors) assert.match(message, /^.{20,}[.]$/);
    });
  });
}

async function refused(asked, status, code) {
  const error = await asked.then(() => assert.fail("it was not refused"), (error) => error);
  assert.deepEqual([error.status, error.code], [status, code], error.message);
  return error;
}
