// What the browser tests share: the two sites by file:// and over http, a browser that notes what pages ask for and
// complain about, and how a page of a kind is found.
import { createRequire } from "node:module";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync, readdirSync, statSync } from "node:fs";
import path from "node:path";
import { createInterface } from "node:readline";
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

/** The site as `liudi serve` shows it. Gives its base URL and `close`. */
export async function serve(site) {
  const server = spawn(process.env.LIUDI_PROGRAM, ["serve", site, "--port", "0"], { stdio: ["ignore", "pipe", "ignore"] });
  const [line] = await once(createInterface({ input: server.stdout }), "line");
  const base = line.endsWith("/") ? line : `${line}/`;
  const ended = once(server, "exit");
  return { base, close: async () => { server.kill("SIGINT"); await ended; } };
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
