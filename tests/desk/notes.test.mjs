// What an action did is said where the user is, and the keyboard stays there.
import test from "node:test";
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import path from "node:path";
import { check, enter, FIXTURES, folder, launch, PROGRAM, start } from "./desk.mjs";

test("after an action far down a page its note is in view and the place is kept", async () => {
  const at = folder();
  const archive = path.join(at.at, "archive");
  execFileSync(PROGRAM, ["backup", path.join(FIXTURES, "demo"), "-o", archive, "--quiet"], { stdio: "ignore", env: { ...process.env, LIUDI_ZIP_PASSWORD: "liudi-demo" } });
  const desk = await start(path.join(at.at, "state"), { archive });
  const browser = await launch();
  try {
    const { tab, seen } = await enter(browser, desk);
    await tab.setViewportSize({ width: 390, height: 420 });
    await tab.goto(`${desk.origin}/gaps`);
    const card = tab.locator("main li.card").nth(2);
    const title = await tab.locator("main li.card h3").nth(3).innerText();
    await card.locator("summary").click();
    await card.locator("input[name=reason]").fill("gone");
    await card.locator("form[action='/gaps/waive'] button").click();
    await tab.waitForSelector(".notes .note");
    // The page is also loaded anew, because something changed.
    await tab.waitForTimeout(600);
    const seenNote = await tab.locator(".notes .note").evaluate((note) => {
      const { top, bottom } = note.getBoundingClientRect();
      return { in: top >= 0 && bottom <= innerHeight, scrolled: scrollY > 0, told: document.getElementById("told").textContent, text: note.firstChild.textContent };
    });
    assert.ok(seenNote.in && seenNote.scrolled, JSON.stringify(seenNote));
    assert.equal(seenNote.told, seenNote.text);
    // The keyboard goes on at the card that took the place of the one that is gone.
    assert.ok((await tab.evaluate(() => document.activeElement.innerText)).startsWith(title));
    await check(tab, "gaps-note");
    await tab.locator(".notes .note button").click();
    assert.equal(await tab.locator(".notes .note").count(), 0);
    assert.deepEqual(seen.errors, []);
  } finally {
    await browser.close();
    await desk.stop();
    at.remove();
  }
});

test("a link to a place in another page leads to that place", async () => {
  const at = folder();
  const archive = path.join(at.at, "archive");
  execFileSync(PROGRAM, ["backup", path.join(FIXTURES, "demo"), "-o", archive, "--quiet"], { stdio: "ignore", env: { ...process.env, LIUDI_ZIP_PASSWORD: "liudi-demo" } });
  // Days without a bill, which are in the list below.
  execFileSync(PROGRAM, ["-C", archive, "account", "set", "kinds=公众号、商户号", "entity=企业"], { stdio: "ignore" });
  const lastWeek = new Date(Date.now() - 7 * 86_400_000).toISOString().slice(0, 10);
  execFileSync(PROGRAM, ["-C", archive, "event", "add", "last_trade", lastWeek], { stdio: "ignore" });
  execFileSync(PROGRAM, ["-C", archive, "event", "add", "first_trade", "2026-03-20"], { stdio: "ignore" });
  const desk = await start(path.join(at.at, "state"), { archive });
  const browser = await launch();
  try {
    const { tab, seen } = await enter(browser, desk);
    await tab.setViewportSize({ width: 390, height: 420 });
    await tab.goto(`${desk.origin}/ready`);
    await tab.locator("form[action='/ready/measure'] button").first().click();
    const link = tab.locator(".first a[href*='#rule-']").first();
    await link.waitFor({ timeout: 60_000 });
    // The page is loaded anew when the run ends.
    await tab.waitForTimeout(600);
    await link.click();
    await tab.waitForFunction(() => {
      const place = document.getElementById(location.hash.slice(1));
      const top = place?.getBoundingClientRect().top;
      return place && scrollY > 0 && top > -2 && top < innerHeight;
    }, null, { timeout: 10_000 });
    assert.deepEqual(seen.errors, []);
  } finally {
    await browser.close();
    await desk.stop();
    at.remove();
  }
});
