// What the mirror's pages can do with scripts; all of it can be read without. No request leaves the site.
(function () {
  "use strict";
  var root = document.documentElement;

  // Choices are kept in this browser only; where it refuses, they last for the page.
  function recall(name) { try { return localStorage.getItem("liudi-" + name); } catch (_) { return null; } }
  function keep(name, value) { try { localStorage.setItem("liudi-" + name, value); } catch (_) { /* not kept */ } }

  function applyTheme(theme) {
    if (theme === "light" || theme === "dark") { root.dataset.theme = theme; } else { delete root.dataset.theme; }
  }
  function applyLayout(layout) {
    var authored = document.getElementById("authored");
    if (authored && authored.sheet) { authored.sheet.disabled = layout === "plain"; }
    root.classList.toggle("plain", layout === "plain");
  }
  // Before the first paint: this script stands after the style sheets.
  applyTheme(recall("theme"));
  applyLayout(recall("layout"));

  function display() {
    var button = document.querySelector("button.display");
    var panel = document.getElementById("display");
    if (!button || !panel) { return; }
    button.hidden = false;
    function show(open) { panel.hidden = !open; button.setAttribute("aria-expanded", String(open)); }
    button.addEventListener("click", function () { show(panel.hidden); });
    document.addEventListener("keydown", function (event) { if (event.key === "Escape") { show(false); } });
    document.addEventListener("click", function (event) {
      if (!panel.contains(event.target) && event.target !== button) { show(false); }
    });
    [["theme", applyTheme], ["layout", applyLayout]].forEach(function (choice) {
      panel.querySelectorAll("input[name=" + choice[0] + "]").forEach(function (input) {
        if (input.value === recall(choice[0])) { input.checked = true; }
        input.addEventListener("change", function () { keep(choice[0], input.value); choice[1](input.value); });
      });
    });
  }

  // Pictures open over the page; without scripts their links open the file.
  function viewer() {
    var pictures = Array.prototype.filter.call(document.querySelectorAll(".gallery img, .body img"), function (image) {
      var link = image.closest("a");
      return (!link || link.parentElement.classList.contains("gallery")) && !image.closest(".liudi-card") &&
        (image.naturalWidth || Number(image.getAttribute("width")) || 0) >= 200;
    });
    if (!pictures.length || !window.HTMLDialogElement) { return; }
    var dialog, picture, at = 0;
    function turn(step) {
      at = (at + step + pictures.length) % pictures.length;
      picture.src = pictures[at].src;
      picture.alt = pictures[at].alt;
    }
    function control(name, sign, act) {
      var button = document.createElement("button");
      button.type = "button"; button.className = name; button.textContent = sign;
      button.setAttribute("aria-label", sign);
      button.addEventListener("click", function (event) { event.stopPropagation(); act(); });
      dialog.append(button);
    }
    function open(index) {
      if (!dialog) {
        dialog = document.createElement("dialog");
        dialog.className = "viewer";
        picture = document.createElement("img");
        dialog.append(picture);
        control("close", "\u00d7", function () { dialog.close(); });
        if (pictures.length > 1) {
          control("before", "\u2039", function () { turn(-1); });
          control("behind", "\u203a", function () { turn(1); });
        }
        dialog.addEventListener("click", function () { dialog.close(); });
        dialog.addEventListener("keydown", function (event) {
          if (event.key === "ArrowLeft") { turn(-1); }
          if (event.key === "ArrowRight") { turn(1); }
        });
        document.body.append(dialog);
      }
      at = index;
      turn(0);
      dialog.showModal();
    }
    pictures.forEach(function (image, index) {
      image.classList.add("zoomable");
      (image.closest(".gallery a") || image).addEventListener("click", function (event) { event.preventDefault(); open(index); });
    });
  }

  // On paper nothing can be unfolded.
  function unfold() {
    var closed = [];
    window.addEventListener("beforeprint", function () {
      closed = Array.prototype.filter.call(document.querySelectorAll("details"), function (one) { return !one.open; });
      closed.forEach(function (one) { one.open = true; });
    });
    window.addEventListener("afterprint", function () { closed.forEach(function (one) { one.open = false; }); });
  }

  document.addEventListener("DOMContentLoaded", function () { display(); viewer(); unfold(); });
})();
