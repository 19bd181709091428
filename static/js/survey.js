// Saves the survey while it is typed, and counts words. Without this file the page's own buttons do the same. What it
// says comes from the form's data attributes and the server's answers, in the language of the page.
"use strict";

(() => {
  const form = document.querySelector("form[data-autosave]");
  if (!form) return;

  const PAUSE = 1500;
  const RETRY = 10000;
  const note = form.querySelector("[data-saved]");
  const trouble = form.querySelector("[data-trouble]");
  const opened = form.elements.opened;
  let timer = null;
  let saving = false;
  let again = false;
  let isSaved = true;

  function countWords(text) {
    return text.split(/\s+/u).filter((word) => /[\p{L}\p{N}]/u.test(word)).length;
  }

  function count(field) {
    const words = countWords(field.value);
    const place = document.getElementById(`${field.id}_count`);
    if (place) place.textContent = form.dataset.words.replace("{}", words.toLocaleString(document.documentElement.lang));
  }

  function unsaved() {
    isSaved = false;
    note.textContent = form.dataset.unsaved;
  }

  function say(text) {
    trouble.textContent = text;
    trouble.hidden = !text;
  }

  function later(pause) {
    clearTimeout(timer);
    timer = setTimeout(save, pause);
  }

  // What others wrote meanwhile goes into fields that were not touched since they were sent.
  function takeOver(answer, sent) {
    const marks = { ...JSON.parse(opened.value), ...answer.marks };
    for (const [name, text] of Object.entries(answer.others)) {
      const field = form.elements[name];
      if (field !== document.activeElement && field.value === sent.get(name)) {
        field.value = text;
        count(field);
      } else {
        marks[name] = JSON.parse(opened.value)[name];
      }
    }
    opened.value = JSON.stringify(marks);
  }

  function report(answer) {
    isSaved = true;
    if (answer.refusal) {
      note.textContent = form.dataset.refused;
      say(answer.refusal);
      return;
    }
    note.textContent = answer.saved;
    say(answer.trouble);
  }

  async function save() {
    clearTimeout(timer);
    if (saving) {
      again = true;
      return;
    }
    saving = true;
    const sent = new FormData(form);
    sent.delete("picture");
    sent.delete("remove_picture");
    sent.delete("action");
    try {
      // Not form.action: the buttons are called that.
      const response = await fetch(form.getAttribute("action"), {
        method: "POST",
        body: sent,
        headers: { Accept: "application/json" },
      });
      const answer = await response.json();
      if (answer.marks) takeOver(answer, sent);
      report(answer);
    } catch {
      unsaved();
      say(form.dataset.unreachable);
      later(RETRY);
    }
    saving = false;
    if (again) {
      again = false;
      later(PAUSE);
    }
  }

  form.querySelectorAll("textarea[data-counted]").forEach((field) => {
    count(field);
    field.addEventListener("input", () => count(field));
  });
  form.addEventListener("input", (event) => {
    if (event.target.type === "file" || event.target.type === "checkbox") return;
    unsaved();
    later(PAUSE);
  });
  form.addEventListener("submit", () => clearTimeout(timer));
  // What was typed before this file arrived, or kept by the browser over a reload.
  if ([...form.querySelectorAll("textarea")].some((field) => field.value !== field.defaultValue)) {
    unsaved();
    later(PAUSE);
  }
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "hidden" && !isSaved) save();
  });
})();
