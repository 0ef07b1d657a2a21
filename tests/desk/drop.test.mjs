// Files and folders dragged from the system's file manager, as the browser hands them over: folders with folders in them,
// several things at once, a file that goes away meanwhile, a browser that is closed in the middle.
import test from "node:test";
import assert from "node:assert/strict";
import { closeSync, mkdirSync, openSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import path from "node:path";
import { enter, FIXTURES, folder, idle, launch, start } from "./desk.mjs";

/** Drops files and folders onto the page. */
async function drop(tab, paths) {
  const session = await tab.context().newCDPSession(tab);
  const box = await tab.locator("[data-drop]").boundingBox();
  const data = { items: [], files: paths, dragOperationsMask: 1 };
  for (const type of ["dragEnter", "dragOver", "drop"]) {
    await session.send("Input.dispatchDragEvent", { type, x: box.x + 20, y: box.y + 20, data });
  }
}

/** A test that begins with a new archive at the usual place and 放进来 on the screen; `at` is a folder of its own. */
function dropping(name, walk) {
  test(name, async () => {
    const { at, remove } = folder();
    const running = await start(path.join(at, "state"));
    const browser = await launch();
    try {
      const { tab, seen } = await enter(browser, running);
      await tab.click("main form[action='/archive/make'] button.main");
      await tab.waitForURL("**/inputs");
      await walk({ at, running, browser, tab, seen });
    } finally {
      await browser.close();
      await running.stop();
      remove();
    }
  });
}

const items = (tab) => tab.locator("#list .items li").allInnerTexts();
// The list is shown while files arrive, and each time anew: what is still being received says so.
const sent = (tab) => tab.waitForFunction(() => document.querySelector("#list .items li") && document.getElementById("sending").hidden && !document.querySelector("#list [data-receiving]"));

dropping("folders in folders are taken whole, things of one name are kept apart", async (it) => {
  // More than a browser lists in one go (100), and more than is sent in one go (200).
  const deep = path.join(it.at, "我的文章", "2023", "三月");
  mkdirSync(deep, { recursive: true });
  for (let number = 0; number < 230; number += 1) writeFileSync(path.join(deep, `${number}.txt`), `${number}`);
  // Results of a search come from everywhere.
  mkdirSync(path.join(it.at, "别处"));
  writeFileSync(path.join(it.at, "单独.txt"), "one");
  writeFileSync(path.join(it.at, "别处", "单独.txt"), "another");
  await drop(it.tab, [path.join(it.at, "我的文章"), path.join(it.at, "单独.txt"), path.join(it.at, "别处", "单独.txt")]);
  await sent(it.tab);
  const [batch] = await items(it.tab);
  assert.match(batch, /232/);
  const inbox = path.join(it.running.home, "liudi-archive", ".liudi", "inbox", "1");
  // The browser may give one of them another name itself.
  const alone = readdirSync(inbox, { recursive: true }).filter((name) => /单独.*txt$/.test(name));
  assert.deepEqual(alone.map((name) => readFileSync(path.join(inbox, name), "utf8")).sort(), ["another", "one"]);
  assert.deepEqual(it.seen.errors, []);
});

dropping("a file that goes away while it is sent is named, and the others are taken", async (it) => {
  for (const name of ["甲", "乙", "丙", "丁", "戊"]) writeFileSync(path.join(it.at, `${name}.txt`), name.repeat(1000));
  let first = true;
  await it.tab.route("**/upload?*", async (route) => {
    if (first) rmSync(path.join(it.at, "丙.txt"));
    first = false;
    await route.continue();
  });
  await drop(it.tab, ["甲", "乙", "丙", "丁", "戊"].map((name) => path.join(it.at, `${name}.txt`)));
  await sent(it.tab);
  assert.match((await items(it.tab)).join(), /4 个文件/);
  assert.match(await it.tab.innerText("main .alert"), /丙\.txt/);
});

dropping("a big file shows how much of it was sent; broken off, it is named until it is put in again", async (it) => {
  const file = path.join(it.at, "大视频.mp4");
  closeSync(openSync(file, "w"));
  truncateSync(file, 600_000_000);
  // What the page shows while it is sent.
  await it.tab.evaluate(() => {
    window.shown = [];
    new MutationObserver(() => window.shown.push(document.querySelector("#sending [data-text]").textContent)).observe(document.getElementById("sending"), { subtree: true, childList: true, characterData: true });
  });
  await drop(it.tab, [file]);
  await it.tab.waitForFunction(() => window.shown.some((words) => /[1-9]\d* \/ 600 MB/.test(words)));
  await it.tab.close();
  const { tab } = await enter(it.browser, await start(path.join(it.at, "state")));
  await tab.goto(`${it.running.origin}/inputs`);
  await tab.waitForFunction(() => /没有放完就断了/.test(document.querySelector("#list")?.textContent ?? ""));
  assert.match((await items(tab)).join(), /大视频\.mp4/);
  // Nothing is there to read.
  await tab.click("#start");
  await tab.waitForSelector(".told:not(:empty), [role=alert]:not([hidden])");
  assert.ok(!(await tab.textContent("main")).includes("做完了"));
  // What is there is read, and what is not is named.
  writeFileSync(path.join(it.at, "单独.txt"), "one");
  await drop(tab, [path.join(it.at, "单独.txt")]);
  await tab.waitForFunction(() => /单独\.txt/.test(document.querySelector("#list")?.textContent ?? "") && !document.querySelector("#list [data-receiving]"));
  await tab.click("#start");
  await tab.waitForURL("**/progress");
  await idle(tab);
  await tab.waitForSelector("#summary");
  assert.match(await tab.textContent("main [role=alert]"), /大视频\.mp4/);
});

dropping("a browser that is closed in the middle leaves what was sent, and it can be put in", async (it) => {
  const pages = path.join(FIXTURES, "demo", "pages");
  let count = 0;
  let held;
  const holds = new Promise((resolve) => { held = resolve; });
  await it.tab.route("**/upload?*", (route) => (count++ === 0 ? route.continue() : held()));
  await drop(it.tab, [pages]);
  await holds;
  await it.tab.close();
  const { tab } = await enter(it.browser, await start(path.join(it.at, "state")));
  await tab.goto(`${it.running.origin}/inputs`);
  assert.match((await items(tab)).join(), /pages/);
  await tab.click("#start");
  await tab.waitForURL("**/progress");
  await idle(tab);
  const archived = await (await tab.request.get(`${it.running.origin}/progress.json`)).text();
  assert.match(archived, /"page": [1-9]/);
});

dropping("a first look tells what is recognised and writes nothing into the archive", async (it) => {
  await drop(it.tab, [path.join(FIXTURES, "demo", "pages")]);
  await sent(it.tab);
  const posted = [];
  it.tab.on("request", (request) => { if (request.method() === "POST") posted.push(new URL(request.url()).pathname); });
  await it.tab.click("#look");
  await it.tab.waitForSelector("#seen");
  await idle(it.tab);
  assert.match(await it.tab.textContent("#seen"), /能认出|文章/);
  assert.deepEqual(posted, ["/inputs/look"]);
  // Only the inbox and the rest of the working state are there.
  assert.deepEqual(readdirSync(path.join(it.running.home, "liudi-archive")), [".liudi"]);
  await it.tab.click("#start");
  await it.tab.waitForSelector("#summary");
  assert.ok(readdirSync(path.join(it.running.home, "liudi-archive")).includes("SHA256SUMS"));
});
