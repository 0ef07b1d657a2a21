// What the tests of the desk share: a desk of its own state, a browser admitted by its one-time key, and the checks that
// every view must pass.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { createInterface } from "node:readline";
import assert from "node:assert/strict";
import { axeSource, launch } from "../browser/mirror.mjs";

export { launch };

export const PROGRAM = process.env.LIUDI_PROGRAM;
export const FIXTURES = process.env.LIUDI_FIXTURES;
export const ACCOUNT = process.env.LIUDI_ACCOUNT;
const SHOTS = process.env.LIUDI_SCREENSHOTS;

/** A folder of its own for one test, removed by `remove`. */
export function folder() {
  const at = mkdtempSync(path.join(tmpdir(), "liudi-desk-"));
  return { at, remove: () => rmSync(at, { recursive: true, force: true, maxRetries: 5 }) };
}

/** Starts a desk (or finds the running one of that state). Gives its address with a key, its origin and its process. */
export async function start(state, { language = "zh-CN", archive, options = [], env = {} } = {}) {
  mkdirSync(state, { recursive: true });
  const words = ["desk", "--no-open", "--json", "--lang", language, ...options, ...(archive ? [archive] : [])];
  const home = path.join(state, "home");
  mkdirSync(path.join(home, "Downloads"), { recursive: true });
  const program = spawn(PROGRAM, words, {
    stdio: ["ignore", "pipe", "inherit"],
    env: { ...process.env, LIUDI_STATE: state, HOME: home, XDG_CONFIG_HOME: path.join(home, ".config"), LIUDI_ZIP_PASSWORD: "", ...env },
  });
  const lines = createInterface({ input: program.stdout });
  let text = "";
  for await (const line of lines) {
    text += line;
    if (line === "}") break;
  }
  const answer = JSON.parse(text);
  const url = new URL(answer.url);
  const ended = once(program, "exit");
  return {
    url: answer.url, origin: url.origin, running: answer.running, home, program, ended,
    stop: async () => { program.kill("SIGINT"); await ended; },
    kill: async () => { program.kill("SIGKILL"); await ended; },
  };
}

/**
 * Opens the desk in a browser of its own. `seen.errors` are console errors and exceptions, `seen.foreign` requests to
 * any other origin than the desk and its preview.
 */
export async function enter(browser, desk, options = {}) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
  const tab = await context.newPage();
  const seen = { errors: [], foreign: [] };
  tab.on("console", (message) => { if (message.type() === "error") seen.errors.push(message.text()); });
  tab.on("pageerror", (error) => seen.errors.push(String(error)));
  tab.on("request", (request) => {
    const url = new URL(request.url());
    const own = url.origin === desk.origin || url.protocol === "data:" || url.protocol === "blob:";
    if (!own && !(url.hostname === "localhost" && url.port !== desk.origin.split(":")[2])) seen.foreign.push(request.url());
  });
  tab.on("dialog", (dialog) => dialog.accept());
  await tab.goto(desk.url);
  return { tab, seen, context, close: () => context.close() };
}

/**
 * Names of fields that forms of different actions share on this page, and that the user can fill in: after an error in one
 * form, what was typed there would stand in the other.
 */
const shared = (tab) => tab.evaluate(() => {
  const fields = [...document.querySelectorAll("main form[method=post] [name]")].filter((field) => field.tagName !== "BUTTON");
  const open = fields.filter((field) => field.type !== "hidden");
  const of = (field) => field.form.getAttribute("action");
  return [...new Set(open.filter((field) => fields.some((other) => other.name === field.name && of(other) !== of(field))).map((field) => field.name))];
});

/** Checks a view as it is shown now: no fields shared by forms, axe, no sideways scrolling at 390 px; light and dark. Keeps pictures. */
export async function check(tab, name) {
  if (SHOTS) {
    // As it is sent, not as the browser mended it: for the judge of markup.
    writeFileSync(path.join(SHOTS, `${name}.html`), await (await tab.request.get(tab.url())).text());
  }
  assert.deepEqual(await shared(tab), [], `${name}: fields that forms share`);
  for (const scheme of ["light", "dark"]) {
    await tab.emulateMedia({ colorScheme: scheme });
    await tab.evaluate(axeSource);
    const found = await tab.evaluate(() => globalThis.axe.run(document, { resultTypes: ["violations"] }));
    const words = found.violations.map((it) => `${it.id}: ${it.nodes.map((node) => node.target.join(" ")).slice(0, 3).join(" | ")}`);
    assert.deepEqual(words, [], `${name} (${scheme})`);
    for (const width of [1280, 390]) {
      await tab.setViewportSize({ width, height: width === 390 ? 844 : 900 });
      const wide = await tab.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      assert.ok(wide <= 0, `${name} at ${width} px is ${wide} px too wide`);
      if (SHOTS) await tab.screenshot({ path: path.join(SHOTS, `${name}-${width}-${scheme}.png`), fullPage: true });
    }
  }
  await tab.setViewportSize({ width: 1280, height: 900 });
  await tab.emulateMedia({ colorScheme: "light" });
}

/** Waits until no run is in progress. */
export async function idle(tab, most = 120_000) {
  await tab.waitForFunction(() => !document.querySelector(".strip .work"), null, { timeout: most });
}
