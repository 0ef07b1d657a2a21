// Finds the page of an old link. The table stands in files beside this page, loaded as scripts, which works by double-click too.
(function () {
  "use strict";
  var own = document.currentScript;
  var root = own.getAttribute("data-root");
  var tables = Number(own.getAttribute("data-tables"));
  var answer = document.getElementById("answer");

  // Links are copied out of pages and lists with escapes of all sorts.
  function decode(text) {
    text = text.trim().replace(/\\\//g, "/").replace(/\\x26|\\u0026/g, "&");
    for (var i = 0; i < 4; i++) { text = text.replace(/&amp;|&#38;|&#x26;/g, "&"); }
    return text;
  }

  // The names of what a link leads to, best first; null for what is no link of an article or album.
  function names(text) {
    text = decode(text);
    if (/^\/\//.test(text)) { text = "https:" + text; }
    if (/^mp\.weixin\.qq\.com/.test(text)) { text = "https://" + text; }
    var url;
    try { url = new URL(text); } catch (_) { return null; }
    if (url.hostname !== "mp.weixin.qq.com") { return null; }
    var path = url.pathname.replace(/\/+$/, ""), found = [];
    var get = function () {
      for (var i = 0; i < arguments.length; i++) {
        var value = (url.searchParams.get(arguments[i]) || "").trim();
        if (value) { return value; }
      }
      return "";
    };
    if (path === "/mp/appmsgalbum") { return get("album_id") ? ["album:" + get("album_id")] : null; }
    var short = /^\/s\/([\w-]+)$/.exec(path);
    if (!short && ["/s", "/mp/appmsg/show", "/mp/appmsgread"].indexOf(path) < 0) { return null; }
    // A "+" arrives as a space.
    var biz = get("__biz").replace(/ /g, "+"), mid = get("mid", "appmsgid"), idx = get("idx", "itemidx") || "1";
    if (biz && /^\d+$/.test(mid) && /^\d+$/.test(idx)) { found.push(biz + "_" + mid + "_" + idx); }
    if (short) { found.push("short:" + short[1]); }
    if (get("sn", "sign")) { found.push("sn:" + get("sn", "sign")); }
    return found.length ? found : null;
  }

  function tableOf(name) {
    var hash = 0x811c9dc5;
    for (var i = 0; i < name.length; i++) { hash = Math.imul(hash ^ name.charCodeAt(i), 0x01000193) >>> 0; }
    return hash % tables;
  }

  var loaded = {};
  function load(number, then) {
    if (loaded[number]) { then(loaded[number]); return; }
    window.liudiOld = function (table) { loaded[number] = table; };
    var script = document.createElement("script");
    script.src = root + "s/table/" + number + ".js";
    script.onload = script.onerror = function () { script.remove(); then(loaded[number] || {}); };
    document.head.append(script);
  }

  function find(list, then) {
    if (!list.length) { then(null); return; }
    load(tableOf(list[0]), function (table) {
      var page = Object.prototype.hasOwnProperty.call(table, list[0]) ? table[list[0]] : null;
      if (page) { then(page); } else { find(list.slice(1), then); }
    });
  }

  function show(text) { answer.textContent = text; }

  var place = own.getAttribute("data-place");
  if (place !== null) {
    var here = names("https://mp.weixin.qq.com/" + place + location.search);
    find(here || [], function (page) {
      if (page) { location.replace(root + page); } else { show(answer.getAttribute("data-none")); }
    });
    return;
  }
  var form = document.getElementById("lookup");
  form.addEventListener("submit", function (event) {
    event.preventDefault();
    var list = names(form.elements.u.value);
    if (!list) { show(answer.getAttribute("data-bad")); return; }
    find(list, function (page) {
      if (page) { location.href = root + page; } else { show(answer.getAttribute("data-none")); }
    });
  });
})();
