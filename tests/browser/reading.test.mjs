// A reader goes through the site, by double-click and over http, with and without scripts.
import { after, before, describe, test } from "node:test";
import assert from "node:assert/strict";
import { DEMO, KINDS, fileUrl, launch, open, page, pages, serve } from "./mirror.mjs";

let browser, host, kindsHost;
before(async () => { browser = await launch(); host = await serve(DEMO); kindsHost = await serve(KINDS); });
after(async () => { await browser.close(); await host.close(); await kindsHost.close(); });

/** Runs `body` on a fresh page, then holds that it complained of nothing and asked no other host. */
async function reads(url, body, options = {}) {
  const { tab, seen, close } = await open(browser, options);
  try {
    await tab.goto(url);
    await body(tab, seen);
    assert.deepEqual(seen.errors, []);
    assert.deepEqual(seen.foreign, []);
  } finally {
    await close();
  }
}

for (const way of ["file", "http"]) {
  const url = (site, name) => way === "file" ? fileUrl(site, name) : (site === DEMO ? host : kindsHost).base + encodeURI(name ?? "index.html");
  describe(`by ${way}`, () => {
    test("home → year → article → next", () => reads(url(DEMO), async (tab) => {
      assert.match(await tab.textContent("h1"), /山间小记/);
      await tab.click("main section:has(h2:has-text('按年')) a:has-text('2024')");
      assert.match(tab.url(), /archive\/2024\.html/);
      await tab.click("text=同一棵茶树的五个月");
      assert.equal(await tab.textContent("h1"), "同一棵茶树的五个月");
      const next = await tab.textContent(".turn a[rel=next]");
      await tab.click(".turn a[rel=next]");
      assert.ok(next.endsWith(await tab.textContent("h1")));
    }));

    test("a link of the owner's own article stays in the site", () => reads(url(KINDS, page(KINDS, "灯塔上的一年")), async (tab) => {
      await tab.click(".body a:has-text('潮间带')");
      assert.equal(await tab.textContent("h1"), "潮间带");
      assert.ok(!tab.url().includes("weixin"));
    }));

    test("a gallery opens its pictures over the page and turns them by keys", () => reads(url(KINDS, page(KINDS, "四个时辰的海")), async (tab) => {
      assert.equal(await tab.locator(".gallery a > img").count(), 4);
      await tab.click(".gallery a:nth-child(2)");
      const shown = () => tab.getAttribute("dialog[open] img", "src");
      const second = await shown();
      await tab.keyboard.press("ArrowRight");
      assert.notEqual(await shown(), second);
      await tab.keyboard.press("ArrowLeft");
      assert.equal(await shown(), second);
      await tab.keyboard.press("Escape");
      assert.equal(await tab.locator("dialog[open]").count(), 0);
    }));

    test("home → videos → a video that plays and seeks, and one that is not held", () => reads(url(KINDS), async (tab) => {
      await tab.click(".bar nav a:has-text('视频')");
      await tab.locator(".videos .missing").waitFor();
      assert.equal(await tab.locator(".videos li").count(), 2);
      await tab.click(".videos a:has-text('回港的船')");
      assert.match(await tab.textContent("article .body"), /风从西南来，收帆。/);
      const room = await tab.locator("video").boundingBox();
      const seconds = await tab.evaluate(async () => {
        const player = document.querySelector("video");
        player.muted = true;
        if (player.readyState < 1) await new Promise((ready, failed) => { player.onloadedmetadata = ready; player.onerror = () => failed(player.error.message); });
        await player.play();
        player.currentTime = 3;
        await new Promise((ready) => { player.onseeked = ready; });
        return [player.duration, player.currentTime];
      });
      assert.ok(seconds[0] > 3.5 && seconds[1] >= 3, `${seconds}`);
      const played = await tab.locator("video").boundingBox();
      assert.deepEqual([played.width, played.height], [room.width, room.height], "the film has the room that was kept for it");
      await tab.click(".turn a[rel=next]");
      await tab.locator("h1:has-text('没有存下来的一天')").waitFor();
      await tab.locator("article .missing").waitFor();
      assert.equal(await tab.locator("video").count(), 0);
    }));

    test("year → a note of words; a note of a picture opens it; one that is not held says so", () => reads(url(KINDS, "archive/2022.html"), async (tab) => {
      await tab.click("a:has-text('今晚八点在码头读信')");
      await tab.locator("article :text('带一盏灯，不见不散。')").waitFor();
      await tab.click(".turn a[rel=next]");
      await tab.click(".gallery a:only-child");
      await tab.locator("dialog[open] img").waitFor();
      await tab.keyboard.press("Escape");
      await tab.click(".turn a[rel=next]");
      await tab.locator("article .missing").waitFor();
    }));

    test("film and sound play", () => reads(url(KINDS, page(KINDS, "能看的和能听的")), async (tab) => {
      for (const kind of ["video", "audio"]) {
        const seconds = await tab.evaluate(async (kind) => {
          const player = document.querySelector(kind);
          player.muted = true;
          player.load();
          await new Promise((ready, failed) => { player.onloadedmetadata = ready; player.onerror = () => failed(player.error.message); });
          await player.play();
          player.currentTime = 1;
          await new Promise((ready) => { player.onseeked = ready; });
          return [player.duration, player.currentTime];
        }, kind);
        assert.ok(seconds[0] > 2 && seconds[1] >= 1, `${kind}: ${seconds}`);
      }
    }));
  });
}

