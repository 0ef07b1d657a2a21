// The preview of the site. The page that the script was loaded with may not know its origin yet: it is loaded anew, once.
"use strict";
document.addEventListener("securitypolicyviolation", (event) => {
  const frame = document.getElementById("preview");
  if (event.effectiveDirective !== "frame-src" || !frame) return;
  const origin = new URL(frame.src).origin;
  if (event.blockedURI.startsWith(origin)) location.reload();
});
