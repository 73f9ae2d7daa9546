import { expect, test } from "../fixtures";

test("a browser that prefers Japanese gets a Japanese page", async ({ newcomer, grace }) => {
  const aiko = await newcomer({ locale: "ja-JP" });
  const { page } = await aiko.open();
  await expect(page.locator("html")).toHaveAttribute("lang", "ja");
  await expect(page.getByRole("heading", { name: "Hoshitani Valleyへようこそ" })).toBeVisible();
  await page.getByLabel("お名前").fill("A");
  await page.getByRole("button", { name: "参加する" }).click();
  await expect(page.getByText("名前が短すぎます。2文字以上にしてください。")).toBeVisible();
  await page.getByLabel("お名前").fill("愛子");
  await page.getByRole("button", { name: "参加する" }).click();

  const box = page.getByRole("textbox", { name: "General Channelへのメッセージ" });
  await expect(box).toBeVisible();
  await expect(page.getByText("接続中", { exact: true })).toBeAttached();
  await grace.composer.pressSequentially("Hm");
  await expect(aiko.typingLine).toHaveText("Graceさんが入力しています…");
  await box.fill("こんにちは");
  await box.press("Enter");
  await expect(grace.message("こんにちは")).toContainText("愛子");
  await expect(page.getByText("今日", { exact: true })).toBeVisible();
});

test("the card's switch changes the language before anybody has signed in", async ({ newcomer }) => {
  const { page } = await (await newcomer()).open();
  await page.getByRole("button", { name: "日本語" }).click();
  await expect(page.getByRole("button", { name: "参加する" })).toBeVisible();
  await page.reload();
  await expect(page.locator("html")).toHaveAttribute("lang", "ja");
  await page.getByRole("button", { name: "English" }).click();
  await expect(page.getByRole("button", { name: "Join the chat" })).toBeVisible();
});

test("the account's menu changes the language, and nothing that was being written is lost", async ({ ada }) => {
  await ada.composer.fill("Half a thought");
  await ada.fromAccountMenu("日本語");
  const box = ada.page.getByRole("textbox", { name: "General Channelへのメッセージ" });
  await expect(box).toHaveValue("Half a thought");
  await expect(ada.page.locator("html")).toHaveAttribute("lang", "ja");
  await ada.page.reload();
  await expect(box).toHaveValue("Half a thought");
});

test("Japanese names sort among the others", async ({ newcomer, stage }) => {
  const bert = await stage.voice("Bert");
  for (const name of ["ほし", "Zebras", "あき"]) await bert.create(name);
  const aiko = await newcomer({ locale: "ja-JP" });
  await aiko.takeName("愛子");
  await aiko.open();
  const names = aiko.page.locator(".channel-item__name");
  await expect(names).toHaveCount(4);
  expect((await names.allTextContents()).filter((name) => /^[あ-ん]/.test(name))).toEqual(["あき", "ほし"]);
  await expect(names.first()).toHaveText("General Channel");
});

const brightnessOfPage = "getComputedStyle(document.documentElement).backgroundColor.match(/[\\d.]+/g).slice(0, 3).map(Number).reduce((a, b) => a + b)";

test("the system's theme is followed, until one is chosen, from the first paint", async ({ newcomer }) => {
  const ada = await (await newcomer({ colorScheme: "dark" })).arriveAs("Ada");
  const brightness = () => ada.page.evaluate<number>(brightnessOfPage);
  expect(await brightness()).toBeLessThan(200);
  await ada.page.emulateMedia({ colorScheme: "light" });
  expect(await brightness()).toBeGreaterThan(600);

  await ada.fromAccountMenu("Dark");
  await expect.poll(brightness).toBeLessThan(200);
  await ada.page.reload({ waitUntil: "commit" });
  await expect(ada.page.locator("html")).toHaveAttribute("data-theme", "dark");
  await ada.isIn("General Channel");
  expect(await brightness()).toBeLessThan(200);

  await ada.fromAccountMenu("Auto");
  await expect.poll(brightness).toBeGreaterThan(600);
});
