// What can be judged of the looks by a machine, on every kind of page in light and dark: contrast, names, landmarks
// (axe-core), no complaint and no request elsewhere. Then screenshots, for people.
import { after, before, test } from "node:test";
import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import path from "node:path";
import { DEMO, KINDS, axeSource, fileUrl, launch, open, page, pages } from "./mirror.mjs";

let browser;
before(async () => { browser = await launch(); });
after(() => browser.close());

for (const colorScheme of ["light", "dark"]) {
  test(`axe has nothing to say in the ${colorScheme}`, async () => {
    const { tab, seen, close } = await open(browser, { colorScheme, bypassCSP: true });
    const found = [];
    for (const name of [...pages(KINDS), "search.html?q=海"]) {
      await tab.goto(fileUrl(KINDS, name.split("?")[0]) + (name.includes("?") ? `?${encodeURI(name.split("?")[1])}` : ""));
      if (name.includes("?")) await tab.waitForSelector("#hits li");
      await tab.evaluate(axeSource);
      const { violations } = await tab.evaluate(() => axe.run(document, {
        // Style sheets are not read again: by double-click a script may not.
        preload: false,
        runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"],
      }));
      for (const violation of violations) {
        found.push(`${name}: ${violation.id}: ${violation.nodes.slice(0, 3).map((node) => `${node.html.slice(0, 160)} ${node.any[0]?.message ?? ""}`).join(" | ")}`);
      }
    }
    assert.deepEqual(found, []);
    assert.deepEqual(seen.errors, []);
    assert.deepEqual(seen.foreign, []);
    await close();
  });
}

test("every page of the demo is quiet and stays at home", async () => {
  const { tab, seen, close } = await open(browser);
  for (const name of pages(DEMO)) {
    await tab.goto(fileUrl(DEMO, name));
    await tab.evaluate(() => { for (const image of document.images) image.loading = "eager"; });
  }
  await tab.waitForLoadState("networkidle");
  assert.deepEqual(seen.errors, []);
  assert.deepEqual(seen.foreign, []);
  await close();
});

test("screenshots", async () => {
  const folder = process.env.LIUDI_SCREENSHOTS;
  mkdirSync(folder, { recursive: true });
  const shots = [
    ["home", DEMO, "index.html"], ["year", DEMO, "archive/2024.html"], ["search", DEMO, `search.html?q=${encodeURIComponent("茶")}`],
    ["article", DEMO, page(DEMO, "霜降以后")], ["gallery", DEMO, page(DEMO, "同一棵茶树")], ["note", DEMO, page(DEMO, "今晚月亮很大")],
    ["layout", KINDS, page(KINDS, "灯塔上的一年")], ["cards", KINDS, page(KINDS, "各种卡片")], ["media", KINDS, page(KINDS, "能看的和能听的")],
    ["film", DEMO, page(DEMO, "新年第一壶")], ["video", KINDS, page(KINDS, "v/2023/14500000000000000001")], ["picture-note", KINDS, page(KINDS, "n/2022/1000000002")],
    ["videos", KINDS, "videos/index.html"], ["album", DEMO, pages(DEMO).find((name) => name.startsWith("albums/3"))],
  ];
  for (const [where, width, colorScheme, media] of [
    ["desktop", 1280, "light"], ["desktop-dark", 1280, "dark"], ["phone", 360, "light"], ["phone-dark", 360, "dark"], ["print", 794, "light", "print"],
  ]) {
    const { tab, close } = await open(browser, { viewport: { width, height: 900 }, colorScheme });
    for (const [name, site, file] of shots) {
      const [bare, query] = file.split("?");
      await tab.goto(fileUrl(site, bare) + (query ? `?${query}` : ""));
      if (query) await tab.waitForSelector("#hits li");
      if (media) await tab.emulateMedia({ media });
      await tab.evaluate(() => { for (const image of document.images) image.loading = "eager"; });
      await tab.evaluate(() => Promise.all(Array.from(document.images, (image) => image.decode())));
      await tab.screenshot({ path: path.join(folder, `${name}-${where}.png`), fullPage: true });
    }
    await close();
  }
});
