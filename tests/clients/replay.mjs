// Opens the web archive in ReplayWeb.page, served from this computer alone: a page as it was received is found and its
// picture loads from its own address, and the text as archived is shown with its picture.
// Usage: node replay.mjs FOLDER ARCHIVE.wacz, where FOLDER holds ui.js, sw.js and node_modules.
import { createServer } from "node:http";
import { createRequire } from "node:module";
import { readFileSync } from "node:fs";
import { execFileSync } from "node:child_process";
import assert from "node:assert";
import path from "node:path";

const [folder, archive] = process.argv.slice(2);
const { chromium } = createRequire(path.join(path.resolve(folder), "package.json"))("playwright-core");
const lines = execFileSync("unzip", ["-p", archive, "pages/pages.jsonl"], { encoding: "utf8" }).trim().split("\n");
const pages = lines.slice(1).map((line) => JSON.parse(line));
const files = {
  "/ui.js": ["text/javascript", readFileSync(path.join(folder, "ui.js"))],
  "/replay/sw.js": ["text/javascript", readFileSync(path.join(folder, "sw.js"))],
  "/pages.wacz": ["application/wacz", readFileSync(archive)],
};

const server = createServer((request, response) => {
  const { pathname, searchParams } = new URL(request.url, "http://localhost");
  const attributes = `source="/pages.wacz" replayBase="/replay/" embed="replay-only" url="${(searchParams.get("url") ?? "").replaceAll("&", "&amp;")}"`;
  const html = `<!doctype html><script src="/ui.js"></script><replay-web-page ${attributes} style="height: 1000px; display: block"></replay-web-page>`;
  const [type, body] = pathname === "/" ? ["text/html", Buffer.from(html)] : (files[pathname] ?? []);
  if (!body) return response.writeHead(404).end();
  const range = /^bytes=(\d*)-(\d*)$/.exec(request.headers.range ?? "");
  const start = !range ? 0 : range[1] ? Number(range[1]) : body.length - Number(range[2]);
  const end = range?.[1] && range[2] ? Math.min(Number(range[2]), body.length - 1) : body.length - 1;
  const head = { "content-type": type, "accept-ranges": "bytes", "content-length": end - start + 1 };
  if (range) head["content-range"] = `bytes ${start}-${end}/${body.length}`;
  response.writeHead(range ? 206 : 200, head).end(request.method === "HEAD" ? undefined : body.subarray(start, end + 1));
});
await new Promise((done) => server.listen(0, "127.0.0.1", done));
const base = `http://127.0.0.1:${server.address().port}/`;
const browser = await chromium.launch({ executablePath: process.env.CHROMIUM || "/usr/bin/chromium", args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking"] });

/** Opens a page of the archive and gives the frame that shows it. */
async function shown(context, url) {
  const page = await context.newPage();
  await page.goto(`${base}?url=${encodeURIComponent(url)}`);
  for (let tries = 0; tries < 480; tries++) {
    const frame = page.frames().find((frame) => frame.url().includes("mp_/") && frame.url().endsWith(url));
    if (frame && (await frame.evaluate(() => document.readyState === "complete" && document.body?.textContent.trim()).catch(() => ""))) return frame;
    await page.waitForTimeout(250);
  }
  throw new Error(`not shown: ${url}`);
}

let failed = null;
try {
  const context = await browser.newContext();
  const foreign = [];
  context.on("request", (request) => {
    if (![base, "blob:", "data:"].some((start) => request.url().startsWith(start))) foreign.push(request.url());
  });
  let pictures = 0;
  const texts = pages.filter((page) => page.url.startsWith("https://archive.invalid/"));
  for (const { url } of texts.slice(0, 5)) {
    const frame = await shown(context, url);
    const widths = await frame.evaluate(async () => {
      const images = [...document.images].filter((image) => !image.src.startsWith("liudi-media:"));
      await Promise.all(images.map((image) => { image.loading = "eager"; return image.decode().catch(() => {}); }));
      return images.map((image) => image.naturalWidth);
    });
    assert(widths.every((width) => width > 0), `${url}: ${widths}`);
    pictures += widths.length;
  }
  let received = 0;
  for (const { url, title } of pages.filter((page) => !texts.includes(page)).slice(0, 5)) {
    const frame = await shown(context, url);
    const text = await frame.evaluate(() => document.body.textContent);
    assert(!title || text.includes(title.slice(0, 4)), `${url}: ${title}`);
    // The platform's script, which is not archived, would load them from here.
    received += await frame.evaluate(async () => {
      let loaded = 0;
      for (const lazy of document.querySelectorAll("img[data-src]")) {
        const image = new Image();
        image.src = lazy.getAttribute("data-src");
        await image.decode().catch(() => {});
        loaded += image.naturalWidth > 0 ? 1 : 0;
      }
      return loaded;
    });
  }
  assert(pictures > 0 && received > 0, `${pictures} ${received}`);
  assert.deepEqual(foreign, []);
  console.log(`ReplayWeb.page: ${pictures} pictures of texts as archived, ${received} of pages as received`);
} catch (error) {
  failed = error;
} finally {
  await browser.close();
  server.close();
}
if (failed) throw failed;
