import { readFile } from "node:fs/promises";
import { crc32, deflateSync } from "node:zlib";
import AxeBuilder from "@axe-core/playwright";
import type { Locator, Page, Route } from "@playwright/test";
import { expect, lostConnection, test } from "../fixtures";
import type { Person } from "../pages/chat";

type Upload = { name: string; mimeType: string; buffer: Buffer };

const lanterns: Upload = { name: "lanterns.png", mimeType: "image/png", buffer: png(640, 480) };
const programme: Upload = { name: "programme.txt", mimeType: "text/plain", buffer: Buffer.from("Tea at five.\n") };
const bell: Upload = { name: "bell.wav", mimeType: "audio/wav", buffer: wav() };
const markup: Upload = { name: "page.html", mimeType: "text/html", buffer: Buffer.from("<!doctype html><p>Hello") };

test("files go with what is written, a message each, and everyone sees them", async ({ ada, grace }) => {
  await attach(ada, lanterns, programme);
  await expect(tray(ada).getByRole("listitem")).toHaveText([/lanterns\.png/, /programme\.txt\s*13 byte/]);
  await expect(ada.composer).toBeFocused();
  await ada.say("For the festival");
  await expect(tray(ada)).toBeHidden();
  for (const person of [ada, grace]) {
    const photo = person.message("For the festival").getByRole("img", { name: "lanterns.png" });
    await expect.poll(() => isLoaded(photo)).toBe(true);
    await expect(person.message("programme.txt")).toContainText("13 byte");
    await expect(person.timeline.getByRole("article")).toHaveCount(2);
  }
  await expect(ada.timeline.locator(".message-row--pending")).toHaveCount(0);
});

test("a file needs no words, and can be put back before it goes", async ({ ada, grace }) => {
  await attach(ada, lanterns);
  await attach(ada, programme);
  await tray(ada).getByRole("button", { name: "Remove lanterns.png" }).click();
  await expect(tray(ada).getByRole("listitem")).toHaveCount(1);
  await ada.page.getByRole("button", { name: "Send" }).click();
  await expect(grace.message("programme.txt")).toBeVisible();
  await expect(grace.timeline.getByRole("img", { name: "lanterns.png" })).toHaveCount(0);
});

test("what was chosen in a channel waits there while another is looked at", async ({ ada }) => {
  await attach(ada, programme);
  await ada.create("Lanterns");
  await expect(tray(ada)).toBeHidden();
  await ada.openChannel("General Channel");
  await expect(tray(ada).getByRole("listitem")).toHaveText(/programme\.txt/);
});

test("a pasted image is attached, and a pasted text is a text", async ({ ada, grace }) => {
  await paste(ada.composer, lanterns, "Copied from a table");
  await expect(tray(ada)).toBeHidden();
  await paste(ada.composer, lanterns);
  await expect(tray(ada).getByRole("listitem")).toHaveText(/lanterns\.png/);
  await ada.composer.press("Enter");
  await expect(grace.timeline.getByRole("img", { name: "lanterns.png" })).toBeVisible();
});

test("files are dropped on the conversation, which says so while they are over it", async ({ ada, grace }) => {
  const files = await ada.page.evaluateHandle(([name, bytes]) => {
    const data = new DataTransfer();
    data.items.add(new File([new Uint8Array(bytes)], name, { type: "image/png" }));
    return data;
  }, [lanterns.name, [...lanterns.buffer]] as const);
  const text = await ada.page.evaluateHandle(() => {
    const data = new DataTransfer();
    data.setData("text/plain", "A word of the page");
    return data;
  });
  const hint = ada.page.getByText("Drop files here to send them");
  await ada.timeline.dispatchEvent("dragover", { dataTransfer: text });
  await expect(hint).toBeHidden();
  await ada.timeline.dispatchEvent("dragover", { dataTransfer: files });
  await expect(hint).toBeVisible();
  await ada.timeline.dispatchEvent("drop", { dataTransfer: files });
  await expect(hint).toBeHidden();
  await expect(tray(ada).getByRole("listitem")).toHaveText(/lanterns\.png/);
  await ada.composer.press("Enter");
  await expect(grace.timeline.getByRole("img", { name: "lanterns.png" })).toBeVisible();
});

