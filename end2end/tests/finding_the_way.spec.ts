import { expect, test } from "../fixtures";

test("reload keeps name, channel and draft", async ({ ada }) => {
  await ada.create("Lanterns");
  await ada.composer.fill("Half a thought");
  await ada.page.reload();
  await ada.isIn("Lanterns");
  await expect(ada.composer).toHaveValue("Half a thought");
  await expect(ada.members.getByText("Ada")).toBeVisible();
});

test("each channel has its own draft", async ({ ada }) => {
  await ada.composer.fill("For everyone");
  await ada.create("Lanterns");
  await expect(ada.composer).toHaveValue("");
  await ada.composer.fill("For lantern makers");
  await ada.openChannel("General Channel");
  await expect(ada.composer).toHaveValue("For everyone");
  await ada.openChannel("Lanterns");
  await expect(ada.composer).toHaveValue("For lantern makers");
});

test("each channel has its own address, and back leads back", async ({ ada }) => {
  const general = ada.page.url();
  await ada.create("Lanterns");
  const lanterns = ada.page.url();
  expect(lanterns).not.toBe(general);

  await ada.openChannel("General Channel");
  await ada.page.goBack();
  await ada.isIn("Lanterns");
  await expect(ada.page).toHaveURL(lanterns);
  await ada.page.goForward();
  await ada.isIn("General Channel");
});

test("a second tab has the same name and channel", async ({ ada, grace }) => {
  await ada.create("Lanterns");
  const tab = await ada.secondTab();
  await tab.isIn("Lanterns");
  await grace.join("Lanterns");
  await tab.say("From the second tab");
  await expect(grace.message("From the second tab")).toContainText("Ada");
});

test("a link brings a newcomer to its channel", async ({ ada, newcomer }) => {
  await ada.create("Lanterns");
  const grace = await newcomer();
  await grace.open(new URL(ada.page.url()).pathname);
  await grace.signInAs("Grace");
  await expect(grace.heading).toHaveText("Lanterns");
  await expect(grace.page.getByRole("main")).toContainText("You are not in this channel.");
  await grace.page.getByRole("main").getByRole("button", { name: "Join" }).click();
  await grace.isIn("Lanterns");
});

test("a link to a channel that is gone says so", async ({ ada, stage }) => {
  const bert = await stage.voice("Bert");
  const lanterns = await bert.create("Lanterns");
  await ada.join("Lanterns");
  const link = ada.page.url();
  await ada.openChannel("General Channel");
  await bert.delete(lanterns);
  await expect(ada.channel("Lanterns")).toBeHidden();

  await ada.page.goto(link);
  await expect(ada.page.getByRole("heading", { name: "This channel is not here" })).toBeVisible();
  await ada.page.getByRole("main").getByText("Go to the General Channel").click();
  await ada.isIn("General Channel");
});

test("each channel has its own title", async ({ ada }) => {
  await expect(ada.page).toHaveTitle("General Channel · Hoshitani Valley");
  await ada.create("Lanterns");
  await expect(ada.page).toHaveTitle("Lanterns · Hoshitani Valley");
});
