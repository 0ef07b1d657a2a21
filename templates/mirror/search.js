// Search in the pages' own words. The index is in script files (search/t, search/d), since pages opened by double-click
// may load scripts but not data. A hit is shown only after the words were found in the article's text itself.
var liudiSearch = (function () {
  "use strict";
  var config = null, shards = {}, texts = {}, waiting = {};
  var PAGE = 10;

  function load(path, store, key) {
    var name = path + key;
    if (store[key]) { return Promise.resolve(store[key]); }
    if (!waiting[name]) {
      waiting[name] = new Promise(function (resolve, reject) {
        var script = document.createElement("script");
        script.src = "search/" + path + key + ".js";
        script.onload = function () { script.remove(); delete waiting[name]; resolve(store[key]); };
        script.onerror = function () { delete waiting[name]; reject(new Error(script.src)); };
        document.head.append(script);
      });
    }
    return waiting[name];
  }

  // As the index was made: NFKC and lower case, character by character.
  function fold(text) {
    var out = "";
    for (var c of text) { out += c.normalize("NFKC").toLowerCase(); }
    return out;
  }
  var LETTER = /[\p{L}\p{N}\p{Alphabetic}]/u;
  function dense(c) { return c.codePointAt(0) >= 0x2e80 && LETTER.test(c); }

  function shardOf(first, second) {
    var hash = Math.imul(first.codePointAt(0), 0x9e3779b1) ^ Math.imul(second ? second.codePointAt(0) : 0, 0x85ebca6b);
    hash = (hash ^ (hash >>> 15)) >>> 0;
    hash = Math.imul(hash, 0x2c1b3c6d);
    hash = (hash ^ (hash >>> 13)) >>> 0;
    return hash & (config.shards - 1);
  }

  // The terms whose articles hold every hit for `word`: pairs for dense runs (every second one and the last cover it),
  // else the beginning of a word.
  function termsOf(word) {
    var runs = [], characters = Array.from(word), at = 0;
    while (at < characters.length) {
      var isDense = dense(characters[at]), start = at;
      if (!LETTER.test(characters[at])) { at += 1; continue; }
      while (at < characters.length && LETTER.test(characters[at]) && dense(characters[at]) === isDense) { at += 1; }
      runs.push({ dense: isDense, characters: characters.slice(start, at) });
    }
    var terms = [], pairs = runs.filter(function (run) { return run.dense; });
    pairs.forEach(function (run) {
      var c = run.characters;
      if (c.length === 1) { terms.push({ text: c[0], whole: true }); return; }
      var step = c.length > 12 ? Math.ceil(c.length / 6) : 2;
      for (var i = 0; i + 1 < c.length; i += step) { terms.push({ text: c[i] + c[i + 1], whole: true }); }
      if (c.length % 2) { terms.push({ text: c[c.length - 2] + c[c.length - 1], whole: true }); }
    });
    // Beside pairs a word may be the end of a longer one: the pairs decide, the text is looked at afterwards.
    if (!pairs.length) { runs.forEach(function (run) { terms.push({ text: run.characters.slice(0, 40).join(""), whole: false }); }); }
    return terms;
  }

  // A shard is: length, term, count, gaps; numbers in base 128, lowest first.
  function postings(bytes, term) {
    var at = 0, decoder = new TextDecoder(), found = new Map();
    function number() {
      var value = 0, factor = 1, byte;
      do { byte = bytes[at]; at += 1; value += (byte & 127) * factor; factor *= 128; } while (byte & 128);
      return value;
    }
    while (at < bytes.length) {
      var length = number(), name = decoder.decode(bytes.subarray(at, at + length));
      at += length;
      var count = number(), article = 0, match = term.whole ? name === term.text : name.startsWith(term.text);
      for (var i = 0; i < count; i += 1) {
        var value = number();
        article += Math.floor(value / 4);
        if (match) { found.set(article, Math.max(found.get(article) || 0, value % 4 + 1)); }
      }
    }
    return found;
  }

  async function candidates(words) {
    var lists = await Promise.all(words.flatMap(termsOf).map(async function (term) {
      var c = Array.from(term.text);
      return postings(await load("t/", shards, shardOf(c[0], c[1])), term);
    }));
    if (!lists.length) { return []; }
    lists.sort(function (a, b) { return a.size - b.size; });
    var found = [];
    lists[0].forEach(function (weight, article) {
      var score = weight;
      for (var i = 1; i < lists.length; i += 1) {
        if (!lists[i].has(article)) { return; }
        score += lists[i].get(article);
      }
      found.push({ article: article, score: score / lists.length });
    });
    // What matters most first, then the newest.
    return found.sort(function (a, b) { return Math.round(b.score) - Math.round(a.score) || b.article - a.article; });
  }

  async function read(article) {
    var low = 0, high = config.starts.length - 1;
    while (low < high) {
      var middle = (low + high + 1) >> 1;
      if (config.starts[middle] <= article) { low = middle; } else { high = middle - 1; }
    }
    return (await load("d/", texts, low))[article - config.starts[low]];
  }

  // Folded text with, for each of its units, where it stands in the original.
  function mapped(text) {
    var out = "", map = [], at = 0;
    for (var c of text) {
      var folded = c.normalize("NFKC").toLowerCase();
      for (var i = 0; i < folded.length; i += 1) { map.push(at); }
      out += folded;
      at += c.length;
    }
    map.push(at);
    return { text: out, map: map };
  }

  function marked(parent, text, words, around) {
    var folded = mapped(text), spans = [];
    words.forEach(function (word) {
      for (var at = folded.text.indexOf(word); at >= 0 && spans.length < 200; at = folded.text.indexOf(word, at + word.length)) {
        spans.push([folded.map[at], folded.map[at + word.length - 1] + 1]);
      }
    });
    spans.sort(function (a, b) { return a[0] - b[0]; });
    var from = 0, to = text.length;
    if (around) {
      from = spans.length ? Math.max(0, spans[0][0] - 30) : 0;
      to = Math.min(text.length, from + around);
    }
    if (from > 0) { parent.append("…"); }
    var last = from;
    spans.forEach(function (span) {
      if (span[0] < last || span[1] > to) { return; }
      var mark = document.createElement("mark");
      mark.textContent = text.slice(span[0], span[1]);
      parent.append(text.slice(last, span[0]), mark);
      last = span[1];
    });
    parent.append(text.slice(last, to));
    if (to < text.length) { parent.append("…"); }
  }

  function start() {
    var form = document.getElementById("seek"), input = form.elements.q, status = document.getElementById("status");
    var list = document.getElementById("hits"), more = document.getElementById("more"), run = 0;
    more.onclick = null;

    async function search(query) {
      var mine = run += 1, words = fold(query).split(/\s+/).filter(Boolean);
      list.textContent = "";
      more.hidden = true;
      status.textContent = words.length ? status.dataset.wait : "";
      if (!words.length) { return; }
      if (!config) { await load("", { get index() { return config; } }, "index"); }
      var found = await candidates(words), at = 0, shown = 0;
      async function page() {
        var until = shown + PAGE;
        more.hidden = true;
        while (at < found.length && shown < until) {
          var hit = await read(found[at].article);
          if (mine !== run) { return; }
          at += 1;
          var whole = fold(hit[1]) + "\n" + fold(hit[3]);
          if (!words.every(function (word) { return whole.includes(word); })) { continue; }
          shown += 1;
          show(hit);
        }
        more.hidden = at >= found.length;
        var done = at >= found.length;
        status.textContent = !shown && done ? status.dataset.none :
          (done ? status.dataset.some : status.dataset.about).replace("%n", done ? shown : found.length - at + shown);
      }
      function show(hit) {
        var item = document.createElement("li"), link = document.createElement("a"), time = document.createElement("time"), words_ = document.createElement("p");
        link.href = hit[0];
        marked(link, hit[1], words, 0);
        time.textContent = hit[2];
        marked(words_, hit[3], words, 120);
        item.append(link, time, words_);
        list.append(item);
      }
      more.onclick = page;
      await page();
    }

    form.addEventListener("submit", function (event) {
      event.preventDefault();
      try { history.replaceState(null, "", "?q=" + encodeURIComponent(input.value)); } catch (_) { /* not on file:// */ }
      search(input.value);
    });
    var given = new URLSearchParams(location.search).get("q");
    if (given) { input.value = given; search(given); }
  }

  document.addEventListener("DOMContentLoaded", start);
  return {
    config: function (value) { config = value; },
    terms: function (shard, text) {
      var raw = atob(text), bytes = new Uint8Array(raw.length);
      for (var i = 0; i < raw.length; i += 1) { bytes[i] = raw.charCodeAt(i); }
      shards[shard] = bytes;
    },
    texts: function (number, documents) { texts[number] = documents; }
  };
})();
