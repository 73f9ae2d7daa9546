import type { Page } from "@playwright/test";
import { expect, test } from "../fixtures";
import type { Person } from "../pages/chat";

const phone = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true };

test("a phone shows the list or one channel", async ({ newcomer, grace }) => {
  const ada = await newcomer(phone);
  await ada.open();
  await ada.signInAs("Ada");
  await ada.isIn("General Channel");
  await fits(ada.page);

  await back(ada).tap();
  await expect(ada.channel("General Channel")).toBeVisible();
  await expect(ada.composer).toBeHidden();
  await expect(ada.page.getByRole("main")).toHaveCount(1);
  await fits(ada.page);

  await ada.createButton.tap();
  const dialog = ada.dialog("Create a channel");
  await dialog.getByLabel("Name", { exact: true }).fill("Lanterns");
  await fits(ada.page);
  await dialog.getByRole("button", { name: "Create channel" }).tap();
  await ada.isIn("Lanterns");

  await ada.composer.fill("From the road");
  await ada.page.getByRole("button", { name: "Send" }).tap();
  await grace.join("Lanterns");
  await expect(grace.message("From the road")).toBeVisible();

  await ada.page.goBack();
  await expect(ada.channel("Lanterns")).toBeVisible();
  await ada.channel("General Channel").tap();
  await ada.isIn("General Channel");
});

test("members lie in a drawer that closes", async ({ newcomer }) => {
  const ada = await (await newcomer(phone)).arriveAs("Ada");
  const button = ada.page.getByRole("button", { name: "1 member" });
  const drawer = ada.dialog("Members");
  await expect(drawer).toBeHidden();
  await button.tap();
  await expect(drawer.getByText("Ada")).toBeVisible();
  await fits(ada.page);
  await drawer.getByRole("button", { name: "Close members" }).tap();
  await expect(drawer).toBeHidden();
  await expect(button).toBeFocused();
});

test("what fingers touch is 44 pixels or more", async ({ newcomer, stage }) => {
  const bert = await stage.voice("Bert");
  await bert.create("Lanterns");
  const ada = await (await newcomer(phone)).arriveAs("Ada");
  expect(await smallTargets(ada.page)).toEqual([]);
  await back(ada).tap();
  await expect(ada.openToJoin("Lanterns")).toBeVisible();
  expect(await smallTargets(ada.page)).toEqual([]);
});

for (const width of [320, 768]) {
  test(`nothing is lost at ${width} pixels`, async ({ newcomer, grace }) => {
    const ada = await (await newcomer({ viewport: { width, height: 640 } })).arriveAs("Ada");
    await grace.say("https://example.org/" + "a-long-way-to-go-".repeat(20));
    await grace.say("Donaudampfschifffahrtsgesellschaftskapitänsmützenabzeichen".repeat(3));
    await expect(ada.message("Donau")).toBeVisible();
    await fits(ada.page);
  });
}

const back = ({ page }: Person) => page.getByRole("link", { name: "Back to all channels" });

/** Nothing scrolls sideways. */
async function fits(page: Page): Promise<void> {
  const overhang = () => page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  expect(await overhang()).toBeLessThanOrEqual(0);
  const wide = await page.getByRole("log").evaluateAll((lists) => lists.map((list) => list.scrollWidth - list.clientWidth));
  expect(Math.max(0, ...wide)).toBe(0);
}

/** Controls that a finger would miss, by where a touch around their middle lands; neighbours may share an edge. */
function smallTargets(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const reach = 20;
    const controls = [...document.querySelectorAll<HTMLElement>("button, a[href], input, textarea")];
    const shown = controls.filter((control) => control.checkVisibility() && !control.matches(".visually-hidden, .message-row__body a"));
    const missed = shown.filter((control) => {
      const { left, top, width, height } = control.getBoundingClientRect();
      const [x, y] = [left + width / 2, top + height / 2];
      const touches = [[0, -reach], [0, reach], [-reach, 0], [reach, 0]].map(([dx = 0, dy = 0]) =>
        document.elementFromPoint(x + dx, y + dy),
      );
      return touches.some((touched) => touched !== null && !control.contains(touched));
    });
    return missed.map((control) => control.getAttribute("aria-label") ?? control.textContent?.trim() ?? control.outerHTML);
  });
}
