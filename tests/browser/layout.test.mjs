// Where things stand, on every kind of page, on a phone and on a desk, in light and dark: header, text and footer below
// each other and in one column, nothing cut off, nothing over something else, no line that begins with a comma.
import { after, before, test } from "node:test";
import assert from "node:assert/strict";
import { DEMO, KINDS, fileUrl, launch, open, pages } from "./mirror.mjs";

let browser;
before(async () => { browser = await launch(); });
after(() => browser.close());

/** What is wrong with the page as it stands. Runs in the page. */
function faults() {
  const found = [], wide = document.documentElement.clientWidth;
  const name = (one) => `${one.tagName.toLowerCase()}${one.className && typeof one.className === "string" ? `.${one.className.trim().replace(/ +/g, ".")}` : ""} “${(one.textContent ?? "").trim().slice(0, 16)}”`;
  const box = (one) => one.getBoundingClientRect();
  const seen = (one) => one.checkVisibility({ visibilityProperty: true, contentVisibilityAuto: true }) && box(one).width > 0 && box(one).height > 0;

  // Header, main, footer: each once, in this order, as wide as the window, below each other.
  const parts = ["body > header", "body > main", "body > footer"].map((part) => document.querySelectorAll(part));
  if (parts.some((part) => part.length !== 1 || !seen(part[0]))) return ["no header, main and footer"];
  const [top, main, foot] = parts.map(([part]) => part);
  if (box(top).bottom > box(main).top + 1 || box(main).bottom > box(foot).top + 1) found.push("header, main and footer are not below each other");
  for (const part of [top, foot]) if (box(part).left > 1 || box(part).width < wide - 1) found.push(`${name(part)} is not as wide as the window`);
  if (document.documentElement.scrollWidth > window.innerWidth) found.push("wider than the window");

  // One column: what begins a line in header, text and footer begins at the same place, and ends there.
  const inner = (one) => { const style = getComputedStyle(one), edge = box(one); return [edge.left + parseFloat(style.paddingLeft), edge.right - parseFloat(style.paddingRight)].map(Math.round); };
  const column = inner(main);
  for (const one of [top.querySelector(".bar"), ...foot.querySelectorAll("p")]) {
    if (inner(one).join() !== column.join()) found.push(`${name(one)} stands in ${inner(one)} and not in ${column}`);
  }
  for (const one of document.querySelectorAll("main > h1, .head h1, .head .meta, .body > p:not([style]), .lead, .turn, .foot p")) {
    if (seen(one) && Math.abs(inner(one)[0] - column[0]) > 1) found.push(`${name(one)} does not begin with the column`);
  }

  // Nothing outside of the window, but for what scrolls by itself; no words cut off by their box.
  for (const one of document.body.querySelectorAll("*")) {
    if (!seen(one) || one.closest(".skip, .scroll, pre, svg, dialog, video, audio")) continue;
    const edge = box(one);
    if (edge.left < -1 || edge.right > wide + 1) found.push(`${name(one)} is outside of the window: ${Math.round(edge.left)}–${Math.round(edge.right)}`);
    const style = getComputedStyle(one);
    const clips = style.overflowX !== "visible" && !one.matches(".summary, .videos strong, input, .body");
    if (clips && (one.scrollWidth > one.clientWidth + 1 || one.scrollHeight > one.clientHeight + 1)) found.push(`${name(one)} cuts off its content`);
  }

  // Words: where each line of them stands, whether two meet, and what begins a line.
  const words = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT), lines = [];
  const closing = "，。、；：？！）」』》〉】〕”’…,.;:?!)]}";
  const range = document.createRange();
  for (let text = words.nextNode(); text; text = words.nextNode()) {
    const parent = text.parentElement;
    if (!text.data.trim() || !seen(parent) || parent.closest("svg, script, style, .skip, noscript, pre")) continue;
    range.selectNodeContents(text);
    // Of a summary only its first lines are shown.
    const clip = parent.closest(".summary, .videos strong");
    for (const rect of range.getClientRects()) if (rect.width > 1 && (!clip || rect.bottom <= box(clip).bottom + 1)) lines.push({ rect, parent });
    const block = ((one) => { while (getComputedStyle(one).display.startsWith("inline") && one.parentElement) one = one.parentElement; return one; })(parent);
    const left = inner(block)[0];
    for (let at = 0; at < text.data.length; at += 1) {
      if (!closing.includes(text.data[at])) continue;
      range.setStart(text, at); range.setEnd(text, at + 1);
      const [rect] = range.getClientRects();
      // At the beginning of a block it is the author's; elsewhere the line was broken before it.
      const first = !block.textContent.slice(0, block.textContent.indexOf(text.data) + at).trim();
      if (rect && rect.width > 0 && Math.abs(rect.left - left) < 2 && !first) found.push(`a line begins with ${text.data[at]} in ${name(block)}`);
    }
  }
  for (let i = 0; i < lines.length; i += 1) {
    for (let j = i + 1; j < lines.length; j += 1) {
      const [a, b] = [lines[i], lines[j]];
      if (a.parent === b.parent) continue;
      const across = Math.min(a.rect.right, b.rect.right) - Math.max(a.rect.left, b.rect.left);
      const down = Math.min(a.rect.bottom, b.rect.bottom) - Math.max(a.rect.top, b.rect.top);
      if (across > 2 && down > Math.min(a.rect.height, b.rect.height) / 2) found.push(`${name(a.parent)} and ${name(b.parent)} lie over each other`);
    }
  }
  return found.slice(0, 6);
}

/** Short old links are a page that only leads on. */
const stands = (name) => !/^s\/./.test(name) || name === "s/index.html";

for (const width of [390, 1280]) {
  for (const colorScheme of ["light", "dark"]) {
    test(`everything is in its place at ${width} in the ${colorScheme}`, async () => {
      const { tab, seen, close } = await open(browser, { viewport: { width, height: 900 }, colorScheme });
      const found = [], kinds = new Set();
      for (const site of [DEMO, KINDS]) {
        for (const name of [...pages(site).filter(stands), "search.html?q=山", "search.html?q=茶海山"]) {
          const [file, query] = name.split("?");
          await tab.goto(fileUrl(site, file) + (query ? `?${encodeURI(query)}` : ""));
          if (query) await tab.waitForFunction(() => /共|没有/.test(document.getElementById("status").textContent));
          await tab.evaluate(async () => {
            for (const image of document.images) image.loading = "eager";
            await Promise.all(Array.from(document.images, (image) => image.decode().catch(() => {})));
          });
          kinds.add(await tab.evaluate(() => document.body.className));
          found.push(...(await tab.evaluate(faults)).map((fault) => `${name}: ${fault}`));
          if (!file.includes("/") || file.startsWith("a/")) {
            const [ground, words] = await tab.evaluate(() => [getComputedStyle(document.documentElement).backgroundColor, getComputedStyle(document.querySelector("h1")).color]
              .map((colour) => colour.match(/[\d.]+/g).slice(0, 3).reduce((sum, part) => sum + Number(part), 0) / 3));
            if (colorScheme === "dark" ? ground > 60 || words < 140 : ground < 200 || words > 120) found.push(`${name}: the colours are not those of the ${colorScheme}`);
          }
        }
      }
      assert.deepEqual(found, []);
      for (const kind of ["home", "archive", "list", "tiles", "videos", "search", "about", "lookup", "article", "short-post"]) {
        assert.ok(kinds.has(`page-${kind}`), `no page of the kind ${kind}`);
      }
      assert.deepEqual(seen.errors, []);
      await close();
    });
  }
}
