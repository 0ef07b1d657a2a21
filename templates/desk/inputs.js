// Sends dropped or chosen files to the program, a few hundred at a time: the browser reads them from the disk as they
// are sent, so that neither side holds them in memory.
"use strict";
(() => {
  const FILES = 200;
  const BYTES = 32 * 1024 * 1024;
  // The names by which a drop is known if it breaks off.
  const NAMES = 20;
  let sending = null;
  // What was dropped while other files were being sent.
  const waiting = [];

  const drop = () => document.querySelector("[data-drop]");

  // Lists everything below the dropped entries as { path, file() }. What cannot be looked into is listed too: asked for
  // its file, it says that it cannot be read.
  async function walk(entries, found, under = "") {
    for (const entry of entries) {
      const path = under + entry.fullPath.replace(/^\/+/, "");
      if (entry.isFile) {
        found.push({ path, file: () => new Promise((good, bad) => entry.file(good, bad)) });
      } else {
        const reader = entry.createReader();
        for (;;) {
          let some;
          try { some = await new Promise((good, bad) => reader.readEntries(good, bad)); } catch { found.push({ path }); break; }
          if (!some.length) break;
          await walk(some, found, under);
        }
      }
      if (found.length % 1000 < 2) show(text("looking", { count: found.length }), 0);
    }
    return found;
  }

  // Results of a search can have the same name: those after the first go into a folder of their own.
  function apart(names) {
    const known = new Map();
    return names.map((name) => {
      const count = (known.get(name) ?? 0) + 1;
      known.set(name, count);
      return count > 1 ? `${count}/` : "";
    });
  }

  function text(name, values) {
    const box = drop();
    return (box ? box.dataset[name] : "").replace(/#(\w+)/g, (_, key) => values[key] ?? "");
  }

  function show(words, part) {
    const box = document.getElementById("sending");
    if (!box) return;
    box.hidden = !words;
    box.querySelector("[data-text]").textContent = words;
    box.querySelector("progress").value = part;
  }

  function block(path, file, more) {
    const header = new TextEncoder().encode(JSON.stringify({ path, size: file?.size ?? 0, modified: Math.max(0, file?.lastModified ?? 0), ...more }));
    const length = new DataView(new ArrayBuffer(4));
    length.setUint32(0, header.length);
    return file ? [length, header, file] : [length, header];
  }

  class Refused extends Error {}

  // Sends a body and calls `shows` with the bytes that are on their way, which `fetch` does not tell.
  function upload(query, body, shows) {
    return new Promise((good, bad) => {
      const stopped = () => bad(new DOMException("", "AbortError"));
      if (sending.signal.aborted) return stopped();
      const request = new XMLHttpRequest();
      request.upload.onprogress = (event) => shows(event.loaded, body.size);
      request.onload = () => { try { good(JSON.parse(request.responseText)); } catch (error) { bad(error); } };
      request.onerror = bad;
      request.onabort = stopped;
      sending.signal.addEventListener("abort", () => request.abort(), { once: true });
      request.open("POST", `/upload?${query}`);
      request.send(body);
    });
  }

  // Sends files in one request. If it breaks off because a file went away or changed, they are sent in two halves, until
  // the file is found and can be named.
  async function post(to, files, again) {
    const blocks = files.flatMap(({ path, file }) => block(path, file, file ? { again } : { unread: true }));
    const query = new URLSearchParams(to.batch ? { batch: to.batch } : to.names.map((name) => ["name", name]));
    let answer;
    try {
      answer = await upload(query, new Blob(blocks), to.shows);
    } catch (error) {
      if (error.name === "AbortError" || !files.some(({ file }) => file)) throw error;
      if (files.length === 1) return post(to, [{ path: files[0].path }], true);
      const middle = files.length >> 1;
      await post(to, files.slice(0, middle), true);
      return post(to, files.slice(middle), true);
    }
    to.batch = answer.batch || to.batch;
    if (answer.error) throw new Refused([answer.error.text, answer.error.hint].filter(Boolean).join(" "));
    return answer;
  }

  async function send(list) {
    if (!list.length) return;
    if (sending) { waiting.push(list); return; }
    sending = new AbortController();
    let at = 0, failed = "";
    const names = [...new Set(list.map(({ path }) => path.split("/")[0]))].slice(0, NAMES);
    const to = { batch: "", names, shows: () => {} };
    try {
      while (at < list.length) {
        const part = [];
        let bytes = 0;
        while (at < list.length && part.length < FILES && bytes < BYTES) {
          const { path, file: ask } = list[at];
          // A file that went away meanwhile leaves the others alone.
          const file = ask ? await ask().catch(() => null) : null;
          if (part.length && bytes + (file?.size ?? 0) > BYTES) break;
          part.push({ path, file });
          bytes += file?.size ?? 0;
          at += 1;
        }
        to.shows = (sent, all) => {
          const done = at - part.length;
          const words = bytes > BYTES ? text("bytes", { done, count: list.length, sent: Math.floor(sent / 1e6), all: Math.round(all / 1e6) }) : text("sending", { done, count: list.length });
          show(words, (done + (all ? sent / all : 0) * part.length) / list.length);
        };
        to.shows(0, bytes);
        await post(to, part, false);
        show(text("sending", { done: at, count: list.length }), at / list.length);
      }
      await fetch(`/upload?${new URLSearchParams({ batch: to.batch, last: "" })}`, { method: "POST", signal: sending.signal });
    } catch (error) {
      // Who stops wants what waits stopped too.
      if (error.name === "AbortError") waiting.length = 0;
      else failed = error instanceof Refused ? error.message : text("failed", {});
    }
    sending = null;
    const next = waiting.shift();
    if (!next) show("", 0);
    await window.desk.load("/inputs", {}, { push: false, keep: true });
    if (failed) window.desk.lost(failed);
    if (next) send(next);
  }

  function picked(files) {
    const list = [...files];
    const folders = apart(list.map((file) => file.webkitRelativePath || file.name));
    return list.map((file, at) => ({ path: folders[at] + (file.webkitRelativePath || file.name), file: async () => file }));
  }

  async function dropped(entries) {
    const folders = apart(entries.map((entry) => entry.name));
    const found = [];
    for (const [at, entry] of entries.entries()) await walk([entry], found, folders[at]);
    return found;
  }

  document.addEventListener("change", (event) => {
    if (!event.target.matches("input[type=file].picker:not([data-answer])")) return;
    const list = picked(event.target.files);
    event.target.value = "";
    send(list);
  });

  document.addEventListener("dragover", (event) => {
    if (!drop()) return;
    event.preventDefault();
    drop().classList.add("over");
  });
  document.addEventListener("dragleave", (event) => {
    if (drop() && !event.relatedTarget) drop().classList.remove("over");
  });
  document.addEventListener("drop", async (event) => {
    if (!drop()) return;
    event.preventDefault();
    drop().classList.remove("over");
    // The entries must be asked for before anything else is awaited.
    const items = [...event.dataTransfer.items].filter((item) => item.kind === "file");
    const entries = items.map((item) => item.webkitGetAsEntry && item.webkitGetAsEntry()).filter(Boolean);
    const plain = entries.length ? [] : picked(event.dataTransfer.files);
    const links = event.dataTransfer.getData("text/uri-list") || event.dataTransfer.getData("text/plain");
    if (entries.length || plain.length) {
      show(text("looking", { count: 0 }), 0);
      const list = entries.length ? await dropped(entries) : plain;
      if (!list.length) show("", 0);
      send(list);
    } else if (links) {
      window.desk.load("/inputs/links", { method: "POST", body: new URLSearchParams({ text: links }) });
    }
  });
  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-cancel]") && sending) sending.abort();
  });
  // The page was put in anew while files are being sent.
  document.addEventListener("desk:page", () => { if (sending && drop()) document.getElementById("sending").hidden = false; });
  addEventListener("beforeunload", (event) => { if (sending) event.preventDefault(); });
})();
