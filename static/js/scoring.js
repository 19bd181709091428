"use strict";

// On a scoring screen, while the focus is on one of a criterion's choices, 1 to 4 choose the first to the fourth and
// go on to the next criterion, and after the last one to the button that saves.
(() => {
  const form = document.querySelector(".scoring-form");
  if (!form) return;
  const groups = [...form.querySelectorAll(".score-choices")];
  for (const hint of form.querySelectorAll(".scoring-keys, .score-key")) hint.hidden = false;

  const goOnFrom = (group) => {
    const next = groups[groups.indexOf(group) + 1];
    const radio = next && (next.querySelector(":checked") || next.querySelector("input"));
    (radio || form.querySelector(".submit-row input")).focus();
  };

  form.addEventListener("keydown", (event) => {
    const group = event.target.closest(".score-choices");
    if (!group || event.altKey || event.ctrlKey || event.metaKey || event.shiftKey || event.isComposing) return;
    const radio = /^[1-4]$/.test(event.key) && group.querySelectorAll("input")[event.key - 1];
    if (!radio) return;
    event.preventDefault();
    radio.checked = true;
    radio.dispatchEvent(new Event("change", { bubbles: true }));
    goOnFrom(group);
  });
})();
