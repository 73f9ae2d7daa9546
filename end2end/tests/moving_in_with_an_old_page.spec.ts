// A page that was written for Programmable Chat, and loads its official SDK, with nothing but the lines
// that docs/sdk.md adds. It uses each word of the SDK that the tutorial's page used.
import { expect, test as base } from "../fixtures";
import { Visitor } from "../pages/old_page";
import { bundles, Site } from "../site";

type Fixtures = {
  /** Which version of the SDK the site has. */
  bundle: string;
  site: Site;
  /** Somebody comes to the site, in a browser of their own. */
  visitor: (name: string, query?: string) => Promise<Visitor>;
};

const test = base.extend<Fixtures>({
  bundle: ["", { option: true }],

  site: async ({ server, bundle }, use) => {
    const site = await Site.open(server, bundle);
    await use(site);
    await site.close();
  },

  visitor: async ({ freshPage, site }, use) => {
    await use(async (name, query = "") => {
      const visitor = new Visitor(await freshPage(), name);
      await visitor.page.goto(`${site.url}/${query}`);
      await visitor.enter();
      return visitor;
    });
  },
});

for (const [version, bundle] of Object.entries(bundles)) {
  test.describe(version, () => {
    test.use({ bundle });

    test("people meet in General, and hear each other once", async ({ visitor }) => {
      const ada = await visitor("ada");
      await ada.isIn("General Channel");
      await expect(ada.channels).toHaveText(["General Channel"]);
      const grace = await visitor("grace");
      await grace.isIn("General Channel");
      await expect(ada.lines).toHaveText(["grace joined"]);

      await ada.say("Is this thing on?");
      await expect(grace.lines).toHaveText(["ada: Is this thing on?"]);
      await grace.say("It is");
      await expect(ada.lines).toHaveText(["grace joined", "ada: Is this thing on?", "grace: It is"]);
      await expect(grace.lines).toHaveText(["ada: Is this thing on?", "grace: It is"]);
    });

    test("who comes back is still a member, and finds what was said", async ({ visitor }) => {
      const ada = await visitor("ada");
      await ada.isIn("General Channel");
      const grace = await visitor("grace");
      await grace.isIn("General Channel");
      await grace.say("Back in a moment");
      await expect(ada.lines).toHaveText(["grace joined", "grace: Back in a moment"]);

      await grace.page.reload();
      await grace.enter();
      await grace.isIn("General Channel");
      await expect(grace.lines).toHaveText(["grace: Back in a moment"]);
      await grace.say("Here I am");
      await expect(ada.lines).toHaveText(["grace joined", "grace: Back in a moment", "grace: Here I am"]);
    });

    test("others see who is typing, until it lapses", async ({ visitor }) => {
      const ada = await visitor("ada");
      await ada.isIn("General Channel");
      const grace = await visitor("grace");
      await grace.isIn("General Channel");
      await grace.type("Hm");
      await expect(ada.typingLine).toHaveText("grace is typing");
      await expect(grace.typingLine).toHaveText("");
      await expect(ada.typingLine).toHaveText("");
    });

    test("a channel is made, entered and deleted, and its members are back in General", async ({ visitor }) => {
      const ada = await visitor("ada");
      await ada.isIn("General Channel");
      await ada.create("Lanterns");
      await expect(ada.channels).toHaveText(["General Channel", "Lanterns"]);
      const grace = await visitor("grace");
      await grace.isIn("General Channel");
      await ada.open("Lanterns");
      await expect(grace.lines).toHaveText(["ada left"]);
      await grace.say("Anybody?");
      await expect(grace.lines).toHaveText(["ada left", "grace: Anybody?"]);
      await ada.say("Bring scissors");
      await expect(ada.lines).toHaveText(["ada: Bring scissors"]);
      await grace.open("Lanterns");
      await expect(grace.lines).toHaveText(["ada: Bring scissors"]);
      await expect(ada.lines).toHaveText(["ada: Bring scissors", "grace joined"]);

      await grace.delete();
      await expect(grace.notice).toHaveText("403 50107");
      await ada.delete();
      await expect(ada.notice).toHaveText("Lanterns is deleted");
      for (const one of [ada, grace]) {
        await one.isIn("General Channel");
        await expect(one.channels).toHaveText(["General Channel"]);
      }

      await ada.say("Landed");
      await expect(grace.said).toHaveText(["grace: Anybody?", "ada: Landed"]);
      await grace.say("So am I");
      for (const one of [ada, grace]) {
        await expect(one.said).toHaveText(["grace: Anybody?", "ada: Landed", "grace: So am I"]);
      }
    });

    test("nobody deletes General", async ({ visitor }) => {
      const ada = await visitor("ada");
      await ada.isIn("General Channel");
      await ada.delete();
      await expect(ada.notice).toHaveText("403 60030");
      await ada.say("Still here");
      await expect(ada.lines).toHaveText(["ada: Still here"]);
    });

    test("a page that looks for another channel than General makes it, once", async ({ visitor }) => {
      const ada = await visitor("ada", "?home=Lobby");
      await ada.isIn("Lobby");
      await expect(ada.channels).toHaveText(["General Channel", "Lobby"]);
      const grace = await visitor("grace", "?home=Lobby");
      await grace.isIn("Lobby");
      await expect(grace.channels).toHaveText(["General Channel", "Lobby"]);
      await expect(ada.lines).toHaveText(["grace joined"]);
    });

    test("a token that has expired is renewed, and the conversation goes on", async ({ visitor, site }) => {
      const grace = await visitor("grace");
      await grace.isIn("General Channel");
      site.tokenTtl = 10;
      const ada = await visitor("ada");
      await ada.isIn("General Channel");
      site.tokenTtl = 3600;
      await expect.poll(() => site.issued, { timeout: 30_000 }).toEqual(["grace", "ada", "ada"]);

      await ada.say("Still here");
      await expect(grace.lines).toHaveText(["ada joined", "ada: Still here"]);
      await grace.say("Good");
      await expect(ada.lines).toHaveText(["ada: Still here", "grace: Good"]);
    });
  });
}