test("a file is in its row at once, before it is through, and can be called back", async ({ ada, grace }) => {
  const line = await holdUploads(ada.page);
  await attach(ada, lanterns);
  await expect.poll(() => isLoaded(tray(ada).locator("img"))).toBe(true);
  await ada.say("On its way");
  const row = ada.message("On its way");
  await expect(row).toHaveClass(/message-row--pending/);
  await expect(row).toContainText("Uploading…");
  await expect(row.getByRole("progressbar", { name: "Uploading…" })).toBeVisible();
  await expect.poll(() => isLoaded(row.getByRole("img", { name: "lanterns.png" }))).toBe(true);
  expect(await sizeOf(row.locator(".message-file__frame"))).toEqual([427, 320]);
  const element = await row.elementHandle();

  line.letGo();
  await expect(grace.message("On its way").getByRole("img", { name: "lanterns.png" })).toBeVisible();
  await expect(row).not.toHaveClass(/message-row--pending/);
  expect(await element?.evaluate((row) => row.isConnected)).toBe(true);
});

test("an upload that is cancelled is gone, and what was said after it goes out", async ({ ada, grace }) => {
  await holdUploads(ada.page);
  await attach(ada, lanterns);
  await ada.say("Never mind");
  await ada.say("After it");
  await expect(ada.message("After it")).toHaveClass(/message-row--pending/);
  await ada.message("Never mind").getByRole("button", { name: "Cancel" }).click();
  await expect(ada.message("Never mind")).toHaveCount(0);
  await expect(grace.message("After it")).toBeVisible();
  await expect(grace.texts).toHaveText(["After it"]);
  await ada.page.unrouteAll({ behavior: "ignoreErrors" });
});

test("one sees how much of a file is through", async ({ ada, grace }) => {
  const browser = await ada.context.newCDPSession(ada.page);
  await browser.send("Network.enable");
  const slow = { offline: false, latency: 0, downloadThroughput: -1, uploadThroughput: 200_000 };
  await browser.send("Network.emulateNetworkConditions", slow);
  await attach(ada, { name: "long.txt", mimeType: "text/plain", buffer: Buffer.alloc(1_000_000, "Long ago. ") });
  await ada.composer.press("Enter");
  const bar = ada.timeline.getByRole("progressbar", { name: "Uploading…" });
  const through = async () => Number(await bar.getAttribute("value"));
  await expect.poll(through).toBeGreaterThan(0);
  expect(await through()).toBeLessThan(100);
  await browser.send("Network.emulateNetworkConditions", { ...slow, uploadThroughput: -1 });
  await expect(grace.message("long.txt")).toContainText("1 MB");
  await expect(bar).toHaveCount(0);
});

test.describe("a file that is not taken", () => {
  test.use({ expectedTrouble: /status of 415/ });

  test("stays in its row with the reason, and can be tried again or discarded", async ({ ada, grace }) => {
    await attach(ada, markup);
    await ada.say("A page of mine");
    const row = ada.message("A page of mine");
    await expect(row).toContainText("Not sent. This kind of file cannot be sent");
    await ada.say("After it");
    await expect(grace.message("After it")).toBeVisible();
    await row.getByRole("button", { name: "Try again" }).click();
    await expect(row).toContainText("Not sent.");
    await row.getByRole("button", { name: "Discard" }).click();
    await expect(row).toHaveCount(0);
    await expect(grace.texts).toHaveText(["After it"]);
  });
});

test.describe("while the line is cut", () => {
  test.use({ expectedTrouble: lostConnection });

  test("a file waits, and goes out in its turn when the line is back", async ({ distantAda: ada, grace }) => {
    await attach(ada, lanterns);
    await expect.poll(() => isLoaded(tray(ada).locator("img"))).toBe(true);
    await ada.goOffline();
    await ada.say("One");
    await ada.say("Two");
    await expect(ada.message("One")).toContainText("Goes out when the connection is back");
    await expect(ada.message("One").getByRole("img", { name: "lanterns.png" })).toBeVisible();
    await ada.comeBack();
    await expect(grace.texts).toHaveText(["One", "Two"]);
    await expect(grace.message("One").getByRole("img", { name: "lanterns.png" })).toBeVisible();
    await expect(ada.timeline.locator(".message-row--pending")).toHaveCount(0);
  });
});

