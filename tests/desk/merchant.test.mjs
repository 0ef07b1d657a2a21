// The walk of a merchant: an encrypted bill, the wrong password, then the right one; the sums; the ledger. And two pages
// of accounts, one question.
import test from "node:test";
import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import path from "node:path";
import { check, enter, FIXTURES, folder, idle, launch, start } from "./desk.mjs";

for (const language of ["zh-CN", "en"]) {
  test(`a merchant opens a bill with its password (${language})`, async () => {
    const at = folder();
    const root = path.join(at.at, "shop");
    const desk = await start(path.join(at.at, "state"), { language, archive: root });
    const browser = await launch();
    try {
      const { tab, seen } = await enter(browser, desk);
      const look = (name) => check(tab, `${name}-${language}`);
      await tab.goto(`${desk.origin}/inputs`);
      const bills = path.join(FIXTURES, "demo", "bills");
      await tab.setInputFiles("#files", readdirSync(bills).filter((name) => name.endsWith(".zip")).map((name) => path.join(bills, name)));
      await tab.waitForSelector("#list .items li");
      await tab.click("#start");
      await tab.waitForSelector("#password");
      await look("password");
      await tab.fill("#password", "wrong");
      await tab.press("#password", "Enter");
      await tab.waitForSelector("#question [role='alert']");
      assert.match(await tab.textContent("#question"), language === "en" ? /wrong/i : /密码不对/);
      await look("password-wrong");
      await tab.fill("#password", "liudi-demo");
      await tab.press("#password", "Enter");
      await idle(tab);
      await tab.waitForSelector("#summary");
      await look("progress-bills");
      await tab.goto(`${desk.origin}/bills`);
      await tab.waitForSelector("main table");
      await look("bills");
      const page = await tab.content();
      assert.ok(!page.includes("liudi-demo"), "the password is on no page");
      // A private export wants a confirmation.
      await tab.locator(`main form:has(input[value="ledger"])`).first().scrollIntoViewIfNeeded();
      assert.deepEqual(seen.foreign, []);
      assert.deepEqual(seen.errors.filter((text) => !/404|400/.test(text)), []);
    } finally {
      await browser.close();
      await desk.stop();
      at.remove();
    }
  });
}
