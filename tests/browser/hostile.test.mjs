// Every hostile article of fixtures/hostile, in the mirror and in every export that a browser can show: no script of the
// input runs, and no request leaves the origin, whatever a page's own policy would have stopped.
import { after, before, test } from "node:test";
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { CORPUS, dangers, launch, listening, take, touch, trap } from "./hostile.mjs";
import { serve } from "./mirror.mjs";

const require = createRequire(process.env.LIUDI_NODE_PACKAGES);
const { marked } = await import(require.resolve("marked"));
const { default: MarkdownIt } = await import(require.resolve("markdown-it"));
const markdown = new MarkdownIt({ html: true, linkify: true });

/** Exporters of which no page is opened, and why. */
const OTHERS = {
  csv: "a sheet: tests/it/formulas.rs", xlsx: "a sheet: tests/it/formulas.rs", ledger: "a sheet", "bills-xlsx": "a sheet",
  beancount: "text for a program", hledger: "text for a program", txt: "plain text", docx: "no browser shows it", wacz: "evidence as it came, replayed in a frame without rights",
};

let folder, archive, hole, browser;

function liudi(...words) {
  const done = spawnSync(process.env.LIUDI_PROGRAM, words, { encoding: "utf8", maxBuffer: 1 << 28, env: { ...process.env, SOURCE_DATE_EPOCH: "1764000000" } });
  assert.ok(done.status !== null && done.status < 128 && !done.stderr.includes("panicked"), `${words.join(" ")}: ${done.status} ${done.stderr}`);
  return done.stdout;
}

before(async () => {
  folder = mkdtempSync(path.join(tmpdir(), "liudi-hostile-"));
  archive = path.join(folder, "archive");
  liudi("backup", ...["script", "hosts", "formulas", "deep", "lies"].map((name) => path.join(CORPUS, name)), "-o", archive, "--no-mirror", "--quiet");
  hole = await trap();
  browser = await launch(hole.port);
});
after(async () => { await browser?.close(); hole?.close(); rmSync(folder, { recursive: true, force: true }); });

/** Files below a folder whose names end so. */
function files(root, end) {
  return readdirSync(root, { recursive: true }).map(String).filter((name) => end.test(name)).sort().map((name) => path.join(root, name));
}

/** Exports the archive, and returns the folder. */
function exported(name, ...options) {
  const to = path.join(folder, name);
  liudi("export", archive, "--to", name, "-o", to, ...options);
  return to;
}

/** Unpacks a ZIP, and returns the folder. */
function unpacked(file) {
  const to = `${file}.unpacked`;
  const done = spawnSync("python3", ["-m", "zipfile", "-e", file, to], { encoding: "utf8" });
  assert.equal(done.status, 0, done.stderr);
  return to;
}

/** Holds that nothing ran, nothing was asked for and nothing waits on these pages; several are open at a time. */
async function harmless(urls, { own = (url) => /^(file:\/\/\/|data:|about:|blob:)/.test(url), alone = true, look = true, each = async () => {} } = {}) {
  assert.ok(urls.length > 0, "nothing to look at");
  const left = [...urls];
  const wrong = [];
  await Promise.all(Array.from({ length: 4 }, async () => {
    const { context, heard } = await listening(browser, own, { alone });
    const page = await context.newPage();
    for (let url = left.pop(); url; url = left.pop()) {
      await page.goto(url, { waitUntil: "load" });
      await touch(page);
      await each(page);
      const waiting = look ? await page.evaluate(dangers) : [];
      await page.waitForTimeout(20);
      const { ran, foreign, blocked } = take(heard);
      if (!alone && blocked.length) wrong.push({ url, blocked });
      if (ran.length || foreign.length || waiting.length) wrong.push({ url, ran, foreign, waiting });
    }
    await context.close();
  }));
  assert.equal(wrong.length, 0, `${wrong.length} of ${urls.length} pages: ${JSON.stringify(wrong.slice(0, 10), null, 1)}`);
  assert.deepEqual(hole.visits.splice(0), [], "the trap was visited");
}

/** Pages of pieces of HTML, as a program shows them that takes an export in and trusts it. */
function shown(name, pieces) {
  const to = path.join(folder, "shown", name);
  mkdirSync(to, { recursive: true });
  return pieces.map((piece, number) => {
    const file = path.join(to, `${number}.html`);
    writeFileSync(file, `<!DOCTYPE html><meta charset="utf-8"><body>${piece}`);
    return pathToFileURL(file).href;
  });
}