test("a file that was not through when its page closed is missed, and its words are kept", async ({ ada, grace }) => {
  await holdUploads(ada.page);
  await attach(ada, lanterns);
  await ada.say("Half a thought");
  await expect(ada.message("Half a thought")).toContainText("Uploading…");
  await ada.page.reload();
  await ada.page.unrouteAll({ behavior: "ignoreErrors" });
  const row = ada.message("Half a thought");
  await expect(row).toContainText("The page was closed before this file was uploaded. Attach it again.");
  await ada.say("After it");
  await expect(grace.message("After it")).toBeVisible();
  await row.getByRole("button", { name: "Discard" }).click();
  await expect(row).toHaveCount(0);
  await expect(grace.texts).toHaveText(["After it"]);
});

test("an image has its size before it is loaded, and nothing moves when it is", async ({ ada, grace }) => {
  await attach(ada, lanterns);
  await ada.say("Look");
  await expect(grace.message("Look").getByRole("img", { name: "lanterns.png" })).toBeVisible();
  await ada.say("Below it");
  await expect(grace.message("Below it")).toBeVisible();

  const line = await hold(grace.page, /\/media\//);
  await grace.page.reload();
  const photo = grace.message("Look").getByRole("img", { name: "lanterns.png" });
  const below = grace.message("Below it");
  await expect(below).toBeInViewport();
  expect(await sizeOf(grace.message("Look").locator(".message-file__frame"))).toEqual([427, 320]);
  expect(await isLoaded(photo)).toBe(false);
  const before = await below.boundingBox();
  await line.isAsked();
  line.letGo();
  await expect.poll(() => isLoaded(photo)).toBe(true);
  expect(await sizeOf(grace.message("Look").locator(".message-file__frame"))).toEqual([427, 320]);
  expect(await below.boundingBox()).toEqual(before);
});

test("an image opens in full, and is saved from there", async ({ ada, grace }) => {
  await attach(ada, lanterns);
  await ada.composer.press("Enter");
  await grace.timeline.getByRole("button", { name: "lanterns.png" }).click();
  const dialog = grace.dialog("lanterns.png");
  await expect.poll(() => isLoaded(dialog.getByRole("img", { name: "lanterns.png" }))).toBe(true);
  const saved = grace.page.waitForEvent("download");
  await dialog.getByRole("button", { name: "Download" }).click();
  expect(await bytesOf(await saved)).toEqual(lanterns.buffer);
  await dialog.locator(".dialog__foot").getByRole("button", { name: "Close" }).click();
  await expect(dialog).toBeHidden();
});

test("a sound is played where it stands, and anything can be saved under its name", async ({ ada, grace }) => {
  await attach(ada, bell, programme);
  await ada.say("Listen");
  await expect(grace.message("Listen").locator("audio[controls]")).toHaveAttribute("src", /^\/media\//);
  for (const file of [bell, programme]) {
    const saved = grace.page.waitForEvent("download");
    await grace.timeline.getByRole("button", { name: `Download ${file.name}` }).click();
    const download = await saved;
    expect(download.suggestedFilename()).toBe(file.name);
    expect(await bytesOf(download)).toEqual(file.buffer);
  }
});

test("the words beside a file may be changed, and taken away", async ({ ada, grace }) => {
  await attach(ada, lanterns);
  await ada.say("Lantens");
  const photo = ada.timeline.getByRole("article").filter({ has: ada.page.getByRole("img", { name: "lanterns.png" }) });
  await expect(photo.getByRole("button", { name: "Edit message" })).toBeAttached();
  for (const words of ["Lanterns", ""]) {
    await ada.composer.press("ArrowUp");
    const box = ada.page.getByRole("textbox", { name: "Edit message" });
    await box.fill(words);
    await box.press("Enter");
    await expect(box).toBeHidden();
    await expect(grace.timeline.locator(".message-row__body")).toHaveText(`${words} (edited)`.trim());
  }
  await expect(grace.timeline.getByRole("img", { name: "lanterns.png" })).toBeVisible();
});

test("a deleted message takes its file along, before everybody's eyes", async ({ ada, grace }) => {
  await attach(ada, lanterns);
  await ada.say("By mistake");
  await expect(grace.timeline.getByRole("img", { name: "lanterns.png" })).toBeVisible();
  const row = ada.message("By mistake");
  await row.hover();
  await row.getByRole("button", { name: "Delete message" }).click();
  await ada.dialog("Delete this message?").getByRole("button", { name: "Delete" }).click();
  for (const person of [ada, grace]) {
    await expect(person.message("This message was deleted.")).toBeVisible();
    await expect(person.timeline.getByRole("img", { name: "lanterns.png" })).toHaveCount(0);
  }
});

test("who may not send files is offered no button, and pastes them in vain", async ({ newcomer }) => {
  const ada = await newcomer();
  await ada.page.routeWebSocket(/\/ws$/, (socket) => {
    const server = socket.connectToServer();
    server.onMessage((frame) => socket.send(String(frame).replaceAll(/"sendMediaMessage",|,"sendMediaMessage"/g, "")));
  });
  await ada.arriveAs("Ada");
  await ada.say("Only words");
  await expect(ada.message("Only words").getByRole("button", { name: "Edit message" })).toBeAttached();
  await expect(ada.page.getByRole("button", { name: "Attach files" })).toHaveCount(0);
  await paste(ada.composer, lanterns);
  await expect(tray(ada)).toBeHidden();
});

test("all of it can be done with the keyboard alone", async ({ ada, grace }) => {
  const { page } = ada;
  await ada.composer.focus();
  const button = page.getByRole("button", { name: "Attach files" });
  await page.keyboard.press("Tab");
  await expect(button).toBeFocused();
  const chooser = page.waitForEvent("filechooser");
  await page.keyboard.press("Enter");
  await (await chooser).setFiles([lanterns, programme]);
  await expect(ada.composer).toBeFocused();
  await page.keyboard.press("Shift+Tab");
  await expect(tray(ada).getByRole("button", { name: "Remove programme.txt" })).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(ada.composer).toBeFocused();
  await page.keyboard.press("Enter");
  const photo = ada.timeline.getByRole("button", { name: "lanterns.png" });
  await expect(grace.timeline.getByRole("img", { name: "lanterns.png" })).toBeVisible();

  await photo.focus();
  await page.keyboard.press("Enter");
  await expect(ada.dialog("lanterns.png")).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(ada.dialog("lanterns.png")).toBeHidden();
  await expect(photo).toBeFocused();
});

test("every state of a file can be read by everyone", async ({ ada, grace }) => {
  await attach(ada, lanterns, programme);
  await isAccessible(ada.page);
  const line = await holdUploads(ada.page);
  await ada.say("For the festival");
  await expect(ada.message("For the festival")).toContainText("Uploading…");
  await isAccessible(ada.page);
  line.letGo();
  await expect(grace.message("programme.txt")).toBeVisible();
  await attach(ada, bell);
  await ada.composer.press("Enter");
  await expect(grace.timeline.locator("audio")).toBeVisible();
  await isAccessible(grace.page);
  await grace.timeline.getByRole("button", { name: "lanterns.png", exact: true }).click();
  await expect(grace.dialog("lanterns.png")).toBeVisible();
  await isAccessible(grace.page);
});

test("on a narrow screen an image is no wider than its column", async ({ newcomer, grace }) => {
  const ada = await (await newcomer({ viewport: { width: 320, height: 640 }, hasTouch: true })).arriveAs("Ada");
  await attach(grace, lanterns);
  await grace.composer.press("Enter");
  const photo = ada.timeline.getByRole("img", { name: "lanterns.png" });
  await expect.poll(() => isLoaded(photo)).toBe(true);
  const [width = 0, height = 0] = await sizeOf(ada.timeline.locator(".message-file__frame"));
  expect(width).toBeLessThan(320);
  expect(width / height).toBeCloseTo(640 / 480, 1);
  expect(await ada.timeline.evaluate((list) => list.scrollWidth <= list.clientWidth)).toBe(true);
});

test.describe("a file that is too large", () => {
  test.use({ settings: { "media-file-mb": "1" } });

  test("is named before anything is sent", async ({ ada }) => {
    const large = { name: "large.txt", mimeType: "text/plain", buffer: Buffer.alloc(1_048_577, "a") };
    await attach(ada, programme, large);
    await ada.say("Said once");
    await expect(ada.page.getByText("“large.txt” is too large: 1 MB at most.")).toBeVisible();
    await expect(ada.message("Said once")).toHaveCount(0);
    await tray(ada).getByRole("button", { name: "Remove large.txt" }).click();
    await ada.composer.press("Enter");
    await expect(ada.message("Said once")).toHaveCount(1);
    await expect(ada.composer).toHaveValue("");
  });
});

function tray({ page }: Person): Locator {
  return page.getByRole("list", { name: "Files to send" });
}

async function attach({ page }: Person, ...files: Upload[]): Promise<void> {
  const chooser = page.waitForEvent("filechooser");
  await page.getByRole("button", { name: "Attach files" }).click();
  await (await chooser).setFiles(files);
  await expect(page.getByRole("list", { name: "Files to send" })).toContainText(files[0]?.name ?? "");
}

/** As the browser does where a file was copied, and a text beside it, if any. */
async function paste(box: Locator, { name, mimeType, buffer }: Upload, text = ""): Promise<void> {
  await box.evaluate((box, { name, mimeType, bytes, text }) => {
    const data = new DataTransfer();
    data.items.add(new File([new Uint8Array(bytes)], name, { type: mimeType }));
    if (text) data.setData("text/plain", text);
    box.dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }));
  }, { name, mimeType, bytes: [...buffer], text });
}

