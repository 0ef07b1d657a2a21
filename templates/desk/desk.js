// The desk's script: forms and links change the page without loading it anew, events keep it up to date, dropped files
// are sent to the program. Without it every form still works.
"use strict";
(() => {
  const page = () => document.getElementById("page");
  const main = () => document.getElementById("main");
  let changed = false;

  // Puts a page's new main part in place; the focus stays where it was if that element is still there.
  function put(markup, { keep = false } = {}) {
    const parsed = new DOMParser().parseFromString(markup, "text/html").getElementById("page");
    if (!parsed) { location.reload(); return; }
    if (keep) {
      // A reload does not take away what was just said.
      const [said, now] = [page(), parsed].map((of) => of.querySelector(".notes"));
      if (said && now && !now.childElementCount) now.replaceWith(said);
    }
    const focused = keep && document.activeElement && document.activeElement.id;
    const place = keep && !focused ? placeOf(document.activeElement) : null;
    // A file dialog belongs to its element: it must be there when the user has chosen.
    for (const place of parsed.querySelectorAll("[data-keep]")) {
      const held = document.getElementById(place.id);
      if (held) place.replaceWith(held);
    }
    const summary = (details) => details.querySelector("summary")?.textContent;
    const opened = keep ? [...page().querySelectorAll("details[open]")].map(summary) : [];
    page().replaceWith(parsed);
    for (const details of parsed.querySelectorAll("details")) if (opened.includes(summary(details))) details.open = true;
    document.title = parsed.dataset.title || document.title;
    changed = false;
    // The page says itself that the program has ended, whichever of the two was heard first.
    if (parsed.dataset.ended !== undefined) { events.close(); lost(""); }
    const again = focused && document.getElementById(focused);
    if (again) again.focus();
    else if (place) focusOn(place());
    document.dispatchEvent(new CustomEvent("desk:page"));
  }

  // Puts the keyboard at a part of the page, which takes no input itself.
  function focusOn(part) {
    if (!part) return;
    if (!part.hasAttribute("tabindex")) part.tabIndex = -1;
    part.focus({ preventScroll: true });
  }

  function lost(text) {
    const box = document.getElementById("lost");
    if (!box) return;
    box.textContent = text;
    box.hidden = !text;
  }

  // Says what was done: in view, with a button that takes it away, and to a reader of the screen, who hears only of
  // changes in a place that was there before.
  function tell() {
    const notes = [...document.querySelectorAll(".notes .note")];
    for (const note of notes) {
      if (note.querySelector("button")) continue;
      const close = document.createElement("button");
      close.type = "button";
      close.dataset.close = "";
      close.textContent = "×";
      close.setAttribute("aria-label", document.body.dataset.close);
      note.append(close);
    }
    const text = notes.map((note) => note.firstChild.textContent).join(" ");
    const told = document.getElementById("told");
    if (told && told.textContent !== text) told.textContent = text;
  }
  document.addEventListener("click", (event) => {
    const close = event.target.closest("[data-close]");
    if (!close || !close.closest(".note")) return;
    close.closest(".note").remove();
    main().focus({ preventScroll: true });
  });

  // The part of the page in which something was pressed, and the part that has its place on the new page.
  const PARTS = "main :is(.card, li, tr, section, fieldset)";
  function placeOf(element) {
    const part = element && element.closest(PARTS);
    if (!part) return null;
    const alike = (of) => [...document.querySelectorAll(PARTS)].filter((one) => one.tagName === of.tagName && one.className === of.className);
    const at = alike(part).indexOf(part);
    const like = { tagName: part.tagName, className: part.className };
    return () => { const parts = alike(like); return parts[Math.min(at, parts.length - 1)]; };
  }

  async function load(address, options = {}, { push = true, keep = false, place = null } = {}) {
    let response;
    try {
      response = await fetch(address, { ...options, headers: { "X-Part": "main", ...options.headers } });
    } catch {
      lost(document.body.dataset.failed);
      return;
    }
    const type = response.headers.get("Content-Type") || "";
    if (!type.startsWith("text/html")) { location.href = address; return; }
    const markup = await response.text();
    const from = location.pathname;
    if (response.status === 401 || !markup.includes('id="page"')) { document.open(); document.write(markup); document.close(); return; }
    put(markup, { keep });
    tell();
    const url = new URL(response.url);
    // The address of an answer has no fragment.
    if (options.method !== "POST") url.hash = new URL(address, location.href).hash;
    if (push && options.method !== "POST" && url.href !== location.href) history.pushState({}, "", url);
    // An action that failed shows its error at the page it came from.
    if (options.method === "POST" && response.redirected && url.href !== location.href) history.pushState({}, "", url);
    if (!keep) {
      const alert = main().querySelector('[role="alert"]');
      const at = url.hash && document.getElementById(decodeURIComponent(url.hash.slice(1)));
      const field = main().querySelector("[autofocus]");
      // After an action on a page, the keyboard goes on where it was; else at what is new.
      const again = place && url.pathname === from ? place() : null;
      focusOn(field || again || main());
      if (alert) alert.scrollIntoView({ block: "center" });
      else if (at) at.scrollIntoView();
      else if (options.method !== "POST" || url.pathname !== from) scrollTo(0, 0);
      else if (again) again.scrollIntoView({ block: "nearest" });
    }
  }
  window.desk = { load, put, lost };

  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.dataset.plain !== undefined) return;
    if (form.dataset.confirm && !confirm(form.dataset.confirm)) { event.preventDefault(); return; }
    const data = new URLSearchParams(new FormData(form, event.submitter));
    event.preventDefault();
    // A button may have an address of its own, such as that of a first look which writes nothing.
    const action = event.submitter?.hasAttribute("formaction") ? event.submitter.formAction : form.action;
    if (event.submitter) event.submitter.disabled = true;
    const again = () => { if (event.submitter) event.submitter.disabled = false; };
    if (form.dataset.reload !== undefined) {
      fetch(action, { method: "POST", body: data }).then(() => location.reload(), () => lost(document.body.dataset.failed));
    } else if (form.method === "get") {
      load(`${action}?${data}`).finally(again);
    } else {
      load(action, { method: "POST", body: data }, { place: placeOf(event.submitter || form) }).finally(again);
    }
  });

  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[href]");
    if (!link || event.defaultPrevented || event.button || event.ctrlKey || event.metaKey || event.shiftKey) return;
    if (link.target || link.hasAttribute("download") || link.origin !== location.origin) return;
    const url = new URL(link.href);
    if (url.pathname === location.pathname && url.search === location.search && url.hash) return;
    event.preventDefault();
    load(url.href);
  });
  addEventListener("popstate", () => load(location.href, {}, { push: false }));
  document.addEventListener("input", () => { changed = true; });

  // What goes on.
  let events;
  let reload;
  function listen() {
    events = new EventSource("/events");
    events.addEventListener("open", () => lost(""));
    events.addEventListener("work", (event) => {
      for (const place of document.querySelectorAll("[data-work]")) place.innerHTML = event.data;
    });
    let first = true;
    events.addEventListener("change", () => {
      if (first) { first = false; return; }
      clearTimeout(reload);
      reload = setTimeout(() => {
        // What is being typed is not taken away.
        if (main() && main().dataset.live !== undefined && !changed) load(location.href, {}, { push: false, keep: true });
      }, 150);
    });
    events.addEventListener("error", () => {
      lost(document.body.dataset.stopped);
      if (events.readyState === EventSource.CLOSED) setTimeout(listen, 2000);
    });
  }
  tell();
  if (page()) listen();
})();