/** The same, several pieces on a page, each as closed as a program that shows it closes it. */
function together(name, pieces) {
  const pages = [];
  for (let at = 0; at < pieces.length; at += 20) pages.push(pieces.slice(at, at + 20).map((piece) => `<div>${piece}</div>`).join("\n"));
  return shown(name, pages);
}

const urls = (found) => found.map((file) => pathToFileURL(file).href);
const texts = (found) => found.map((file) => readFileSync(file, "utf8"));
const escaped = (text) => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");

test("what ran would be heard, and what was asked for would be seen", async () => {
  const { context, heard } = await listening(browser, () => false);
  const page = await context.newPage();
  const [url] = shown("control", ["<script>ran('script')</script><img src=x onerror=\"ran('image')\"><iframe srcdoc=\"<script>parent.ran('frame')</script>\"></iframe><img src=http://hostile.example/picture><link rel=preconnect href=http://hostile.example/><a href=\"javascript:ran('link')\" onclick=\"1\">x</a>"]);
  await page.goto(url);
  await page.waitForTimeout(300);
  assert.deepEqual(heard.ran.map((it) => it.split(" ")[0]).sort(), ["frame", "image", "script"]);
  assert.ok(heard.foreign.some((it) => it.includes("hostile.example/picture")));
  assert.ok(hole.visits.splice(0).some((it) => it.includes("GET /picture")), "the trap was visited");
  assert.equal((await page.evaluate(dangers)).length, 5);
  await context.close();
});

test("every exporter's pages are opened here, or it is said why not", () => {
  const known = [...Object.keys(OTHERS), ...OPENED].sort();
  assert.deepEqual(JSON.parse(liudi("exporters", "--json")).map((it) => it.name).sort(), known);
});
const OPENED = ["billing", "epub", "ghost", "hexo", "html", "hugo", "jekyll", "jsonl", "kit", "markdown", "mirror", "pdf", "wechat", "wxr"];

for (const alone of [true, false]) {
  test(`the mirror by double-click${alone ? ", without its policy" : ""}`, async () => {
    const site = path.join(folder, "site");
    liudi("mirror", archive, "-o", site, "--comments", "all", "--quiet");
    await harmless(urls(files(site, /\.html$/)), { alone });
  });
}

test("the mirror as it is served and printed, its feeds, its pictures as documents", async () => {
  const site = path.join(folder, "site-served");
  liudi("mirror", archive, "-o", site, "--comments", "all", "--base-url", "https://example.com/blog", "--quiet");
  const host = await serve(site);
  try {
    const own = (url) => url.startsWith(host.base) || /^(data|about|blob):/.test(url);
    const found = files(site, /\.(html|svg|xml)$/).map((file) => host.base + path.relative(site, file).split(path.sep).map(encodeURIComponent).join("/"));
    const pages = found.filter((url) => url.endsWith(".html"));
    await harmless(pages, { own, each: (page) => page.emulateMedia({ media: "print" }) });
    await harmless(found.filter((url) => !url.endsWith(".html")), { own, look: false });
  } finally {
    await host.close();
  }
  const feeds = files(site, /(atom|rss|feed).*\.xml$/);
  const pieces = texts(feeds).flatMap((text) => [...text.matchAll(/<(?:content|summary|description|content:encoded|title)(?:\s[^>]*)?>([\s\S]*?)<\/(?:content|summary|description|content:encoded|title)>/g)].map(([, piece]) => piece.replace(/^<!\[CDATA\[|\]\]>$/g, "")));
  // Readers decode a body once, and show a title as text.
  const decoded = (text) => text.replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&quot;", "\"").replaceAll("&apos;", "'").replaceAll("&amp;", "&");
  const bodies = texts(feeds).flatMap((text) => [...text.matchAll(/<(?:content|content:encoded) ?[^>]*>([\s\S]*?)<\/(?:content|content:encoded)>/g)].map(([, piece]) => decoded(piece)));
  assert.ok(pieces.length > 0);
  if (bodies.length) await harmless(shown("feeds", bodies.map((body) => body.replaceAll("https://example.com/blog", "."))), {});
});

test("the search shows hostile titles and texts as texts", async () => {
  const site = path.join(folder, "site");
  await harmless([pathToFileURL(path.join(site, "search.html")).href], { each: async (page) => {
    for (const query of ["script", "onerror", "ran", "<img src=x", "\"><script>", "javascript:", "constructor"]) {
      await page.evaluate((query) => { const field = document.querySelector("#seek input"); field.value = query; field.form.requestSubmit(); }, query).catch(() => {});
      await page.fill("#seek input", query);
      await page.press("#seek input", "Enter");
      await page.waitForFunction(() => /共|没有|约/.test(document.getElementById("status").textContent));
      for (let more = 0; more < 30 && await page.locator("#more").isVisible(); more += 1) await page.click("#more");
    }
  } });
});

