import type { Locator } from "@playwright/test";
import { expect, test, unhurried } from "../fixtures";

test.use({ settings: unhurried });

const said = Array.from({ length: 130 }, (_, i) => `Remark ${i + 1}.`);

test.describe("a channel with a history", () => {
  test.beforeEach(async ({ stage }) => {
    const bert = await stage.voice("Bert");
    await bert.sayAll(said);
  });

  test("shows its latest page at once, and the end of it", async ({ ada }) => {
    await expect(ada.message("Remark 130.")).toBeInViewport();
    await expect(ada.message("Remark 1.")).toHaveCount(0);
    await expect(ada.timeline.getByText("Today", { exact: true })).toBeVisible();
  });

  test("brings older messages as one scrolls up, to where it begins, without a jump", async ({ ada }) => {
    await expect(ada.message("Remark 130.")).toBeInViewport();
    while ((await ada.message("Remark 1.").count()) === 0) {
      expect(await greatestMoveWhileOlderArrive(ada.timeline)).toBeLessThanOrEqual(1);
    }
    await expect(ada.texts).toHaveText(said);
    await ada.timeline.evaluate((list) => list.scrollTo(0, 0));
    await expect(ada.page.getByRole("heading", { name: "This is where General Channel begins" })).toBeVisible();
  });

  test("jumps to the latest, with a count of what came meanwhile", async ({ ada, stage }) => {
    await expect(ada.message("Remark 130.")).toBeInViewport();
    await ada.timeline.hover();
    await ada.page.mouse.wheel(0, -1_500);
    const jump = ada.page.getByRole("button", { name: /Jump to latest|new message/ });
    await expect(jump).toHaveText("Jump to latest");

    const cleo = await stage.voice("Cleo");
    await cleo.sayAll(["News", "More news"]);
    await expect(jump).toHaveText("2 new messages");
    await expect(ada.message("More news")).not.toBeInViewport();
    await jump.click();
    await expect(ada.message("More news")).toBeInViewport();
    await expect(jump).toBeHidden();
  });

  test("stays where it was while others talk, and while another channel is looked at", async ({ ada, stage }) => {
    await expect(ada.message("Remark 130.")).toBeInViewport();
    await ada.create("Lanterns");
    await ada.openChannel("General Channel");
    await expect(ada.message("Remark 130.")).toBeInViewport();
    await ada.timeline.hover();
    await ada.page.mouse.wheel(0, -900);
    await expect(ada.message("Remark 130.")).not.toBeInViewport();
    const before = await firstInView(ada.timeline);

    const cleo = await stage.voice("Cleo");
    await cleo.say("News");
    await expect(ada.message("News")).toBeAttached();
    await expect.poll(() => moveOf(ada.timeline, before)).toBeLessThanOrEqual(1);

    await ada.openChannel("Lanterns");
    await ada.openChannel("General Channel");
    await expect.poll(() => moveOf(ada.timeline, before)).toBeLessThanOrEqual(1);
  });

  test("follows the talk for a reader at its end", async ({ ada, grace }) => {
    await expect(ada.message("Remark 130.")).toBeInViewport();
    for (const word of ["One", "Two", "Three\nof\nmany\nlines"]) await grace.say(word);
    await expect(ada.message("Three")).toBeInViewport({ ratio: 1 });
    await expect(ada.page.getByRole("button", { name: /Jump to latest|new message/ })).toBeHidden();
  });
});

test("pages that do not come are told of, and can be asked for again", async ({ newcomer, stage }) => {
  const bert = await stage.voice("Bert");
  await bert.sayAll(said);
  const ada = await newcomer();
  const line = await ada.waitInVainAs("Ada");
  const late = ada.page.getByRole("alert").filter({ hasText: "These messages could not be loaded" });
  await expect(late).toBeVisible();
  line.holdBack("history");
  await late.getByRole("button", { name: "Try again" }).click();
  await expect(ada.message("Remark 130.")).toBeInViewport();

  await ada.timeline.evaluate((list) => list.scrollTo(0, 0));
  await expect(ada.timeline.getByText("Loading older messages")).toBeVisible();
  await ada.page.clock.runFor(10_000);
  const older = ada.timeline.getByRole("alert").filter({ hasText: "Older messages could not be loaded." });
  await older.getByRole("button", { name: "Try again" }).click();
  await expect(older).toBeHidden();
  line.letGo();
  await expect(ada.message("Remark 80.")).toHaveCount(1);
});

test("an empty channel says where it begins", async ({ ada }) => {
  await ada.create("Lanterns");
  await expect(ada.page.getByRole("heading", { name: "This is where Lanterns begins" })).toBeVisible();
});

/** Scrolls to the top, and follows the row there frame by frame until older ones are above it. */
function greatestMoveWhileOlderArrive(timeline: Locator): Promise<number> {
  return timeline.evaluate(async (list) => {
    const first = () => list.querySelector("article");
    const anchor = first();
    if (!anchor) throw new Error("There is a first message");

    // An observer sees each frame as it is painted, when everybody's scripts are done with it.
    const painted = () =>
      new Promise<number>((resolve) => {
        const observer = new IntersectionObserver(([entry]) => {
          observer.disconnect();
          resolve(entry!.boundingClientRect.top);
        });
        observer.observe(anchor);
      });
    list.scrollTo(0, 0);
    const place = await painted();
    let move = 0;
    for (let settled = 0; settled < 5; settled += first() === anchor ? 0 : 1) {
      move = Math.max(move, Math.abs((await painted()) - place));
    }
    return move;
  });
}

type Seen = { text: string; place: number };

/** How far the first row in view has moved. */
async function moveOf(timeline: Locator, before: Seen): Promise<number> {
  const now = await firstInView(timeline);
  return now.text === before.text ? Math.abs(now.place - before.place) : Infinity;
}

/** The first row that the reader sees, and its place. */
function firstInView(timeline: Locator): Promise<Seen> {
  return timeline.evaluate((list) => {
    const edge = list.getBoundingClientRect().top;
    const rows = [...list.querySelectorAll("article")];
    const row = rows.find((row) => row.getBoundingClientRect().bottom > edge);
    if (!row) throw new Error("There is a row in view");
    const text = row.querySelector(".message-row__body")?.textContent ?? "";
    return { text, place: row.getBoundingClientRect().top - edge };
  });
}