/** Requests that wait on their way. */
async function hold(page: Page, url: RegExp): Promise<{ isAsked: () => Promise<void>; letGo: () => void }> {
  let waiting: Route[] | undefined = [];
  const asked = page.waitForRequest(url, { timeout: 60_000 }).catch(() => undefined);
  await page.route(url, (route) => (waiting ? void waiting.push(route) : route.continue()));
  return {
    isAsked: async () => void (await asked),
    letGo() {
      waiting?.forEach((route) => void route.continue());
      waiting = undefined;
    },
  };
}

function holdUploads(page: Page): ReturnType<typeof hold> {
  return hold(page, /\/media\?filename=/);
}

function isLoaded(image: Locator): Promise<boolean> {
  return image.evaluate((image) => image instanceof HTMLImageElement && 0 < image.naturalWidth);
}

async function sizeOf(element: Locator): Promise<number[]> {
  const box = await element.boundingBox();
  return box ? [Math.round(box.width), Math.round(box.height)] : [];
}

async function bytesOf(download: { path(): Promise<string> }): Promise<Buffer> {
  return readFile(await download.path());
}

async function isAccessible(page: Page): Promise<void> {
  for (const colorScheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme });
    const { violations } = await new AxeBuilder({ page }).analyze();
    const places = violations.map(({ id, nodes }) => `${colorScheme}, ${id}: ${nodes.map((node) => `${node.html} ${node.failureSummary}`).join("; ")}`);
    expect.soft(places).toEqual([]);
  }
}

