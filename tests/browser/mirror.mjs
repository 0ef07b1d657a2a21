// What the browser tests share: the two sites by file:// and over http, a browser that notes what pages ask for and
// complain about, and how a page of a kind is found.
import { createRequire } from "node:module";
import { createServer } from "node:http";
import { createReadStream, readFileSync, readdirSync, statSync } from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";

const require = createRequire(process.env.LIUDI_NODE_PACKAGES);
const { chromium } = require("playwright-core");

/** The script of axe-core, to be run inside a page. */
export const axeSource = readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");

/** The folders of the sites. */
export const DEMO = process.env.LIUDI_DEMO_SITE;
export const KINDS = process.env.LIUDI_KINDS_SITE;

/** Every HTML file of a site, relative, sorted. */
export function pages(site) {
  return readdirSync(site, { recursive: true })
    .map(String)
    .filter((name) => name.endsWith(".html"))
    .sort();
}

/** The one page of a site whose name holds `part`. */
export function page(site, part) {
  const found = pages(site).filter((name) => name.includes(part));
  if (found.length !== 1) throw new Error(`${part}: ${found.length} pages`);
  return found[0];
}

/** The URL of a file of a site by double-click. */
export function fileUrl(site, name = "index.html") {
  return pathToFileURL(path.join(site, name)).href;
}

const TYPES = {
  ".html": "text/html; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8",
  ".png": "image/png", ".jpg": "image/jpeg", ".gif": "image/gif", ".mp4": "video/mp4", ".mp3": "audio/mpeg",
  ".xml": "application/xml", ".json": "application/json", ".txt": "text/plain; charset=utf-8", ".svg": "image/svg+xml",
};

/** A static host as plain as they come: files with types and ranges, nothing else. Gives its base URL and `close`. */
export async function serve(site) {
  const server = createServer((request, response) => {
    const name = path.normalize(decodeURIComponent(new URL(request.url, "http://x").pathname));
    const file = path.join(site, name.endsWith("/") ? `${name}index.html` : name);
    let size;
    try { size = statSync(file).isFile() ? statSync(file).size : undefined; } catch { size = undefined; }
    if (size === undefined || !file.startsWith(site)) { response.writeHead(404).end(); return; }
    const type = TYPES[path.extname(file)] ?? "application/octet-stream";
    const range = /^bytes=(\d+)-(\d*)$/.exec(request.headers.range ?? "");
    const from = range ? Number(range[1]) : 0, to = range && range[2] ? Number(range[2]) : size - 1;
    const headers = { "Content-Type": type, "Content-Length": to - from + 1, "Accept-Ranges": "bytes" };
    if (range) headers["Content-Range"] = `bytes ${from}-${to}/${size}`;
    response.writeHead(range ? 206 : 200, headers);
    createReadStream(file, { start: from, end: to }).pipe(response);
  });
  await new Promise((ready) => server.listen(0, "127.0.0.1", ready));
  const base = `http://127.0.0.1:${server.address().port}/`;
  return { base, close: () => new Promise((done) => { server.closeAllConnections(); server.close(done); }) };
}

/** Starts the browser. */
export function launch() {
  return chromium.launch({
    executablePath: process.env.CHROMIUM || "/usr/bin/chromium",
    args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking"],
  });
}

/**
 * Opens a page that is watched: `seen.errors` are console errors and exceptions, `seen.foreign` requests to anything
 * that is not the site, `seen.bytes` what was loaded from it.
 */
export async function open(browser, options = {}) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, locale: "zh-CN", ...options });
  const tab = await context.newPage();
  const seen = { errors: [], foreign: [], requests: [], bytes: 0 };
  tab.on("console", (message) => { if (["error", "warning"].includes(message.type())) seen.errors.push(message.text()); });
  tab.on("pageerror", (error) => seen.errors.push(String(error)));
  tab.on("request", (request) => {
    const url = request.url();
    seen.requests.push(url);
    if (!/^(file:\/\/\/|data:|http:\/\/127\.0\.0\.1:)/.test(url)) seen.foreign.push(url);
    if (url.startsWith("file:")) {
      try { seen.bytes += statSync(new URL(url.split(/[?#]/)[0])).size; } catch { /* a file that is not there */ }
    }
  });
  tab.on("requestfailed", (request) => {
    // A player that is left while it loads, and a lazy picture of a page that is left, are no failures.
    if (!/ERR_ABORTED/.test(request.failure()?.errorText ?? "")) seen.errors.push(`${request.failure()?.errorText} ${request.url()}`);
  });
  return { tab, seen, close: () => context.close() };
}
