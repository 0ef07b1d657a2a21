// The search, by double-click and over http: whole phrases, single characters, words; nothing false, nothing missed.
import { after, before, describe, test } from "node:test";
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import path from "node:path";
import { DEMO, KINDS, fileUrl, launch, open, pages, serve } from "./mirror.mjs";

let browser, hosts;
before(async () => { browser = await launch(); hosts = { [DEMO]: await serve(DEMO), [KINDS]: await serve(KINDS) }; });
after(async () => { await browser.close(); for (const host of Object.values(hosts)) await host.close(); });

/** Titles of what is found. */
async function find(tab, query) {
  await tab.fill("#seek input", query);
  await tab.press("#seek input", "Enter");
  await tab.waitForFunction(() => /共|没有|约/.test(document.getElementById("status").textContent));
  while (await tab.locator("#more").isVisible()) await tab.click("#more");
  return tab.$$eval("#hits a", (all) => all.map((link) => link.textContent));
}

for (const way of ["file", "http"]) {
  const url = (site) => way === "file" ? fileUrl(site, "search.html") : `${hosts[site].base}search.html`;
  describe(`by ${way}`, () => {
    const searching = (name, site, body) => test(name, async () => {
      const { tab, seen, close } = await open(browser);
      await tab.goto(url(site));
      await body(tab);
      assert.deepEqual(seen.errors, []);
      assert.deepEqual(seen.foreign, []);
      await close();
    });

    searching("a phrase, then the article it stands in", DEMO, async (tab) => {
      assert.deepEqual(await find(tab, "字磨得只剩"), ["霜降以后，我们走了一条旧路"]);
      assert.equal(await tab.textContent("#hits mark"), "字磨得只剩");
      await tab.click("#hits a");
      assert.match(await tab.textContent("article"), /垭口有一块碑/);
    });

    searching("a single character", DEMO, async (tab) => {
      const found = await find(tab, "碑");
      assert.deepEqual(found, ["霜降以后，我们走了一条旧路"]);
      assert.ok((await find(tab, "茶")).length >= 5);
    });

    searching("a word, by its beginning and in any case", KINDS, async (tab) => {
      for (const query of ["rust", "RUST", "Rus", "ｒｕｓｔ"]) {
        assert.deepEqual(await find(tab, query), ["Letters from the Sea, No. 1"], query);
      }
    });

    searching("two words find what holds both; words that nobody wrote find nothing", KINDS, async (tab) => {
      assert.deepEqual(await find(tab, "寄居蟹 时间"), ["潮间带"]);
      assert.deepEqual(await find(tab, "寄居蟹 雾号"), []);
      assert.match(await tab.textContent("#status"), /没有找到/);
    });

    searching("signs and quotes are passed over, in the question and in the text", DEMO, async (tab) => {
      for (const query of ["「字磨得只剩」", "“字磨得只剩”", "\"字磨得只剩\"", "字磨得只剩！", "，字磨得只剩。", "垭口有一块碑，字磨得只剩"]) {
        assert.deepEqual(await find(tab, query), ["霜降以后，我们走了一条旧路"], query);
      }
      // The text has a comma where the question has none.
      assert.deepEqual(await find(tab, "一块碑字磨得"), []);
      assert.match(await tab.textContent("#status"), /没有找到/);
      assert.equal(await tab.textContent("#near a >> nth=0"), "霜降以后，我们走了一条旧路");
    });

    searching("where nothing is found there is something to read", DEMO, async (tab) => {
      for (const query of ["鲸", "。。。", "xyzzy"]) {
        await tab.fill("#seek input", query);
        await tab.press("#seek input", "Enter");
        await tab.waitForFunction(() => /没有找到/.test(document.getElementById("status").textContent));
        assert.equal(await tab.locator("#hits li").count(), 0, query);
        assert.ok(await tab.locator("#latest a").first().isVisible(), query);
      }
    });

    searching("the title and the author are searched as the text is", KINDS, async (tab) => {
      assert.deepEqual(await find(tab, "老船长的航海"), ["推荐：老船长的航海日志"]);
      assert.ok((await find(tab, "小屿")).length >= 8);
    });
  });
}

test("a character's lists are read block by block, in each of their forms", async () => {
  // Five articles in blocks of two: of the first block a bitmap and gaps of titles, of the second two bitmaps, of the
  // last a plain list. So the index is written at a scale no test can have (src/export/mirror/search/list.rs).
  const list = (sign, form, ...bytes) => {
    const name = [...Buffer.from("山" + sign)];
    return [name.length, ...name, form, ...bytes];
  };
  const shard = [
    ...list("", 0 << 2 | 1, 0b01), ...list("\u0001", 1 << 2 | 2, 0b11, 0b10), ...list("\u0002", 1 << 2 | 0, 0 << 2 | 1),
    ...list("头", 1 << 2 | 0, 9 << 2),
  ];
  const texts = ["山一", "海", "山二", "山三", "山四"].map((text, at) => ["index.html", `第${at}篇`, "2024-01-01", text, ""]);
  const index = {
    "index.js": `liudiSearch.config(${JSON.stringify({ terms: 1, characters: 1, count: 5, block: 2, blocks: 3, steps: [0] })});`,
    "c/0.js": `liudiSearch.list("c",0,"${Buffer.from(shard).toString("base64")}");`,
    "d/0.js": `liudiSearch.texts(0,${JSON.stringify(texts)});`,
  };
  const { tab, seen, close } = await open(browser);
  await tab.route("**/search/**", (route) => {
    const body = index[route.request().url().split("/search/")[1]];
    return body ? route.fulfill({ contentType: "text/javascript", body }) : route.continue();
  });
  await tab.goto(`${hosts[DEMO].base}search.html`);
  assert.deepEqual(await find(tab, "山"), ["第3篇", "第4篇", "第2篇", "第0篇"], "a title's first, then the newest");
  assert.deepEqual(seen.errors, []);
  await close();
});

test("an address with words in it opens with what they find", async () => {
  const { tab, close } = await open(browser);
  await tab.goto(`${fileUrl(DEMO, "search.html")}?q=${encodeURIComponent("野菜")}`);
  await tab.waitForSelector("#hits li");
  assert.equal(await tab.inputValue("#seek input"), "野菜");
  await close();
});

test("every pair of characters of every article is found there", async () => {
  const { tab, close } = await open(browser);
  await tab.goto(fileUrl(DEMO, "search.html"));
  for (const name of pages(DEMO).filter((name) => name.startsWith("a/"))) {
    const html = readFileSync(path.join(DEMO, name), "utf8");
    const title = /<title>([^<]*?) · /.exec(html)[1];
    const body = html.slice(html.indexOf('<div class="body'), html.search(/\n *(<p class="(reshare|aside|tags|counts)|<\/article>)/));
    const text = body.replace(/<[^>]*>/g, "\n");
    const runs = text.match(/[\u4e00-\u9fff]{2,}/g) ?? [];
    for (const run of runs.filter((_, index) => index % 9 === 0)) {
      assert.ok((await find(tab, run.slice(0, 4))).includes(title), `${run} in ${title}`);
    }
  }
  await close();
});
