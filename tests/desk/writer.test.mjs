// The walk of a writer, in both languages: drop a folder, follow the progress, see what is missing, the verdict, the site,
// an export. Every view is checked with axe, light and dark, at 1280 and 390 px.
import test from "node:test";
import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { execFileSync } from "node:child_process";
import path from "node:path";
import { check, enter, FIXTURES, folder, idle, launch, PROGRAM, start } from "./desk.mjs";

for (const language of ["zh-CN", "en"]) {
  test(`a writer walks from a folder to a site (${language})`, async () => {
    const at = folder();
    const desk = await start(path.join(at.at, "state"), { language });
    const browser = await launch();
    try {
      const { tab, seen } = await enter(browser, desk);
      const look = (name) => check(tab, `${name}-${language}`);
      await look("archive-none");
      // The usual place, in one click.
      await tab.click("main form[action='/archive/make'] button.main");
      await tab.waitForURL("**/inputs");
      const root = path.join(desk.home, "liudi-archive");
      assert.ok(existsSync(root));
      await look("inputs-empty");

      // A folder of saved pages with their pictures, and the publish record beside them.
      await tab.setInputFiles("#folder", path.join(FIXTURES, "demo", "pages"));
      await tab.waitForSelector("#list .items li");
      const lists = path.join(FIXTURES, "demo", "lists");
      await tab.setInputFiles("#files", readdirSync(lists).map((name) => path.join(lists, name)));
      await tab.waitForFunction(() => document.querySelectorAll("#list .items li").length === 2);
      await look("inputs-list");
      await tab.click("#start");
      await tab.waitForURL("**/progress");
      await idle(tab);
      await tab.waitForSelector("#summary");
      await look("progress-done");

      // The same as the command line says.
      const json = async (view) => (await tab.request.get(`${desk.origin}/${view}.json`)).text();
      const cli = (...words) => execFileSync(PROGRAM, [...words, "--json"], { encoding: "utf8", env: { ...process.env, LIUDI_LANG: language } });
      assert.equal((await json("gaps")).trim(), cli("gaps", root).trim());

      await tab.click("nav a[href='/gaps']");
      await tab.waitForSelector("main .card");
      await look("gaps");
      const missing = await tab.locator("main .card").count();
      assert.ok(missing > 0);

      await tab.click("nav a[href='/ready']");
      await tab.waitForSelector("main h1");
      await look("ready-unknown");
      await tab.click("main form[action='/ready/measure'] button.main");
      await tab.waitForTimeout(300);
      await idle(tab);
      await tab.goto(`${desk.origin}/ready`);
      await look("ready-verdict");
      for (const part of await tab.locator("main nav a, main .chip").evaluateAll((links) => links.map((link) => link.href).filter(Boolean))) {
        await tab.goto(part);
        await look(`ready-${new URL(part).search.replace(/\W+/g, "-") || "verdict"}`.replace(/-+$/, ""));
      }

      await tab.goto(`${desk.origin}/bills`);
      await look("bills-none");

      await tab.click("nav a[href='/site']");
      const frame = tab.frameLocator("main iframe");
      await frame.locator("h1").first().waitFor();
      assert.equal(await frame.locator("html").evaluate((it) => it.ownerDocument.defaultView.location.hostname), "localhost");
      assert.equal(await frame.locator("html").evaluate((it) => it.ownerDocument.cookie), "");
      await look("site");
      await tab.click(`main form:has(input[value="markdown"]) button:not([type="button"])`);
      await tab.waitForTimeout(300);
      await idle(tab);
      const out = path.join(root, "exports", "markdown");
      assert.ok(readdirSync(out, { recursive: true }).some((name) => String(name).endsWith(".md")));
      await tab.goto(`${desk.origin}/site`);
      await look("site-exported");
      await tab.goto(`${desk.origin}/guide`);
      await look("guide");
      await tab.goto(`${desk.origin}/none`);
      await look("no-page");

      assert.deepEqual(seen.foreign, []);
      assert.deepEqual(seen.errors.filter((text) => !/404|401/.test(text)), []);
      assert.ok(readFileSync(path.join(root, "SHA256SUMS"), "utf8").length > 0);
      cli("verify", root);
    } finally {
      await browser.close();
      await desk.stop();
      at.remove();
    }
  });
}
