import { existsSync } from "node:fs";
import { chromium, defineConfig } from "@playwright/test";

// The browser that Playwright brings along, where it has one; else the system's.
const own = chromium.executablePath();
const executablePath = process.env.CHROMIUM_BIN || (existsSync(own) ? own : "/usr/bin/chromium");

export default defineConfig({
  testDir: "tests",
  fullyParallel: true,
  workers: 2,
  retries: 0,
  forbidOnly: !!process.env.CI,
  timeout: 60_000,
  expect: { timeout: 10_000 },
  reporter: "list",
  // For people to look at: pictures of every screen (`SCREENS=folder playwright test screens`), and
  // how long it takes to arrive (`FIGURES=1 playwright test arriving`).
  grepInvert: [process.env.SCREENS ? /^$/ : /@screens/, process.env.FIGURES ? /^$/ : /@figures/],
  use: {
    locale: "en-GB",
    timezoneId: "Europe/London",
    viewport: { width: 1280, height: 800 },
    contextOptions: { reducedMotion: "reduce" },
    trace: "retain-on-first-failure",
    launchOptions: {
      executablePath,
      args: [
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
      ],
    },
  },
});