test("without scripts everything but the search can be read", async () => {
  const none = { javaScriptEnabled: false };
  await reads(fileUrl(DEMO), async (tab) => {
    await tab.click("nav a:has-text('归档')");
    await tab.click("main a:has-text('2023')");
    await tab.click("text=霜降以后");
    assert.match(await tab.textContent("article"), /垭口有一块碑/);
  }, none);
  await reads(fileUrl(KINDS, page(KINDS, "四个时辰的海")), async (tab) => {
    await tab.click(".gallery a:nth-child(1)");
    assert.match(tab.url(), /media\/.*\.png$/);
  }, none);
  await reads(fileUrl(DEMO, "search.html"), async (tab) => {
    assert.ok(await tab.locator("noscript").count());
    assert.match(await tab.textContent("main"), /归档/);
  }, none);
});

test("the first picture is loaded at once, the others wait; none of them moves the text", () =>
  reads(fileUrl(KINDS, page(KINDS, "灯塔上的一年")), async (tab) => {
    const images = await tab.$$eval("article img", (all) => all.map((image) => ({
      lazy: image.loading === "lazy", width: image.getAttribute("width"), height: image.getAttribute("height"), box: image.getBoundingClientRect().height,
    })));
    assert.equal(images[0].lazy, false);
    assert.ok(images.slice(1).every((image) => image.lazy));
    assert.ok(images.every((image) => image.width && image.height), JSON.stringify(images));
    await tab.evaluate(() => { for (const image of document.images) image.loading = "eager"; });
    await tab.waitForFunction(() => Array.from(document.images).every((image) => image.complete));
    const after = await tab.$$eval("article img", (all) => all.map((image) => image.getBoundingClientRect().height));
    assert.deepEqual(after.map(Math.round), images.map((image) => Math.round(image.box)));
  }));

test("no page is wider than the window, from 320 pixels up", async () => {
  const { tab, close } = await open(browser);
  for (const site of [DEMO, KINDS]) {
    for (const name of pages(site)) {
      await tab.goto(fileUrl(site, name));
      for (const width of [320, 768, 1600]) {
        await tab.setViewportSize({ width, height: 800 });
        const over = await tab.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
        assert.ok(over <= 0, `${name} at ${width}: ${over} pixels too wide`);
      }
    }
  }
  await close();
});

test("the choice of colours holds on the next page", () => reads(fileUrl(DEMO), async (tab) => {
  const ground = () => tab.evaluate(() => getComputedStyle(document.documentElement).backgroundColor);
  const light = await ground();
  await tab.click("button.display");
  await tab.check("input[name=theme][value=dark]");
  assert.notEqual(await ground(), light);
  // A page is there once its scripts ran: a click alone waits only until the next one begins.
  const first = tab.url();
  await tab.click(".bar nav a:has-text('归档')");
  await tab.waitForURL((url) => url.href !== first);
  assert.notEqual(await ground(), light);
  await tab.click("button.display");
  await tab.check("input[name=theme][value=auto]");
  assert.equal(await ground(), light);
}));

test("plain reading takes the author's layout away, and gives it back", () =>
  reads(fileUrl(KINDS, page(KINDS, "灯塔上的一年")), async (tab) => {
    const framed = () => tab.$$eval(".body section", (all) => all.filter((one) => getComputedStyle(one).borderTopWidth === "1px").length);
    assert.equal(await framed(), 1);
    await tab.click("button.display");
    await tab.check("input[name=layout][value=plain]");
    assert.equal(await framed(), 0);
    await tab.reload();
    assert.equal(await framed(), 0);
    await tab.click("button.display");
    await tab.check("input[name=layout][value=original]");
    assert.equal(await framed(), 1);
  }));

test("in the dark no surface shines, whatever colour its author gave it", () =>
  reads(fileUrl(KINDS, page(KINDS, "灯塔上的一年")), async (tab) => {
    const bright = await tab.$$eval("body *", (all) => all.map((one) => [one.tagName, getComputedStyle(one).backgroundColor])
      .filter(([, colour]) => {
        const [red, green, blue, alpha = 1] = colour.match(/[\d.]+/g).map(Number);
        return alpha > 0.5 && 0.299 * red + 0.587 * green + 0.114 * blue > 190;
      }));
    assert.deepEqual(bright, []);
  }, { colorScheme: "dark" }));

test("on paper: the article, where it came from, and nothing of the site around it", () =>
  reads(fileUrl(KINDS, page(KINDS, "灯塔上的一年")), async (tab) => {
    await tab.emulateMedia({ media: "print" });
    for (const away of [".top", ".foot", ".turn", "button.display"]) {
      assert.equal(await tab.locator(away).first().isVisible(), false, away);
    }
    assert.ok(await tab.locator("article .body").isVisible());
    const pdf = await tab.pdf({ format: "A4" });
    assert.ok(pdf.length > 10_000);
  }, { colorScheme: "dark" }));
