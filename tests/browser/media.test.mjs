// Media opened by themselves: whatever an SVG file holds, nothing runs and nobody is asked; pictures, films and sounds
// are shown as they are.
import { after, before, test } from "node:test";
import assert from "node:assert/strict";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { KINDS, fileUrl, launch, open, page, serve } from "./mirror.mjs";

let browser, host;
before(async () => { browser = await launch(); host = await serve(KINDS); });
after(async () => { await browser.close(); await host.close(); });

const media = (ending) => readdirSync(path.join(KINDS, "media"), { recursive: true }).map(String)
  .filter((name) => name.endsWith(ending)).map((name) => `media/${name.replaceAll(path.sep, "/")}`).sort();

/** Opens `url` and clicks on it; gives what ran there and what was asked for besides. */
async function opened(url) {
  const { tab, seen, close } = await open(browser);
  const dialogs = [], refused = new Set();
  // The browser notes a request that the page's policy refuses, too; it does not leave.
  tab.on("requestfailed", (request) => { if (/^(csp|origin)$/.test(request.failure()?.errorText ?? "")) refused.add(request.url()); });
  tab.on("dialog", (dialog) => { dialogs.push(dialog.message()); dialog.dismiss(); });
  await tab.goto(url);
  await tab.mouse.click(80, 90);
  await tab.waitForTimeout(100);
  const ran = await tab.evaluate(() => document.documentElement.getAttribute("data-ran"));
  const at = tab.url(), scripts = await tab.evaluate(() => document.getElementsByTagNameNS("*", "script").length);
  await close();
  return { ran, at, scripts, dialogs, others: seen.requests.filter((request) => request !== url && !refused.has(request) && !request.endsWith("/favicon.ico")) };
}

test("the site's SVG files run nothing and ask nobody, by file and by http", async () => {
  const files = media(".svg");
  assert.equal(files.length, 8);
  for (const file of files) {
    for (const url of [fileUrl(KINDS, file), host.base + file]) {
      assert.deepEqual(await opened(url), { ran: null, at: url, scripts: 0, dialogs: [], others: [] }, url);
    }
  }
});

test("they are still pictures in their article", async () => {
  const { tab, seen, close } = await open(browser);
  await tab.goto(fileUrl(KINDS, page(KINDS, "画在纸上的海")));
  await tab.evaluate(() => { for (const image of document.images) image.loading = "eager"; });
  await tab.waitForFunction(() => Array.from(document.images).every((image) => image.complete));
  const sizes = await tab.$$eval(".body img", (all) => all.map((image) => [image.naturalWidth, image.naturalHeight]));
  assert.deepEqual(sizes, Array(8).fill([320, 200]));
  assert.deepEqual(seen.errors, []);
  await close();
});

test("the server's policy alone holds a file that nobody cleaned", async () => {
  const site = mkdtempSync(path.join(tmpdir(), "liudi-media-"));
  mkdirSync(path.join(site, "media/aa"), { recursive: true });
  writeFileSync(path.join(site, "index.html"), "<!DOCTYPE html><title>x</title>");
  const raw = "tests/browser/account/2022-12-24 图样_files";
  cpSync(raw, path.join(site, "media/aa"), { recursive: true });
  const own = await serve(site);
  try {
    for (const name of readdirSync(raw)) {
      const { ran, dialogs, others } = await opened(`${own.base}media/aa/${name}`);
      assert.deepEqual([ran, dialogs, others], [null, [], []], name);
    }
  } finally {
    await own.close();
    rmSync(site, { recursive: true });
  }
});

test("a picture, a film and a sound are shown when they are opened by themselves", async () => {
  const { tab, close } = await open(browser);
  await tab.goto(host.base + media(".png")[0]);
  assert.ok(await tab.evaluate(() => document.images[0].naturalWidth) > 0);
  for (const ending of [".mp4", ".mp3"]) {
    await tab.goto(host.base + media(ending)[0]);
    await tab.waitForFunction(() => document.querySelector("video")?.readyState >= 1);
  }
  await close();
});
