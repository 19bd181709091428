// Saves the survey while it is typed, and counts words. Without this file the page's own buttons do the same.
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

  function countWords(text) {
    return text.split(/\s+/u).filter((word) => /[\p{L}\p{N}]/u.test(word)).length;
  }

  function count(field) {
    const words = countWords(field.value);
    const place = document.getElementById(`${field.id}_count`);
    if (place) place.textContent = words === 1 ? "1 word" : `${words.toLocaleString("en-GB")} words`;
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
    if (answer.refusal) {
      note.textContent = "Not saved";
      say(answer.refusal);
      return;
    }
    note.textContent = answer.saved;
    if (answer.clashes.length) {
      say(`${answer.by} has just written something else under “${answer.clashes[0]}”. ` +
        "Press “Save for now” to see both.");
    } else if (answer.errors.length) {
      say(`Saved, but for “${answer.errors[0]}”: it doesn’t look right yet.`);
    } else {
      say("");
    }
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
      note.textContent = "Not saved yet";
      say("We can’t reach the site just now. We keep trying; leave this page open.");
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
    note.textContent = "Not saved yet";
    later(PAUSE);
  });
  form.addEventListener("submit", () => clearTimeout(timer));
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "hidden" && note.textContent === "Not saved yet") save();
  });
})();
