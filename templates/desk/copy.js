// Copies the text of a draft.
"use strict";
document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy]");
  if (!button) return;
  const from = document.getElementById(button.dataset.copy);
  from.select();
  try {
    await navigator.clipboard.writeText(from.value);
    button.textContent = button.dataset.copied;
  } catch {
    // The text stays selected, to be copied by hand.
  }
});
