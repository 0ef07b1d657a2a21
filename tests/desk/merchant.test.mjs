// The walk of a merchant: an encrypted bill, the wrong password, then the right one; the sums; the days without a bill and
// what is said of them in the conclusion; the second copy of the archive.
import test from "node:test";
import assert from "node:assert/strict";
import { cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { check, enter, FIXTURES, folder, idle, launch, start } from "./desk.mjs";

/** Writes the bills of two days between which two have none; returns their paths. */
function gappy(at) {
  const bill = readFileSync(path.join(FIXTURES, "bill-trade", "all-27", "1900000000All2026-05-01.csv"), "utf8");
  mkdirSync(at);
  return ["2025-03-10", "2025-03-13"].map((day) => {
    const file = path.join(at, `1900000000All${day}.csv`);
    writeFileSync(file, bill.replaceAll("2026-05-01", day));
    return file;
  });
}

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

for (const language of ["zh-CN", "en"]) {
  test(`a merchant says what became of the days without a bill (${language})`, async () => {
    const at = folder();
    const root = path.join(at.at, "shop");
    const desk = await start(path.join(at.at, "state"), { language, archive: root });
    const browser = await launch();
    try {
      const { tab, seen } = await enter(browser, desk);
      const look = (name) => check(tab, `${name}-${language}`);
      await tab.goto(`${desk.origin}/inputs`);
      await tab.setInputFiles("#files", gappy(path.join(at.at, "bills")));
      await tab.waitForSelector("#list .items li");
      await tab.click("#start");
      await tab.waitForSelector("#summary");
      assert.match(await tab.textContent("#summary"), language === "en" ? /2 daily bills/ : /2 份按天的账单/);
      await tab.goto(`${desk.origin}/ready`);
      await tab.click("form[action='/ready/measure'] button");
      await tab.waitForSelector("#rule-bills\\.coverage");
      const days = () => tab.locator("#rule-bills\\.coverage input[name='item'][value*=':2025-03-1']").evaluateAll((fields) => [...new Set(fields.map((field) => field.value))]);
      assert.deepEqual(await days(), ["wxpay_trade_bill:2025-03-11", "wxpay_trade_bill:2025-03-12"]);
      await tab.evaluate(() => document.querySelectorAll("details").forEach((one) => { one.open = true; }));
      await look("verdict-bills");
      // On one day there was no trade, the other is given up.
      const record = async (action, item) => {
        const form = `#rule-bills\\.coverage form[action='${action}']:has(input[value='${item}'])`;
        await tab.waitForSelector(form, { state: "attached" });
        // At once, because the page is shown anew whenever something changes.
        await tab.evaluate((form) => {
          const found = document.querySelector(form);
          for (let at = found; at; at = at.parentElement) if (at.tagName === "DETAILS") at.open = true;
          const reason = found.querySelector("[name='reason']");
          if (reason) reason.value = "lost & gone";
          found.requestSubmit(found.querySelector("button"));
        }, form);
        await tab.waitForSelector(form, { state: "detached" });
      };
      await record("/ready/no-bill", "wxpay_trade_bill:2025-03-11");
      assert.deepEqual(await days(), ["wxpay_trade_bill:2025-03-12"]);
      await record("/ready/waive", "wxpay_trade_bill:2025-03-12");
      await tab.goto(`${desk.origin}/ready?part=records`);
      const records = await tab.textContent("main");
      assert.ok(records.includes("lost & gone") && records.includes("2025-03-11") && records.includes("2025-03-12"), records);
      await look("records-bills");
      // The second copy is read, and its place is the answer.
      const copy = path.join(desk.home, "copy");
      cpSync(root, copy, { recursive: true });
      await tab.goto(`${desk.origin}/ready?part=questions&ask=second_copy_digest&choose=&at=${encodeURIComponent(copy)}#chooser`);
      await look("second-copy");
      await tab.click("#chooser form[action='/ready/answer'] button");
      // The page says that it is read, and then goes on by itself.
      await tab.waitForSelector("#chooser", { state: "detached" });
      await tab.waitForFunction(() => !/第二份存档|second copy/.test(document.querySelector("#question h2")?.textContent ?? ""));
      await tab.goto(`${desk.origin}/ready?part=questions&ask=second_copy_digest#question`);
      assert.ok((await tab.textContent("#question")).includes(copy), await tab.textContent("#question"));
      assert.deepEqual(seen.foreign, []);
      assert.deepEqual(seen.errors.filter((text) => !/404|400/.test(text)), []);
    } finally {
      await browser.close();
      await desk.stop();
      at.remove();
    }
  });
}
