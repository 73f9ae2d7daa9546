import { expect, test } from "../fixtures";

const VISITS = 9;

// A figure of this machine, for people to read: FIGURES=1 playwright test arriving
test("from navigation to General @figures", async ({ newcomer }) => {
  const first: number[] = [];
  const again: number[] = [];
  for (let visit = 0; visit < VISITS; visit++) {
    const ada = await newcomer();
    await ada.takeName(`Ada ${visit}`);
    for (const times of [first, again]) {
      await ada.open();
      const arrived = await ada.page.waitForFunction(isInGeneral, null, { polling: "raf" });
      times.push((await arrived.jsonValue()) as number);
    }
    await ada.context.close();
  }
  const median = (times: number[]) => Math.round(times.sort((one, other) => one - other)[(VISITS - 1) / 2] ?? Number.NaN);
  console.log(`Median of ${VISITS}: ${median(first)} ms with an empty cache, ${median(again)} ms with a full one`);
  expect(first).toHaveLength(VISITS);
});

/** Milliseconds since navigation, once the first page is there and one may write. */
function isInGeneral(): number | false {
  const page = document.querySelector("#message-list .notice--start, #message-list article");
  return page && document.querySelector("#composer") ? performance.now() : false;
}
