// The desk with hostile inputs: names of files, of the account and of articles, problems, gaps, bills. No script of the
// input runs on any of its pages, and no request leaves the desk, whatever its own policy would have stopped.
import test from "node:test";
import assert from "node:assert/strict";
import { cpSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { spawnSync } from "node:child_process";
import path from "node:path";
import { CORPUS, dangers, launch, listening, take, touch, trap } from "../browser/hostile.mjs";
import { folder, idle, PROGRAM, start } from "./desk.mjs";

/** Views of the desk, and their parts are found on them. */
const VIEWS = ["archive", "inputs", "progress", "gaps", "bills", "ready", "guide", "site"];

/** Names of files that somebody could give. `/` is in no name. */
const NAMES = ["<img src=x onerror=ran('file')>.html", "\"><img src=x onerror=ran('quote')>.zip", "'onmouseover='ran(1)'.xyz", "<svg onload=ran('svg')>.csv", "{{constructor.constructor('ran(1)')()}}.json", "&lt;img src=x onerror=ran('entity')&gt;.html", "javascript:ran('link').html", "\u202egnp.exe", "a\u2028b<script>ran('line')<\u2044script>.html"];

for (const language of ["zh-CN", "en"]) {
  test(`no view runs or asks for anything of the inputs (${language})`, async () => {
    const { at, remove } = folder();
    const inputs = path.join(at, "in");
    mkdirSync(inputs);
    for (const name of ["script", "hosts", "formulas", "lies", "links"]) cpSync(path.join(CORPUS, name), path.join(inputs, name), { recursive: true });
    const page = readFileSync(path.join(CORPUS, "script", "account.html"), "utf8");
    for (const [number, name] of NAMES.entries()) writeFileSync(path.join(inputs, name), number % 2 ? "PK\u0003\u0004 broken" : page.replaceAll(/\b26500\d{5}\b/g, `26499990${number}0`));
    const archive = path.join(at, "archive");
    const made = spawnSync(PROGRAM, ["backup", inputs, "-o", archive, "--quiet"], { encoding: "utf8", env: { ...process.env, LIUDI_LANG: language } });
    assert.ok(made.status !== null && made.status < 128, made.stderr);
    const desk = await start(path.join(at, "state"), { archive, language });
    const hole = await trap();
    const browser = await launch(hole.port);
    try {
      const own = (url) => url.startsWith(desk.origin) || /^http:\/\/localhost:\d+\//.test(url) || /^(data|blob|about):/.test(url);
      const { context, heard } = await listening(browser, own);
      const tab = await context.newPage();
      await tab.goto(desk.url);
      const wrong = [];
      const look = async (what) => {
        await tab.waitForTimeout(60);
        const waiting = await tab.evaluate(dangers);
        const { ran, foreign } = take(heard);
        if (ran.length || foreign.length || waiting.length) wrong.push({ what, ran, foreign, waiting });
      };
      const seen = new Set();
      const walk = async (view) => {
        const left = [`${desk.origin}/${view}`];
        while (left.length) {
          const url = left.pop();
          if (seen.has(url) || seen.size > 90) continue;
          seen.add(url);
          await tab.goto(url);
          await look(url);
          // Parts of the same view: pages of lists, chips, cards that open.
          const parts = await tab.locator("main a[href]").evaluateAll((links) => links.map((link) => link.href.split("#")[0]));
          left.push(...parts.filter((part) => part.startsWith(`${desk.origin}/${view}?`)).slice(0, 6));
          await touch(tab);
          await look(`${url}, touched`);
        }
      };
      for (const view of VIEWS) await walk(view);
      assert.ok(seen.size > VIEWS.length, [...seen].join("\n"));
      // What a run says while it goes on, and the questions about it afterwards.
      await tab.goto(`${desk.origin}/ready`);
      await tab.locator("form[action='/ready/measure'] button").first().click();
      await tab.waitForTimeout(300);
      await idle(tab);
      for (const view of ["ready", "progress", "gaps"]) { for (const url of [...seen]) if (url.includes(`/${view}`)) seen.delete(url); await walk(view); }
      // Hostile names, dropped by hand: the list of what was put in, a first look, and a run.
      await tab.goto(`${desk.origin}/inputs`);
      await tab.setInputFiles("#files", NAMES.map((name, number) => ({ name, mimeType: "text/html", buffer: Buffer.from(number % 2 ? "PK\u0003\u0004 broken" : page) })));
      await tab.waitForFunction(() => document.querySelector("#list .items li") && document.getElementById("sending").hidden);
      await look("what was put in");
      await tab.click("#look");
      await tab.waitForSelector("#seen");
      await idle(tab);
      await look("a first look");
      await tab.click("#start");
      await tab.waitForURL("**/progress");
      await idle(tab);
      await look("a run");
      for (const view of VIEWS) { for (const url of [...seen]) if (url.includes(`/${view}`)) seen.delete(url); await walk(view); }
      // What is handed out as a page is shown in the same browser.
      for (const file of ["/gaps/gaps.html", "/ready/readiness.html"]) {
        const answer = await tab.request.get(`${desk.origin}${file}`);
        if (answer.status() !== 200) continue;
        const handed = path.join(at, path.basename(file));
        writeFileSync(handed, await answer.body());
        const { context: other, heard: there } = await listening(browser, (url) => /^(file|data|about):/.test(url));
        const shown = await other.newPage();
        await shown.goto(`file://${handed}`);
        await touch(shown);
        const waiting = await shown.evaluate(dangers);
        const { ran, foreign } = take(there);
        if (ran.length || foreign.length || waiting.length) wrong.push({ what: file, ran, foreign, waiting });
        await other.close();
      }
      assert.equal(wrong.length, 0, JSON.stringify(wrong.slice(0, 10), null, 1));
      assert.deepEqual(hole.visits, [], "the trap was visited");
    } finally {
      await browser.close();
      hole.close();
      await desk.stop();
      remove();
    }
  });
}
