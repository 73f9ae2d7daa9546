// Pictures of the main screens, for people to look at: SCREENS=folder playwright test screens
import { join } from "node:path";
import type { Page } from "@playwright/test";
import { expect, lostConnection, test } from "../fixtures";
import type { Person } from "../pages/chat";
import type { Stage } from "../stage";

test.use({ expectedTrouble: lostConnection });

const sizes = {
  desktop: { viewport: { width: 1440, height: 900 } },
  phone: { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true, deviceScaleFactor: 2 },
};

for (const [size, options] of Object.entries(sizes)) {
  for (const [language, locale] of [["en", "en-GB"], ["ja", "ja-JP"]] as const) {
    test(`${size}, ${language} @screens`, async ({ newcomer, stage, server }) => {
      const ada = await newcomer({ ...options, locale });
      const shown = (name: string) => show(ada.page, `${size}-${language}-${name}`);
      await ada.open();
      await shown("sign-in");
      await talk(stage);
      await ada.nameField.or(ada.page.getByLabel("お名前")).fill("Bert Maas");
      await ada.page.locator("#sign-in-submit").click();
      await expect(ada.page.locator(".field__suggestions button")).toBeVisible();
      await shown("name-taken");

      await ada.takeName(language === "ja" ? "佐藤健司" : "Grace Okafor");
      await ada.open();
      await expect(ada.message("kettle")).toBeVisible();
      const box = ada.page.locator("textarea");
      await box.fill("The ladder is already in the van.");
      await box.press("Enter");
      await box.fill("Two ropes as well,\njust in case.");
      await box.press("Enter");
      await expect(ada.texts).toHaveCount(8);
      await shown("chat");
      await sendFiles(ada, shown);
      await ada.page.locator("#channel-menu-button").click();
      await shown("channel-menu");
      await ada.page.keyboard.press("Escape");
      if (size === "phone") {
        await ada.page.locator(".channel-header__members").tap();
        await shown("members");
        await ada.page.keyboard.press("Escape");
        await ada.page.locator(".channel-header__back").tap();
        await shown("list");
      }
      await ada.page.locator("#account-menu-button").click();
      await shown("account-menu");
      await ada.page.keyboard.press("Escape");
      await createDialog(ada, shown);
      await server.kill();
      await expect(ada.page.locator(".connection-banner__text").first()).toBeVisible();
      await box.fill("Is anybody there?");
      await box.press("Enter");
      await shown("reconnecting");
    });
  }
}

async function sendFiles(ada: Person, shown: (name: string) => Promise<void>): Promise<void> {
  const photo = { name: "the square.png", mimeType: "image/png", buffer: await ada.page.screenshot() };
  const list = { name: "Shopping list for Saturday.txt", mimeType: "text/plain", buffer: Buffer.from("Tea, rope\n") };
  await ada.page.locator("input[type=file]").setInputFiles([photo, list]);
  await expect(ada.page.locator(".file-tray__file")).toHaveCount(2);
  await shown("files-chosen");
  await ada.page.locator("textarea").press("Enter");
  await expect(ada.page.locator(".message-file__card")).toBeVisible();
  await expect(ada.page.locator(".message-row--pending")).toHaveCount(0);
  await shown("files");
}

async function createDialog(ada: Person, shown: (name: string) => Promise<void>): Promise<void> {
  await ada.page.locator(".channel-list__add").click();
  const dialog = ada.page.locator("dialog[open]");
  await dialog.locator("input").first().fill("   ");
  await dialog.locator("[type=submit]").click();
  await shown("create-refused");
  await dialog.locator("input").first().fill("Lantern workshop");
  await dialog.locator("[type=submit]").click();
  await expect(ada.page.locator(".notice--start")).toBeVisible();
  await shown("empty-channel");
  await ada.page.locator("#channel-menu-button").click();
  await ada.page.getByRole("menuitem").last().click();
  await expect(dialog).toBeVisible();
  await shown("delete");
  await ada.page.keyboard.press("Escape");
}

async function talk(stage: Stage): Promise<void> {
  const bert = await stage.voice("Bert Maas");
  const aiko = await stage.voice("Aiko Mori");
  const yusuf = await stage.voice("Yusuf Demir");
  for (const name of ["Autumn festival", "Kitchen rota", "Lost and found", "秋祭り"]) await bert.create(name);
  await aiko.say("Water gate 3 is stuck half open again. I wedged it with a board for the night, so please nobody pull it out.");
  await aiko.say("川沿いの提灯は土曜の朝に取り付けます。\n軍手を持ってきてください。");
  await yusuf.say("Good morning, first day here! Where do I find the key to the tool shed?");
  await bert.say("Second hook behind the blue door: https://tools.example.org/shed?door=blue");
  await bert.say("The kettle is in there too, which is the important part.");
  await yusuf.say("Thank you!");
  await aiko.type();
}

async function show(page: Page, name: string): Promise<void> {
  for (const colorScheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme });
    await page.screenshot({ path: join(process.env.SCREENS ?? "screens", `${name}-${colorScheme}.png`) });
  }
}
