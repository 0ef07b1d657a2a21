// Search in the pages' own words. The index is in script files (search/t, search/c, search/d), since pages opened by
// double-click may load scripts but not data. A hit is shown only after the words were found in the article's text.
var liudiSearch = (function () {
  "use strict";
  var config = null, lists = {}, texts = {}, waiting = {}, starts = [];
  var PAGE = 10;      // hits shown at a time
  var READS = 14;     // text shards looked at for them: with the lists less than a megabyte
  var PAIRS = 6;      // pairs of a long phrase that are looked up

  function load(name, has) {
    if (has()) { return Promise.resolve(); }
    if (!waiting[name]) {
      waiting[name] = new Promise(function (resolve, reject) {
        var script = document.createElement("script");
        script.src = "search/" + name + ".js";
        script.onload = function () { script.remove(); delete waiting[name]; resolve(); };
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
  var LETTER = /[\p{Alphabetic}\p{Nd}\p{Nl}\p{No}]/u;
  function dense(c) { return c.codePointAt(0) >= 0x2e80 && LETTER.test(c); }

  function shardOf(term, shards) {
    var hash = Math.imul(term[0].codePointAt(0), 0x9e3779b1) ^ Math.imul(term[1] ? term[1].codePointAt(0) : 0, 0x85ebca6b);
    hash = (hash ^ (hash >>> 15)) >>> 0;
    hash = Math.imul(hash, 0x2c1b3c6d);
    hash = (hash ^ (hash >>> 13)) >>> 0;
    return hash & (shards - 1);
  }

  // The terms whose articles hold every hit for `word`: its pairs of neighbours, else the single character, or the
  // beginning of a word.
  function termsOf(word) {
    var c = Array.from(word), pairs = [], at;
    for (at = 0; at + 1 < c.length; at += 1) {
      if (LETTER.test(c[at]) && LETTER.test(c[at + 1]) && (dense(c[at]) || dense(c[at + 1]))) { pairs.push([c[at], c[at + 1]]); }
    }
    if (pairs.length) {
      return pairs.filter(function (_, index) {
        return pairs.length <= PAIRS || Math.floor(index * PAIRS / pairs.length) !== Math.floor((index - 1) * PAIRS / pairs.length);
      }).map(function (pair) { return { term: pair, whole: true }; });
    }
    var terms = [];
    for (at = 0; at < c.length; at += 1) {
      if (dense(c[at])) { terms.push({ term: [c[at]], whole: true }); continue; }
      var start = at;
      while (at < c.length && LETTER.test(c[at]) && !dense(c[at])) { at += 1; }
      if (at > start) { terms.push({ term: c.slice(start, Math.min(at, start + 40)), whole: false }); at -= 1; }
    }
    return terms;
  }

  // A shard is, for each term: length, term, count * 4 + form, then by form: 0, gaps * 4 + weight; 1, a bitmap of the
  // articles and the gaps of those that have it in their title; 2, a bitmap for these too. Numbers in base 128, lowest
  // first. The list called `name` (or all that begin so) is of `size` articles from `start` on.
  function postings(found, bytes, name, whole, start, size) {
    var at = 0, decoder = new TextDecoder(), match;
    function number() {
      var value = 0, factor = 1, byte;
      do { byte = bytes[at]; at += 1; value += (byte & 127) * factor; factor *= 128; } while (byte & 128);
      return value;
    }
    function add(article, weight) {
      if (match) { found.set(start + article, Math.max(found.get(start + article) || 0, weight)); }
    }
    function bitmap(weight) {
      for (var i = 0; match && i < size; i += 1) {
        if (bytes[at + (i >> 3)] & (1 << (i & 7))) { add(i, weight); }
      }
      at += Math.ceil(size / 8);
    }
    while (at < bytes.length) {
      var length = number(), term = decoder.decode(bytes.subarray(at, at + length)), article = 0;
      at += length;
      var kind = number(), form = kind % 4, count = Math.floor(kind / 4);
      match = whole ? term === name : term.startsWith(name);
      if (form) { bitmap(1); }
      if (form === 2) { bitmap(4); count = 0; }
      for (var i = 0; i < count; i += 1) {
        var value = number();
        article += Math.floor(value / 4);
        add(article, value % 4 + 1);
      }
      if (match && whole) { break; }
    }
  }

  // Of a single character there is a list for each block of articles, named by the character and the block's number.
  async function list(wanted) {
    var found = new Map(), single = wanted.whole && wanted.term.length === 1, parts = [];
    for (var block = 0; block < (single ? config.blocks : 1); block += 1) { parts.push(block); }
    await Promise.all(parts.map(async function (block) {
      var term = block ? wanted.term.concat(String.fromCharCode(block)) : wanted.term;
      var name = (single ? "c/" : "t/") + shardOf(term, single ? config.characters : config.terms);
      await load(name, function () { return lists[name]; });
      var start = block * config.block, end = block + 1 < parts.length ? start + config.block : config.count;
      postings(found, lists[name], term.join(""), wanted.whole, start, end - start);
    }));
    return found;
  }

  // What is asked for, without the signs around and between: a phrase with a comma in it is two words.
  function wordsOf(query) {
    return Array.from(new Set(Array.from(fold(query), function (c) { return LETTER.test(c) ? c : " "; }).join("").split(" ").filter(Boolean)));
  }
  function bare(text) { return Array.from(text).filter(function (c) { return LETTER.test(c); }).join(""); }

  // Where no article holds every word as it was written: those with the most of its pairs, which may be apart there.
  async function closest(words) {
    var terms = words.flatMap(termsOf), all = await Promise.all(terms.map(list)), score = new Map();
    all.forEach(function (found) { found.forEach(function (_, article) { score.set(article, (score.get(article) || 0) + 1); }); });
    return Array.from(score, function (pair) { return { article: pair[0], score: pair[1] }; })
      .filter(function (one) { return one.score * 2 >= terms.length; })
      .sort(function (a, b) { return b.score - a.score || b.article - a.article; });
  }

  async function candidates(words) {
    var all = await Promise.all(words.flatMap(termsOf).map(list)), found = [];
    if (!all.length) { return found; }
    all.sort(function (a, b) { return a.size - b.size; });
    all[0].forEach(function (weight, article) {
      var score = weight;
      for (var i = 1; i < all.length; i += 1) {
        if (!all[i].has(article)) { return; }
        score += all[i].get(article);
      }
      found.push({ article: article, score: Math.round(score / all.length) });
    });
    // What matters most first, then the newest.
    return found.sort(function (a, b) { return b.score - a.score || b.article - a.article; });
  }

  // The shards that hold an article's text: one, or for a long article several.
  function shardsOf(article) {
    var low = 0, high = starts.length - 1;
    while (low < high) {
      var middle = (low + high + 1) >> 1;
      if (starts[middle] <= article) { low = middle; } else { high = middle - 1; }
    }
    var shards = [low];
    while (low > 0 && starts[low - 1] === article) { low -= 1; shards.unshift(low); }
    return shards;
  }

  async function read(article) {
    var shards = shardsOf(article);
    await Promise.all(shards.map(function (shard) { return load("d/" + shard, function () { return texts[shard]; }); }));
    var parts = shards.map(function (shard) { return texts[shard][article - starts[shard]]; });
    return { url: parts[0][0], title: parts[0][1], date: parts[0][2], author: parts[0][4], text: parts.map(function (part) { return part[3]; }).join("") };
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
    var hits = document.getElementById("hits"), more = document.getElementById("more"), near = document.getElementById("near"), run = 0;
    var latest = document.getElementById("latest");

    async function search(query) {
      var mine = run += 1, words = wordsOf(query);
      hits.textContent = near.textContent = "";
      more.hidden = near.hidden = true;
      status.textContent = words.length ? status.dataset.wait : query.trim() ? status.dataset.none : "";
      if (latest) { latest.hidden = words.length > 0; }
      if (!words.length) { return; }
      await load("index", function () { return config; });
      var found = await candidates(words), at = 0, shown = 0;
      async function page() {
        var until = shown + PAGE, shards = new Set();
        more.hidden = true;
        while (at < found.length && shown < until) {
          shardsOf(found[at].article).forEach(function (shard) { shards.add(shard); });
          if (shards.size > READS && shown > until - PAGE) { break; }
          var hit = await read(found[at].article);
          if (mine !== run) { return; }
          at += 1;
          var whole = fold(hit.title) + "\n" + fold(hit.text) + "\n" + fold(hit.author);
          if (!words.every(function (word) { return whole.includes(word); })) { continue; }
          shown += 1;
          hits.append(shownAs(hit, words));
        }
        var done = at >= found.length;
        more.hidden = done;
        if (!shown && done) { return offer(); }
        status.textContent = (done ? status.dataset.some : status.dataset.about).replace("%n", done ? shown : found.length - at + shown);
      }
      // Nothing holds the words as they stand: what comes closest, a phrase that other signs interrupt first.
      async function offer() {
        var close = (await closest(words)).slice(0, READS), phrase = words.map(bare), whole = [], part = [];
        for (var i = 0; i < close.length; i += 1) {
          var hit = await read(close[i].article);
          if (mine !== run) { return; }
          var text = bare(fold(hit.title + "\n" + hit.text + "\n" + hit.author));
          (phrase.every(function (word) { return text.includes(word); }) ? whole : part).push(hit);
        }
        var marks = words.flatMap(termsOf).map(function (wanted) { return wanted.term.join(""); });
        whole.concat(part).slice(0, PAGE).forEach(function (hit) { near.append(shownAs(hit, marks)); });
        near.hidden = !close.length;
        if (latest) { latest.hidden = close.length > 0; }
        status.textContent = close.length ? status.dataset.near : status.dataset.none;
      }
      more.onclick = page;
      await page();
    }

    function shownAs(hit, words) {
      var item = document.createElement("li"), link = document.createElement("a"), time = document.createElement("time"), text = document.createElement("p");
      link.href = hit.url;
      marked(link, hit.title, words, 0);
      time.textContent = hit.date;
      marked(text, hit.text, words, 120);
      item.append(link, time, text);
      return item;
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
    config: function (value) {
      var at = 0;
      config = value;
      starts = value.steps.map(function (step) { at += step; return at; });
    },
    list: function (shelf, number, text) {
      var raw = atob(text), bytes = new Uint8Array(raw.length);
      for (var i = 0; i < raw.length; i += 1) { bytes[i] = raw.charCodeAt(i); }
      lists[shelf + "/" + number] = bytes;
    },
    texts: function (number, documents) { texts[number] = documents; }
  };
})();
