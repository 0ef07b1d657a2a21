// Sends dropped or chosen files to the program, a few hundred at a time: the browser reads them from the disk as they
// are sent, so that neither side holds them in memory.
"use strict";
(() => {
  const FILES = 200;
  const BYTES = 32 * 1024 * 1024;
  let sending = null;
  // What was dropped while other files were being sent.
  const waiting = [];

  const drop = () => document.querySelector("[data-drop]");

  // Lists everything below the dropped entries as { path, file() }.
  async function walk(entries, found) {
    for (const entry of entries) {
      if (entry.isFile) {
        found.push({ path: entry.fullPath.replace(/^\/+/, ""), file: () => new Promise((good, bad) => entry.file(good, bad)) });
      } else {
        const reader = entry.createReader();
        for (;;) {
          const some = await new Promise((good, bad) => reader.readEntries(good, bad));
          if (!some.length) break;
          await walk(some, found);
        }
      }
      if (found.length % 1000 < 2) show(text("looking", { count: found.length }), 0);
    }
    return found;
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

  function block(path, file) {
    const header = new TextEncoder().encode(JSON.stringify({ path, size: file.size, modified: Math.max(0, file.lastModified || 0) }));
    const length = new DataView(new ArrayBuffer(4));
    length.setUint32(0, header.length);
    return [length, header, file];
  }

  async function send(list) {
    if (!list.length) return;
    if (sending) { waiting.push(list); return; }
    sending = new AbortController();
    let batch = "", done = 0, at = 0, unread = 0, failed = "";
    try {
      while (at < list.length) {
        const parts = [];
        let bytes = 0, files = 0;
        while (at < list.length && files < FILES && bytes < BYTES) {
          let file;
          // A file that went away meanwhile leaves the others alone.
          try { file = await list[at].file(); } catch { unread += 1; at += 1; continue; }
          if (files && bytes + file.size > BYTES) break;
          parts.push(...block(list[at].path, file));
          bytes += file.size; files += 1; at += 1;
        }
        const query = new URLSearchParams(batch ? { batch } : {});
        if (at >= list.length) query.set("last", "");
        const response = await fetch(`/upload?${query}`, { method: "POST", body: new Blob(parts), signal: sending.signal });
        const answer = await response.json();
        batch = answer.batch || batch;
        if (answer.error) { failed = [answer.error.text, answer.error.hint].filter(Boolean).join(" "); break; }
        done += files;
        show(text("sending", { done, count: list.length }), done / list.length);
      }
    } catch (error) {
      failed = error.name === "AbortError" ? "" : text("failed", {});
      if (!failed) waiting.length = 0;
    }
    sending = null;
    const next = waiting.shift();
    await window.desk.load("/inputs", {}, { push: false, keep: true });
    if (failed) window.desk.lost(failed);
    else if (unread) window.desk.lost(text("failed", {}));
    if (next) send(next);
  }

  const picked = (files) => [...files].map((file) => ({ path: file.webkitRelativePath || file.name, file: async () => file }));

  document.addEventListener("change", (event) => {
    if (!event.target.matches("input[type=file].picker")) return;
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
      let list = plain;
      try { if (entries.length) list = await walk(entries, []); } catch { window.desk.lost(text("failed", {})); }
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
