// Who is let in: the browser with the key, and nobody else.
import test from "node:test";
import assert from "node:assert/strict";
import http from "node:http";
import path from "node:path";
import { enter, folder, launch, start } from "./desk.mjs";

/** One request as another program could send it. */
function ask(origin, { method = "GET", at = "/archive", headers = {}, body } = {}) {
  return new Promise((resolve, reject) => {
    const request = http.request(origin + at, { method, headers }, (response) => {
      let text = "";
      response.on("data", (chunk) => { text += chunk; });
      response.on("end", () => resolve({ status: response.statusCode, headers: response.headers, text }));
    });
    request.on("error", reject);
    request.end(body);
  });
}

test("a foreign host, origin, cookie or method is refused, and every answer carries its policy", async () => {
  const at = folder();
  const desk = await start(path.join(at.at, "state"));
  try {
    const admitted = await ask(desk.origin, { at: new URL(desk.url).pathname + new URL(desk.url).search });
    assert.equal(admitted.status, 303);
    const cookie = admitted.headers["set-cookie"][0].split(";")[0];
    assert.match(admitted.headers["set-cookie"][0], /HttpOnly; SameSite=Strict$/);
    // The key is used up.
    assert.equal((await ask(desk.origin, { at: new URL(desk.url).search.replace(/^/, "/") })).status, 401);
    const host = desk.origin.slice("http://".length);
    const good = { cookie, origin: desk.origin };
    const page = await ask(desk.origin, { headers: { cookie } });
    assert.equal(page.status, 200);
    assert.match(page.headers["content-security-policy"], /default-src 'none'.*script-src 'self'.*frame-ancestors 'none'/);
    for (const answer of [page, await ask(desk.origin), await ask(desk.origin, { at: "/none", headers: { cookie } })]) {
      assert.equal(answer.headers["x-content-type-options"], "nosniff");
      assert.equal(answer.headers["cache-control"], "no-store");
      assert.equal(answer.headers["access-control-allow-origin"], undefined);
    }
    for (const [what, headers, status] of [
      ["no cookie", {}, 401],
      ["a wrong cookie", { cookie: `${cookie}0` }, 401],
      ["another host", { cookie, host: "evil.example" }, 403],
      ["localhost", { cookie, host: host.replace("127.0.0.1", "localhost") }, 403],
      ["another origin", { cookie, origin: "http://evil.example" }, 403],
      ["another site's script", { cookie, "sec-fetch-site": "cross-site" }, 403],
    ]) {
      assert.equal((await ask(desk.origin, { headers })).status, status, what);
      const posted = await ask(desk.origin, { method: "POST", at: "/run/end", headers: { origin: desk.origin, ...headers }, body: "sure=" });
      assert.equal(posted.status, status, `POST: ${what}`);
    }
    assert.equal((await ask(desk.origin, { method: "POST", at: "/run/end", headers: { cookie }, body: "" })).status, 403, "no origin");
    for (const method of ["PUT", "DELETE", "PATCH", "OPTIONS"]) {
      assert.equal((await ask(desk.origin, { method, headers: good })).status, 405, method);
    }
    // Actions are no links.
    for (const action of ["/run/end", "/archive/make", "/upload", "/language"]) {
      const answer = await ask(desk.origin, { at: action, headers: { cookie } });
      assert.ok([404, 405].includes(answer.status), `${action}: ${answer.status}`);
    }
    for (const up of ["/assets/..%2f..%2fCargo.toml", "/assets/base.html.j2", "/..%2f..%2fetc%2fpasswd", "/archive/..%2f..%2fpasswd"]) {
      const answer = await ask(desk.origin, { at: up, headers: { cookie } });
      assert.equal(answer.status, 404, up);
      assert.ok(!answer.text.includes("root:"), up);
    }
    assert.equal((await ask(desk.origin, { method: "POST", at: "/knock", headers: { authorization: "Bearer x" } })).status, 403);
    assert.equal(desk.program.exitCode, null, "still running after all of this");
  } finally {
    await desk.stop();
    at.remove();
  }
});

test("a second start opens the running desk, which ends when it is told to", async () => {
  const at = folder();
  const state = path.join(at.at, "state");
  const desk = await start(state);
  const browser = await launch();
  try {
    const again = await start(state, { archive: path.join(at.at, "other") });
    assert.equal(again.running, true);
    assert.equal(again.origin, desk.origin);
    assert.notEqual(again.url, desk.url);
    await again.ended;
    const { tab, seen } = await enter(browser, again);
    assert.equal(new URL(tab.url()).pathname, "/archive");
    assert.match(await tab.textContent("main"), /other/);
    const stranger = await browser.newContext();
    const page = await stranger.newPage();
    assert.equal((await page.goto(desk.origin)).status(), 401);
    assert.match(await page.textContent("h1"), /请从「留底」程序打开/);
    await tab.click("text=结束程序");
    await tab.waitForSelector("text=留底已经结束");
    assert.equal((await desk.ended)[0], 0);
    // What remains has the desk's look, says nothing of a lost program, and its script meets nothing that is gone.
    await new Promise((resolve) => setTimeout(resolve, 2500));
    const left = await tab.evaluate(() => ({ sheets: document.styleSheets.length, lost: document.getElementById("lost").hidden }));
    assert.deepEqual(left, { sheets: 1, lost: true });
    assert.deepEqual(seen.errors.filter((text) => /TypeError/.test(text)), []);
    assert.deepEqual(seen.foreign, []);
  } finally {
    await browser.close();
    desk.program.kill("SIGKILL");
    at.remove();
  }
});

test("a desk without pages and work ends by itself", async () => {
  const at = folder();
  const desk = await start(path.join(at.at, "state"), { options: ["--idle", "0"] });
  try {
    assert.equal((await desk.ended)[0], 0);
  } finally {
    at.remove();
  }
});
