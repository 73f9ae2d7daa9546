import { expect, lostConnection, test } from "../fixtures";

test("who is here is told beside their name, and who has gone, a moment later", async ({ ada, grace }) => {
  const item = ada.members.getByRole("listitem").filter({ hasText: "Grace" });
  await expect(item).toContainText("Online");
  await grace.page.close();
  await expect(item).toContainText("Offline", { timeout: 20_000 });
});

test.describe("without a connection", () => {
  test.use({ expectedTrouble: lostConnection });

  test("nobody is said to be here, or not to be", async ({ distantAda, stage }) => {
    await stage.voice("Bert");
    const items = distantAda.members.getByRole("listitem");
    await expect(items.filter({ hasText: "Online" }).first()).toBeVisible();
    await distantAda.goOffline();
    await expect(items.filter({ hasText: /Online|Offline/ })).toHaveCount(0);
    await distantAda.comeBack();
    await expect(items.filter({ hasText: "Online" }).first()).toBeVisible();
  });
});
