// The walks of somebody who keeps an archive safe: the second copy, damage and its repair, packs, a timestamp.
import test from "node:test";
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { check, enter, FIXTURES, folder, idle, launch, PROGRAM, start } from "./desk.mjs";

/** An archive of the demo. */
function demo(at) {
  const archive = path.join(at, "archive");
  execFileSync(PROGRAM, ["backup", path.join(FIXTURES, "demo"), "-o", archive, "--no-mirror", "--quiet"], { stdio: "ignore", env: { ...process.env, LIUDI_ZIP_PASSWORD: "liudi-demo" } });
  return archive;
}

/** The files of a folder of the archive whose names end so. */
const files = (archive, of, ending = "") => readdirSync(path.join(archive, of), { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile() && entry.name.endsWith(ending)).map((entry) => path.join(entry.parentPath, entry.name)).sort();

for (const language of ["zh-CN", "en"]) {
  test(`a second copy is made, and mends what is damaged (${language})`, async () => {
    const at = folder();
    const archive = demo(at.at);
    const desk = await start(path.join(at.at, "state"), { language, archive });
    const disk = path.join(desk.home, "disk");
    mkdirSync(disk);
    writeFileSync(path.join(disk, "other.txt"), "mine");
    const browser = await launch();
    try {
      const { tab, seen } = await enter(browser, desk);
      const look = (name) => check(tab, `${name}-${language}`);
      await tab.click("nav.steps a[href='/keeping']");
      await tab.waitForSelector("#to");
      await look("keeping-copy-none");
      await tab.fill("#to", "disk");
      await tab.press("#to", "Enter");
      await tab.waitForSelector("[role='alert']");
      assert.equal(await tab.inputValue("#to"), "disk");
      // The list says where the copy goes before anything is written.
      await tab.goto(`${desk.origin}/keeping?part=copy&at=${encodeURIComponent(disk)}#chooser`);
      assert.ok((await tab.textContent("#where")).includes(path.join(disk, "archive")));
      await look("keeping-copy-choose");
      await tab.click("#where form:has(input[name='at']) button");
      await tab.waitForSelector("#done [role='status']", { timeout: 60_000 });
      await idle(tab);
      await look("keeping-copy-done");
      assert.deepEqual(files(path.join(disk, "archive"), "public"), files(archive, "public").map((file) => file.replace(archive, path.join(disk, "archive"))));

      // Damage: what only the copy has, and what is made again.
      rmSync(files(archive, "public/data/media")[0]);
      writeFileSync(files(archive, "public/data/articles", "content.html")[0], "changed");
      await tab.goto(`${desk.origin}/ready`);
      await tab.click("form[action='/ready/measure'] button");
      await tab.waitForSelector(".verdict.bad", { timeout: 60_000 });
      await idle(tab);
      for (const page of ["archive", "gaps"]) {
        await tab.goto(`${desk.origin}/${page}`);
        await tab.waitForSelector("#damage");
        await look(`damaged-${page}`);
      }
      await tab.click("#damage a.main");
      await tab.waitForSelector("#sources");
      await look("keeping-repair-damage");
      await tab.click("form[action='/keeping/plan'] button");
      await tab.waitForSelector("#plan", { timeout: 60_000 });
      await idle(tab);
      assert.ok((await tab.textContent("#plan")).includes(path.join(disk, "archive")));
      await look("keeping-repair-plan");
      await tab.click("form[action='/keeping/mend'] button");
      await tab.waitForSelector("#plan .good", { timeout: 60_000 });
      await idle(tab);
      await look("keeping-repair-done");
      await tab.goto(`${desk.origin}/archive`);
      assert.equal(await tab.locator("#damage").count(), 0);

      // What nobody has is named.
      const media = files(archive, "public/data/media")[1];
      rmSync(media);
      rmSync(path.join(disk, "archive", path.relative(archive, media)));
      await tab.goto(`${desk.origin}/keeping?part=repair`);
      await tab.click("form[action='/keeping/plan'] button");
      await tab.waitForSelector("#plan .bad", { timeout: 60_000 });
      await idle(tab);
      await look("keeping-repair-left");
      assert.deepEqual(seen.foreign, []);
      assert.deepEqual(seen.errors.filter((text) => !/400/.test(text)), []);
    } finally {
      await browser.close();
      await desk.stop();
      at.remove();
    }
  });
}

for (const language of ["zh-CN", "en"]) {
  test(`the archive is packed for a cloud drive (${language})`, async () => {
    const at = folder();
    const archive = demo(at.at);
    const desk = await start(path.join(at.at, "state"), { language, archive });
    const browser = await launch();
    try {
      const { tab, seen } = await enter(browser, desk);
      const look = (name) => check(tab, `${name}-${language}`);
      await tab.goto(`${desk.origin}/keeping?part=packs`);
      await look("keeping-packs");
      const passphrase = "six words that nobody will guess";
      await tab.fill("#passphrase", passphrase);
      await tab.fill("#again", "six words");
      await tab.selectOption("#split", "4GB");
      await tab.click("#packing button.main");
      await tab.waitForSelector("[role='alert']");
      // What was chosen is still there, the passphrase is not.
      assert.equal(await tab.inputValue("#split"), "4GB");
      assert.equal(await tab.inputValue("#passphrase"), "");
      await look("keeping-packs-differ");
      await tab.fill("#passphrase", passphrase);
      await tab.fill("#again", passphrase);
      await tab.press("#again", "Enter");
      await tab.waitForSelector("#done", { timeout: 60_000 });
      await idle(tab);
      await look("keeping-packs-done");
      assert.ok(!(await tab.content()).includes("nobody will guess") && !tab.url().includes("six"));
      const packs = readdirSync(`${archive}-packs`);
      assert.deepEqual(packs.filter((name) => /\.zip(\.age)?$/.test(name)).sort(), ["archive-anchor.zip", "archive-private.zip.age", "archive-public.zip"]);
      await tab.goto(`${desk.origin}/progress`);
      await look("progress-packed");
      assert.deepEqual(seen.foreign, []);
      assert.deepEqual(seen.errors.filter((text) => !/400/.test(text)), []);
    } finally {
      await browser.close();
      await desk.stop();
      at.remove();
    }
  });
}

for (const language of ["zh-CN", "en"]) {
  test(`a timestamp is asked for and its answer handed in (${language})`, async () => {
    const at = folder();
    const archive = path.join(at.at, "archive");
    // The archive that the recorded answers are for.
    cpSync(path.join(FIXTURES, "timestamp", "archive"), archive, { recursive: true });
    const desk = await start(path.join(at.at, "state"), { language, archive });
    const browser = await launch();
    try {
      const { tab, seen } = await enter(browser, desk);
      const look = (name) => check(tab, `${name}-${language}`);
      await tab.goto(`${desk.origin}/keeping?part=stamps`);
      await look("keeping-stamps");
      await tab.click("form[action='/keeping/ask'] button");
      const get = tab.locator("a[href='/keeping/SHA256SUMS.tsq']");
      await get.waitFor();
      await idle(tab);
      const [saved] = await Promise.all([tab.waitForEvent("download"), get.click()]);
      assert.equal(saved.suggestedFilename(), "SHA256SUMS.tsq");
      await look("keeping-stamps-asked");
      await tab.setInputFiles("#reply", path.join(FIXTURES, "timestamp", "answers", "rsa-sha512.tsr"));
      await tab.waitForSelector("#stamps .card", { timeout: 30_000 });
      await idle(tab);
      await look("keeping-stamps-kept");
      await tab.click(`form[action='/keeping/sheet'] button[value='${language}']`);
      const show = tab.locator("#sheet a[target]");
      await show.waitFor({ timeout: 60_000 });
      await idle(tab);
      await look("keeping-sheet");
      const [sheet] = await Promise.all([tab.context().waitForEvent("page"), show.click()]);
      await sheet.waitForLoadState();
      assert.match(await sheet.textContent("h1"), language === "en" ? /evidence sheet/ : /存证说明/);
      assert.match(await sheet.evaluate(() => getComputedStyle(document.body).fontFamily), /Songti|Serif/);
      if (process.env.LIUDI_SCREENSHOTS) await sheet.screenshot({ path: path.join(process.env.LIUDI_SCREENSHOTS, `evidence-sheet-${language}.png`), fullPage: true });
      assert.deepEqual(seen.foreign, []);
      assert.deepEqual(seen.errors, []);
    } finally {
      await browser.close();
      await desk.stop();
      at.remove();
    }
  });
}