test("single pages of HTML and the pages for another account", async () => {
  for (const name of ["html", "wechat"]) await harmless(urls(files(exported(name, "--comments", "all"), /\.x?html$/)), {});
});

test("the page of sums of the bills", async () => {
  await harmless(urls(files(exported("billing", "--include", "bills"), /\.html$/)), {});
});

test("the pages that are printed", async () => {
  const printer = path.join(folder, "printer");
  writeFileSync(printer, "#!/bin/sh\nfor argument in \"$@\"; do\n  case \"$argument\" in\n    --print-to-pdf=*) out=\"${argument#*=}\" ;;\n    file://*) page=\"${argument#file://}\" ;;\n  esac\ndone\n{ printf '%%PDF-1.4 /CreationDate (D:20261128120000)\\n'; cat \"$page\"; } > \"$out\"\n");
  chmodSync(printer, 0o755);
  const pages = texts(files(exported("pdf", "--set", `browser=${printer}`, "--volume", "year", "--comments", "all"), /\.pdf$/)).map((text) => text.replace(/^.*\n/, ""));
  await harmless(shown("pdf", pages), {});
});

test("the book", async () => {
  const books = files(exported("epub", "--comments", "all"), /\.epub$/).map(unpacked);
  await harmless(books.flatMap((book) => urls(files(book, /\.(x?html|svg)$/))), {});
});

for (const name of ["markdown", "kit", "hugo", "hexo", "jekyll"]) {
  test(`${name}, rendered by programs that pass HTML through`, async () => {
    const sources = texts(files(exported(name, "--comments", "all"), /\.md$/)).map((text) => text.replace(/^---\n[\s\S]*?\n---\n/, ""));
    for (const [by, render] of [["marked", (text) => marked.parse(text, { gfm: true })], ["markdown-it", (text) => markdown.render(text)]]) {
      await harmless(shown(`${name}-${by}`, sources.map(render)), { own: (url) => /^(file:\/\/\/|data:|about:)/.test(url) });
    }
  });
}

test("WordPress's file, every field that it shows as HTML", async () => {
  const found = texts(files(exported("wxr", "--base-url", "https://example.com", "--comments", "all"), /\.xml$/));
  const pieces = found.flatMap((text) => [...text.matchAll(/<(title|content:encoded|excerpt:encoded|wp:comment_content|wp:comment_author)><!\[CDATA\[([\s\S]*?)\]\]><\/\1>/g)].map(([, , piece]) => piece.replaceAll("]]]]><![CDATA[>", "]]>").replaceAll("https://example.com", ".")));
  assert.ok(pieces.length > 50, `${pieces.length}`);
  await harmless(together("wxr", pieces), {});
});

test("Ghost's file, every text of HTML wherever it stands, and every address", async () => {
  const documents = files(exported("ghost", "--base-url", "https://example.com", "--comments", "all"), /\.zip$/).flatMap((file) => files(unpacked(file), /\.json$/));
  const pieces = [];
  // Bodies, cards of HTML, captions.
  const walk = (value, key) => {
    if (typeof value === "string") {
      if (/^[[{]/.test(value)) { try { return walk(JSON.parse(value), key); } catch { /* a text */ } }
      if (["html", "caption", "content"].includes(key)) pieces.push(value);
      if (["url", "src", "href"].includes(key)) pieces.push(`<a href="${escaped(value).replaceAll("\"", "&quot;")}">x</a>`);
    } else if (value && typeof value === "object") for (const [name, inner] of Object.entries(value)) walk(inner, Array.isArray(value) ? key : name);
  };
  for (const text of texts(documents)) walk(JSON.parse(text), "");
  assert.ok(pieces.length > 50, `${pieces.length}`);
  await harmless(together("ghost", pieces), {});
});

test("lines of JSON, their HTML shown as it is", async () => {
  const rows = texts(files(exported("jsonl", "--comments", "all"), /\.jsonl$/)).flatMap((text) => text.trim().split("\n").map((line) => JSON.parse(line)));
  // A program that takes them in puts the files of the media in.
  const pieces = rows.filter((row) => row.html).map((row) => row.html.replaceAll(/url\([^()]{0,10}liudi-media:[0-9a-f]{32}[^()]{0,10}\)/g, "none").replaceAll(/liudi-media:[0-9a-f]{32}/g, "medium"));
  assert.ok(pieces.length > 50, `${pieces.length}: ${Object.keys(rows[0])}`);
  await harmless(together("jsonl", pieces), {});
});
