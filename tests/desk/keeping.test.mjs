// The walk of somebody who keeps an archive safe: the second copy, damage and its repair.
import test from "node:test";
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
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