/** A grey image of this size. */
function png(width: number, height: number): Buffer {
  const head = Buffer.alloc(13);
  head.writeUInt32BE(width, 0);
  head.writeUInt32BE(height, 4);
  head.writeUInt8(8, 8);
  const rows = deflateSync(Buffer.alloc((width + 1) * height, 0x80).map((byte, at) => (at % (width + 1) === 0 ? 0 : byte)));
  const chunk = (name: string, data: Buffer): Buffer => {
    const body = Buffer.concat([Buffer.from(name), data]);
    const frame = Buffer.alloc(8);
    frame.writeUInt32BE(data.length, 0);
    frame.writeUInt32BE(crc32(body), 4);
    return Buffer.concat([frame.subarray(0, 4), body, frame.subarray(4)]);
  };
  const signature = Buffer.from("89504e470d0a1a0a", "hex");
  return Buffer.concat([signature, chunk("IHDR", head), chunk("IDAT", rows), chunk("IEND", Buffer.alloc(0))]);
}

/** A tenth of a second of silence. */
function wav(): Buffer {
  const samples = 800;
  const head = Buffer.alloc(44);
  head.write("RIFF", 0);
  head.writeUInt32LE(36 + samples, 4);
  head.write("WAVEfmt ", 8);
  head.writeUInt32LE(16, 16);
  head.writeUInt16LE(1, 20);
  head.writeUInt16LE(1, 22);
  head.writeUInt32LE(8_000, 24);
  head.writeUInt32LE(8_000, 28);
  head.writeUInt16LE(1, 32);
  head.writeUInt16LE(8, 34);
  head.write("data", 36);
  head.writeUInt32LE(samples, 40);
  return Buffer.concat([head, Buffer.alloc(samples, 0x80)]);
}
