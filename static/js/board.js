// Puts the ideas of the shortlist board in order by dragging, by the buttons and by typed places, and says what
// happened. Without this file the buttons and the places do the same through the server.
"use strict";

(() => {
  const board = document.querySelector("[data-board]");
  const places = board?.querySelector("[data-places]");
  const others = board?.querySelector("[data-others]");
  if (!places || !others) return;

  const announcement = board.querySelector("[data-announce]");
  const ACCEPTED = ["accepted", "accepted_in_part"];
  const EDGE = 80;

  const field = (entry, name) => entry.querySelector(`[name$="-${name}"]`);
  const title = (entry) => entry.querySelector("[data-title]").textContent;
  const placeOf = (entry) => [...places.children].indexOf(entry) + 1;
  const entryOf = (number) => document.getElementById(`idea-${number}`);

  function say(words) {
    announcement.textContent = "";
    requestAnimationFrame(() => { announcement.textContent = words; });
  }

  function count() {
    [...places.children].forEach((entry, index) => { field(entry, "position").value = index + 1; });
    [...others.children].forEach((entry) => { field(entry, "position").value = ""; });
    board.querySelector("[data-empty]").hidden = places.children.length > 0;
    board.querySelectorAll("[data-ranked]").forEach((row) => {
      const entry = entryOf(row.dataset.ranked);
      if (entry) row.classList.toggle("is-chosen", entry.parentElement === places);
    });
    board.dispatchEvent(new Event("input", { bubbles: true }));
  }

  function accept(entry) {
    if (!ACCEPTED.includes(field(entry, "outcome").value)) field(entry, "outcome").value = "accepted";
  }

  // At the place given, from 1, or the last.
  function put(entry, place = Infinity) {
    const rest = [...places.children].filter((other) => other !== entry);
    places.insertBefore(entry, rest[place - 1] ?? null);
    accept(entry);
    count();
    say(`${title(entry)}: place ${placeOf(entry)} of ${places.children.length}.`);
  }

  function takeOff(entry) {
    others.prepend(entry);
    if (ACCEPTED.includes(field(entry, "outcome").value)) field(entry, "outcome").value = "";
    count();
    say(`${title(entry)} is off the shortlist. Its outcome is to be decided anew.`);
  }

  const steps = {
    up: (entry) => put(entry, Math.max(1, placeOf(entry) - 1)),
    down: (entry) => put(entry, placeOf(entry) + 1),
    add: (entry) => put(entry),
    off: takeOff,
  };

  board.addEventListener("click", (event) => {
    const button = event.target.closest("button[name=move]");
    if (!button) return;
    const [step, number] = button.value.split("-");
    const entry = entryOf(number);
    // An idea that is on another page of the board is for the server to move.
    if (!entry) return;
    event.preventDefault();
    steps[step](entry);
    const again = entry.contains(button) && button.offsetParent ? button : entry.querySelector(
      entry.parentElement === places ? "[value^=up-]" : "[value^=add-]",
    );
    again.focus();
    entry.scrollIntoView({ block: "nearest" });
  });

  board.addEventListener("change", (event) => {
    if (!event.target.name?.endsWith("-position")) return;
    const entry = event.target.closest("[data-idea]");
    const place = Number(event.target.value);
    if (!event.target.value && entry.parentElement === places) takeOff(entry);
    else if (Number.isInteger(place) && place > 0) put(entry, place);
  });

  // Dragging, by mouse, pen or finger

  let dragged = null;

  function drop() {
    if (!dragged) return;
    dragged.entry.classList.remove("is-dragged");
    const { entry, from } = dragged;
    dragged = null;
    if (placeOf(entry) !== from) put(entry, placeOf(entry));
  }

  function giveUp() {
    if (!dragged) return;
    const { entry, from } = dragged;
    entry.classList.remove("is-dragged");
    dragged = null;
    const rest = [...places.children].filter((other) => other !== entry);
    places.insertBefore(entry, rest[from - 1] ?? null);
    say(`${title(entry)} stays at place ${from}.`);
  }

  function drag(event) {
    if (!dragged) return;
    if (event.clientY < EDGE) window.scrollBy(0, -EDGE / 5);
    else if (event.clientY > window.innerHeight - EDGE) window.scrollBy(0, EDGE / 5);
    const { entry } = dragged;
    const below = [...places.children].find((other) => {
      const box = other.getBoundingClientRect();
      return other !== entry && event.clientY < box.top + Math.min(box.height, 160) / 2;
    });
    if (below !== entry.nextElementSibling) places.insertBefore(entry, below ?? null);
  }

  function addHandle(entry) {
    const handle = document.createElement("span");
    handle.className = "board-handle when-placed";
    handle.title = "Drag to another place";
    handle.setAttribute("aria-hidden", "true");
    handle.addEventListener("pointerdown", (event) => {
      if (event.button !== 0) return;
      event.preventDefault();
      dragged = { entry, from: placeOf(entry) };
      entry.classList.add("is-dragged");
    });
    entry.querySelector(".shortlist-position").append(handle);
  }

  // On the document, for a pointer lets go of what is moved about in it.
  document.addEventListener("pointermove", drag);
  document.addEventListener("pointerup", drop);
  document.addEventListener("pointercancel", giveUp);
  document.addEventListener("keydown", (event) => { if (event.key === "Escape") giveUp(); });
  board.querySelectorAll("[data-idea]").forEach(addHandle);
})();
