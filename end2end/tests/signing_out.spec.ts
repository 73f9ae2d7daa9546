import { expect, lostConnection, test } from "../fixtures";

test("signing out ends every tab, and frees the name", async ({ ada, newcomer }) => {
  const tab = await ada.secondTab();
  await tab.isIn("General Channel");
  await ada.signOut();
  await expect(ada.page.getByText("You are signed out.")).toBeVisible();
  await expect(ada.joinButton).toBeVisible();
  await expect(tab.page.getByText("You are signed out.").or(tab.page.getByText("Your session has ended.")).first()).toBeVisible();
  await expect(tab.composer).toBeHidden();

  const next = await newcomer();
  await next.open();
  await next.signInAs("Ada");
  await next.isIn("General Channel");
});

test("the next holder of a name inherits nothing", async ({ ada, newcomer }) => {
  await ada.create("Lanterns");
  await ada.say("By the first Ada");
  await expect(ada.message("By the first Ada")).not.toHaveClass(/pending/);
  await ada.signOut();
  await expect(ada.joinButton).toBeVisible();

  const next = await newcomer();
  await next.arriveAs("Ada");
  await expect(next.channel("Lanterns")).toBeHidden();
  await next.join("Lanterns");
  await expect(next.message("By the first Ada")).toBeVisible();
  await expect(next.message("By the first Ada")).not.toContainText("you");
  await next.page.getByRole("button", { name: "Channel menu" }).click();
  await expect(next.page.getByRole("menuitem", { name: "Leave channel" })).toBeVisible();
  await expect(next.page.getByRole("menuitem", { name: "Delete channel…" })).toBeHidden();
});

test("a page that is opened after signing out shows the card, and back does not bring the chat", async ({ ada }) => {
  const inside = ada.page.url();
  await ada.signOut();
  await expect(ada.joinButton).toBeVisible();
  await ada.page.goto(inside);
  await expect(ada.joinButton).toBeVisible();
  await expect(ada.composer).toBeHidden();
});

test.describe("with unsent messages", () => {
  test.use({ expectedTrouble: lostConnection });

  test("one is asked first", async ({ distantAda: ada, grace }) => {
    await ada.goOffline();
    await ada.say("Not through yet");
    await ada.signOut();
    const dialog = ada.dialog("1 message has not been sent");
    await expect(dialog).toContainText("If you sign out now, they are deleted from this device.");
    await dialog.getByRole("button", { name: "Stay" }).click();

    await ada.comeBack();
    await expect(grace.message("Not through yet")).toBeVisible();
  });

  test("one is asked about another tab's, too", async ({ distantAda: ada }) => {
    const tab = await ada.secondTab();
    await tab.isIn("General Channel");
    await ada.goOffline();
    await ada.say("Not through yet");
    await tab.signOut();
    await expect(tab.dialog("1 message has not been sent")).toBeVisible();
  });

  test("one who deletes them has deleted them, even if nobody is there to sign out from", async ({ distantAda: ada, grace }) => {
    await ada.goOffline();
    await ada.say("I changed my mind");
    await ada.signOut();
    const dialog = ada.dialog("1 message has not been sent");
    await dialog.getByRole("button", { name: "Delete and sign out" }).click();
    await expect(dialog.getByText("You are still signed in: the server did not answer.")).toBeVisible();
    await dialog.getByRole("button", { name: "Stay" }).click();
    await expect(ada.message("I changed my mind")).toHaveCount(0);

    await ada.comeBack();
    await ada.say("Here again");
    await expect(grace.message("Here again")).toBeVisible();
    await expect(grace.texts).toHaveText(["Here again"]);
  });
});
