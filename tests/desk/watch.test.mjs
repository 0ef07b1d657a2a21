// Watching the Downloads folder: pages are taken in while a password is asked for, a folder that vanishes is told, and every
// view is in order meanwhile.
import test from "node:test";
import assert from "node:assert/strict";
import { copyFileSync, readdirSync, renameSync } from "node:fs";
import path from "node:path";
import { check, enter, FIXTURES, folder, idle, launch, start } from "./desk.mjs";

/** Waits until a view, loaded anew each time, says so. */
async function until(tab, url, words) {
  const ends = Date.now() + 60_000;
  for (;;) {
    await tab.goto(url);
    if (words.test(await tab.textContent("main"))) return;
    assert.ok(Date.now() < ends, `${words} in ${await tab.textContent("main")}`);
    await new Promise((resolve) => setTimeout(resolve, 300));
  }
}

/** Sends a form; leaving the page before it was received would take it back. */
async function send(tab, act) {
  await Promise.all([tab.waitForResponse((response) => response.request().method() === "POST"), act()]);
}

test("the Downloads folder is watched, with a question open and without the folder", async () => {
  const at = folder();
  const desk = await start(path.join(at.at, "state"), { archive: path.join(at.at, "存档 一号") });
  const downloads = path.join(desk.home, "Downloads");
  const browser = await launch();
  try {
    const { tab, seen } = await enter(browser, desk);
    const demo = (part, ends) => readdirSync(path.join(FIXTURES, "demo", part)).filter((name) => name.endsWith(ends)).sort();
    const put = (part, name) => copyFileSync(path.join(FIXTURES, "demo", part, name), path.join(downloads, name));
    const pages = demo("pages", ".html");
    await tab.goto(`${desk.origin}/inputs`);
    await tab.click("summary:has-text('盯着一个文件夹')");
    await send(tab, () => tab.click("form[action='/inputs/watch'] button"));
    await until(tab, `${desk.origin}/progress`, /正在盯着/);
    put("pages", pages[0]);
    put("bills", demo("bills", ".zip")[0]);
    await until(tab, `${desk.origin}/progress`, /需要密码/);
    await check(tab, "watch-question");
    put("pages", pages[1]);
    await until(tab, `${desk.origin}/archive`, /文章\s*\?\s*2\s*2/);
    for (const view of ["archive", "gaps", "bills", "site"]) {
      await tab.goto(`${desk.origin}/${view}`);
      await check(tab, `watch-${view}`);
    }
    renameSync(downloads, `${downloads} 2`);
    await until(tab, `${desk.origin}/inputs`, /找不到这个文件夹/);
    await check(tab, "watch-gone");
    renameSync(`${downloads} 2`, downloads);
    await until(tab, `${desk.origin}/inputs`, /正在盯着(?![^。]*找不到)/);
    await tab.goto(`${desk.origin}/progress`);
    await tab.fill("#password", "wrong");
    await send(tab, () => tab.press("#password", "Enter"));
    await until(tab, `${desk.origin}/progress`, /密码不对/);
    await tab.fill("#password", "liudi-demo");
    await send(tab, () => tab.press("#password", "Enter"));
    await until(tab, `${desk.origin}/bills`, /个人账单/);
    await tab.goto(`${desk.origin}/progress`);
    await send(tab, () => tab.click("main button:has-text('不盯了')"));
    await idle(tab);
    await until(tab, `${desk.origin}/progress`, /盯文件夹做完了/);
    await check(tab, "watch-ended");
    assert.ok(!/中途停下|再输一次密码/.test(await tab.textContent("main")));
    assert.deepEqual(seen, { errors: [], foreign: [] });
  } finally {
    await browser.close();
    await desk.stop();
    at.remove();
  }
});
