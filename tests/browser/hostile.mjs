// What the tests of hostile inputs share: a browser for which every other host is a trap on this machine, and pages on
// which a script of the input would be heard. The payloads are those of fixtures/hostile (fixtures/make_hostile.py): each
// calls `ran(…)`, and asks hostile.example for something.
import { createRequire } from "node:module";
import { once } from "node:events";
import { createServer } from "node:net";
import path from "node:path";

const require = createRequire(process.env.LIUDI_NODE_PACKAGES);
const { chromium } = require("playwright-core");

/** The hostile inputs. */
export const CORPUS = path.join(import.meta.dirname, "..", "..", "fixtures", "hostile");

/** Notes whoever comes, and answers nobody. `visits` are the first words of each visitor. */
export async function trap() {
  const visits = [];
  const server = createServer((socket) => {
    // Who only connects, as a preconnect does, has visited too.
    const at = visits.push("connected") - 1;
    socket.on("error", () => {});
    socket.on("data", (data) => { visits[at] = data.toString("latin1").slice(0, 300); socket.destroy(); });
    setTimeout(() => socket.destroy(), 2000).unref();
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return { visits, port: server.address().port, close: () => server.close() };
}

/** Starts a browser that reaches nothing but this machine: every name leads into the trap. */
export function launch(port) {
  return chromium.launch({
    executablePath: process.env.CHROMIUM || "/usr/bin/chromium",
    args: [
      "--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-pings",
      // The browser's own errands find nobody; everything else leads into the trap.
      `--host-resolver-rules=MAP *.google.com ~NOTFOUND, MAP *.googleapis.com ~NOTFOUND, MAP *.gstatic.com ~NOTFOUND, MAP *.gvt1.com ~NOTFOUND, MAP * 127.0.0.1:${port}, EXCLUDE 127.0.0.1, EXCLUDE localhost`,
    ],
  });
}

/**
 * A context whose pages are heard: `ran` are payloads that ran, `foreign` requests that left `own` (a function of the
 * URL). With `alone` the pages' own Content-Security-Policy is ignored, so that only what was written counts.
 */
export async function listening(browser, own, { alone = true } = {}) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, locale: "zh-CN", bypassCSP: alone });
  const heard = { ran: [], foreign: [], blocked: [] };
  await context.exposeBinding("ran", ({ frame }, name) => { heard.ran.push(`${name} in ${frame.url()}`); });
  context.on("request", (request) => { if (!own(request.url())) heard.foreign.push(request.url()); });
  context.on("page", (page) => {
    page.on("dialog", (dialog) => { heard.ran.push(`dialog ${dialog.message()}`); dialog.dismiss().catch(() => {}); });
    page.on("popup", (popup) => heard.ran.push(`popup ${popup.url()}`));
    page.on("download", (download) => heard.foreign.push(`download ${download.url()}`));
    page.on("console", (message) => { if (/Content Security Policy/.test(message.text())) heard.blocked.push(message.text()); });
  });
  return { context, heard };
}

/** Takes what was heard so far. */
export function take(heard) {
  const taken = { ran: heard.ran.splice(0), foreign: heard.foreign.splice(0), blocked: heard.blocked.splice(0) };
  return taken;
}

/** What of a document could run or load when somebody uses it: run in the page. */
export function dangers() {
  const found = [];
  const places = ["href", "src", "action", "formaction", "data", "poster", "background", "ping", "srcset", "cite", "longdesc", "xlink:href", "codebase", "manifest", "dynsrc", "lowsrc"];
  const walk = (root) => {
    for (const element of root.querySelectorAll("*")) {
      const name = element.localName;
      for (const { name: attribute, value } of element.attributes) {
        if (/^on/i.test(attribute)) found.push(`${name} ${attribute}=${value}`);
        if (attribute === "srcdoc" || attribute === "is") found.push(`${name} ${attribute}`);
        if (places.includes(attribute)) {
          let url;
          try { url = new URL(value.trim().split(/\s+/)[0] || ".", document.baseURI); } catch { continue; }
          const fine = ["http:", "https:", "mailto:", "file:"].includes(url.protocol) || url.protocol === "data:" && /^data:image\/(png|jpeg|jpg|gif|webp|avif|bmp)[;,]/.test(url.href) || url.protocol === "about:";
          const drawing = name === "img" && attribute === "src" && url.href.startsWith("data:image/svg+xml");
          if (!fine && !drawing) found.push(`${name} ${attribute}=${value}`);
        }
        if (attribute === "style" && /url\s*\(|expression|@import|image-set|\bsrc\(/i.test(value)) found.push(`${name} style=${value}`);
      }
      if (["base", "embed", "object", "applet", "frame", "frameset", "portal", "handler"].includes(name.toLowerCase())) found.push(name);
      // Drawings may move, but never change where a link leads.
      if (/^(animate\w*|set)$/i.test(name) && /href|^on|^style$|^src$/i.test(element.getAttribute("attributeName") ?? "")) found.push(`${name} ${element.getAttribute("attributeName")}`);
      if (name === "meta" && /refresh/i.test(element.httpEquiv)) found.push("meta refresh");
      if (name === "script" && /^(|text\/javascript|module|application\/javascript)$/.test(element.type) && /\bran\(/.test(element.textContent)) found.push(`script ${element.textContent.slice(0, 80)}`);
      if (element.shadowRoot) walk(element.shadowRoot);
    }
  };
  walk(document);
  return found;
}

/** Touches everything on a page as a reader might: opens, hovers over and focuses it, without following links. */
export async function touch(page) {
  await page.evaluate(() => {
    document.addEventListener("click", (event) => event.preventDefault(), true);
    document.addEventListener("submit", (event) => event.preventDefault(), true);
    for (const details of document.querySelectorAll("details")) details.open = true;
    for (const image of document.images) image.loading = "eager";
    for (const element of document.body?.querySelectorAll("*") ?? []) {
      element.focus?.();
      for (const kind of ["mouseover", "mouseenter", "pointerover", "toggle", "copy", "wheel", "contextmenu"]) element.dispatchEvent(new Event(kind, { bubbles: true }));
    }
  });
}
