// The preview of the site in its frame. The page that this script was loaded with may show only frames of the origin that
// it was sent with: if the preview has another one by now, the page is loaded anew.
"use strict";
(() => {
  const frame = () => document.getElementById("preview");
  const origin = (address) => new URL(address).origin;
  const allowed = frame() && origin(frame().src);

  let saved = false;
  document.addEventListener("submit", (event) => { saved = event.target.id === "settings"; });

  document.addEventListener("desk:page", () => {
    // Below each other, on a narrow screen, the form hides what it changes.
    const stage = document.getElementById("stage");
    if (saved && stage && !document.querySelector('#main > [role="alert"]')) stage.scrollIntoView({ block: "nearest" });
    saved = false;
    const address = frame() && frame().dataset.src;
    if (!address) return;
    if (origin(address) !== allowed) {
      // The page's own address is set after this.
      setTimeout(() => location.reload());
      return;
    }
    frame().setAttribute("sandbox", frame().dataset.sandbox);
    frame().src = address;
  });

  // A link to another site was followed in the frame, which shows an error of the browser now.
  document.addEventListener("securitypolicyviolation", (event) => {
    if (event.effectiveDirective === "frame-src" && frame()) frame().src = frame().src;
  });
})();
