import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { Cable } from "./cable.mjs";
import { People, comes, joined, until, versions } from "./people.mjs";
import { Server } from "./server.mjs";

for (const version of versions) {
  describe(version, () => {
    let server, people, cable, ada, mine, hers;

    before(async () => {
      server = await Server.start();
      people = new People(server, version);
      cable = await Cable.lay(server.port);
      ada = await people.come("ada");
      const grace = await people.come("grace", { port: cable.port });
      mine = await joined(ada, await ada.createChannel({ friendlyName: "Harvest" }));
      hers = await joined(grace, mine);
    });

    after(async () => {
      cable.mend();
      await people.leave();
      cable.remove();
      await server.end();
    });

    test("what happened while a line was cut comes once, in order, and nothing is lost", async () => {
      const heard = [];
      hers.on("messageAdded", (message) => heard.push(message.body));
      const edited = [];
      hers.on("messageUpdated", ({ message }) => edited.push(message.body));
      const told = [];
      hers.on("memberJoined", (member) => told.push(`${member.identity} came`));
      hers.on("memberLeft", (member) => told.push(`${member.identity} left`));
      const linus = await people.come("linus");
      const his = await joined(linus, mine);
      await mine.sendMessage("Before");
      await until("heard", () => heard.length === 1 && told.length === 1);

      for (let round = 0; round < 3; round += 1) {
        const expected = heard.length + 21;
        cable.cut();
        for (let number = 0; number < 20; number += 1) await mine.sendMessage(`Round ${round}, ${number}`);
        const last = (await mine.getMessagesCount()) - 1;
        await until("it is heard", () => mine.lastMessage?.index === last);
        await (await mine.getMessages(1, last)).items[0].updateBody(`Round ${round}, last`);
        if (round === 0) await leaves(linus, his);
        if (round === 1) await joined(linus, mine);
        if (round === 2) {
          await leaves(linus, his);
          await joined(linus, mine);
        }
        cable.mend();
        await mine.sendMessage(`Round ${round} is over`);
        await until("everything is heard", () => heard.length >= expected);
      }
      await mine.sendMessage("The end");
      await until("the end is heard", () => heard.at(-1) === "The end");

      const rounds = [0, 1, 2].flatMap((round) => [
        ...Array.from({ length: 19 }, (_, number) => `Round ${round}, ${number}`),
        `Round ${round}, last`,
        `Round ${round} is over`,
      ]);
      assert.deepEqual(heard, ["Before", ...rounds, "The end"]);
      assert.deepEqual(told, ["linus came", "linus left", "linus came"]);
      assert.deepEqual((await hers.getMembers()).map((member) => member.identity).sort(), ["ada", "grace", "linus"]);
      const page = await hers.getMessages(100);
      assert.deepEqual(page.items.map((message) => message.body), ["Before", ...rounds, "The end"]);
    });

    async function leaves(client, channel) {
      const left = comes(client, "channelLeft");
      await channel.leave();
      await left;
    }

    test("somebody whose line is cut is online no more, until it is back", async () => {
      const grace = await ada.getUser("grace");
      await until("she is online", () => grace.online === true);
      const isTurn = ({ updateReasons }) => updateReasons.includes("online");
      const gone = comes(grace, "updated", isTurn);
      cable.cut();
      await gone;
      assert.equal(grace.online, false);
      const back = comes(grace, "updated", isTurn);
      cable.mend();
      await back;
      assert.equal(grace.online, true);
    });

    test("more was missed than one replay holds, and all of it comes", async () => {
      const heard = [];
      hers.on("messageAdded", (message) => heard.push(message.index));
      const first = (await mine.getMessagesCount());
      const long = "寄".repeat(10_000);
      cable.cut();
      for (let number = 0; number < 20; number += 1) await mine.sendMessage(long);
      cable.mend();
      await until("everything is heard", () => heard.length >= 20);
      assert.deepEqual(heard, Array.from({ length: 20 }, (_, step) => first + step));
    });

    test("what is said while the line is cut is sent when it is back", async () => {
      const heard = comes(mine, "messageAdded", (message) => message.author === "grace");
      cable.cut();
      await until("noticed", () => hers.services.syncClient.connectionState !== "connected");
      const own = [];
      hers.on("messageAdded", (message) => own.push(message));
      const sent = hers.sendMessage("Can you hear me?");
      cable.mend();
      await sent;
      assert.equal((await heard).body, "Can you hear me?");
      await until("she hears it herself", () => own.length === 1);
    });

    test("a server that restarts is found again, with everything that was missed", async () => {
      const heard = [];
      hers.on("messageAdded", (message) => heard.push(message.body));
      await server.stop();
      await server.start();
      await until("the line is back", () => ada.connectionState === "connected");
      await mine.sendMessage("I am back");
      await until("heard", () => heard.includes("I am back"));
      await mine.sendMessage("So are you");
      await until("heard", () => heard.includes("So are you"));
      assert.deepEqual(heard, ["I am back", "So are you"]);
    });
  });
}
