// Saves the shortlist board while people work on it. Without this file the page's own button does the same.
"use strict";

(() => {
  const form = document.querySelector("form[data-saves]");
  if (!form) return;

  const PAUSE = 2000;
  const RETRY = 10000;
  const note = form.querySelector("[data-saved]");
  const trouble = form.querySelector("[data-trouble]");
  let timer = null;
  let saving = false;
  let unsaved = false;
  let again = false;
  let stopped = false;

  function say(words) {
    trouble.textContent = words;
    trouble.hidden = !words;
  }

  function later(pause) {
    clearTimeout(timer);
    timer = setTimeout(save, pause);
  }

  function report(status, answer) {
    if (status === 200) {
      form.elements.version.value = answer.version;
      Object.entries(answer.opened).forEach(([name, marks]) => {
        form.elements[name].value = JSON.stringify(marks);
      });
      note.textContent = again ? "Not saved yet" : answer.saved;
      say(answer.notice);
      return;
    }
    note.textContent = "Not saved yet";
    if (status === 422) {
      say("Something needs mending before it can be saved. Press “Save the shortlist” to see what.");
      return;
    }
    stopped = true;
    say(`${answer.refusal} Nothing is saved by itself any more: press “Save the shortlist” to see both.`);
  }

  async function save() {
    clearTimeout(timer);
    if (stopped) return;
    if (saving) {
      again = true;
      return;
    }
    saving = true;
    again = false;
    try {
      const response = await fetch(form.getAttribute("action") || window.location.href, {
        method: "POST",
        body: new FormData(form),
        headers: { Accept: "application/json" },
      });
      const answer = await response.json();
      if (response.ok) unsaved = again;
      report(response.status, answer);
    } catch {
      note.textContent = "Not saved yet";
      say("We can’t reach the site just now. We keep trying; leave this page open.");
      later(RETRY);
    }
    saving = false;
    if (again) later(PAUSE);
  }

  form.addEventListener("input", (event) => {
    if (event.target.closest("[role=search]")) return;
    unsaved = true;
    if (saving) again = true;
    if (stopped) return;
    note.textContent = "Not saved yet";
    later(PAUSE);
  });
  form.addEventListener("submit", () => {
    clearTimeout(timer);
    unsaved = false;
    stopped = true;
  });
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "hidden" && unsaved) save();
  });
  window.addEventListener("beforeunload", (event) => { if (unsaved) event.preventDefault(); });
})();
