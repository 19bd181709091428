// Saves a note while it is typed, shows how its sections read, and moves rows. Without this file the page's buttons do.
"use strict";

(() => {
  const form = document.querySelector("form.note-form");
  if (!form) return;

  const PAUSE = 1500;
  const RETRY = 10000;
  // What only the buttons deal with.
  const WAITING = "[name=lines], [name=pick], [data-remove]";
  // A public note is only looked at while it is typed.
  const isDraft = form.hasAttribute("data-autosave");
  const saved = form.querySelector("[data-saved]");
  const trouble = form.querySelector("[data-trouble]");
  // What it says, in the language of the page.
  const words = form.dataset;
  let timer = null;
  let saving = false;
  let isDirty = false;
  let isLeaving = false;

  function say(text, link) {
    trouble.textContent = text;
    trouble.hidden = !text;
    if (link) {
      const again = document.createElement("a");
      again.href = location.pathname;
      again.textContent = link;
      trouble.append(" ", again);
    }
  }

  function later(pause) {
    clearTimeout(timer);
    timer = setTimeout(isDraft ? save : look, pause);
  }

  function changed() {
    isDirty = true;
    if (isDraft) saved.textContent = words.sayNotYet;
    later(PAUSE);
  }

  // Rows

  function newKey() {
    const bytes = crypto.getRandomValues(new Uint8Array(16));
    bytes[6] = (bytes[6] & 0x0f) | 0x40;
    bytes[8] = (bytes[8] & 0x3f) | 0x80;
    const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
    return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
  }

  function renumber(rows) {
    [...rows.children].forEach((row, index) => {
      row.querySelectorAll("[data-number]").forEach((place) => { place.textContent = index + 1; });
    });
  }

  function addRow(part) {
    const rows = part.querySelector("[data-rows]");
    const row = part.querySelector("template[data-blank]").content.firstElementChild.cloneNode(true);
    const key = newKey();
    for (const element of [row, ...row.querySelectorAll("*")]) {
      for (const { name, value } of [...element.attributes]) {
        if (value.includes("__key__")) element.setAttribute(name, value.replaceAll("__key__", key));
      }
    }
    rows.append(row);
    renumber(rows);
    row.querySelector("input[type=text], textarea").focus();
  }

  function move(row, step) {
    const rows = row.parentElement;
    if (step < 0 && row.previousElementSibling) rows.insertBefore(row, row.previousElementSibling);
    if (step > 0 && row.nextElementSibling) rows.insertBefore(row.nextElementSibling, row);
    renumber(rows);
    row.querySelector(step < 0 && row.previousElementSibling ? "[data-up]" : "[data-down]").focus();
    if (document.activeElement === document.body) row.querySelector("[data-up], [data-down]").focus();
    row.scrollIntoView({ block: "nearest" });
    changed();
  }

  form.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (!button) return;
    const step = button.matches("[data-up]") ? -1 : button.matches("[data-down]") ? 1 : 0;
    if (step) move(button.closest("[data-row]"), step);
    if (button.matches("[data-add]")) addRow(button.closest("[data-part]"));
    if (step || button.matches("[data-add]")) event.preventDefault();
  });

  // “Name, Organisation” chosen or typed into the field for the name.
  form.addEventListener("change", (event) => {
    if (!/^attendees-.*-name$/.test(event.target.name)) return;
    const found = /^([^,()]+), ([^,()]+)$/.exec(event.target.value.trim());
    const organisation = document.getElementById(event.target.id.replace(/name$/, "organisation"));
    if (!found || organisation.value) return;
    [, event.target.value, organisation.value] = found;
    changed();
  });

  // Saving

  function typed() {
    const sent = new URLSearchParams(new FormData(form));
    sent.delete("do");
    sent.delete("lines");
    sent.delete("pick");
    return sent;
  }

  function valueOf(field) {
    return field.type === "checkbox" ? (field.checked ? "yes" : "") : field.value;
  }

  // What others wrote meanwhile goes into fields that were not touched since they were sent.
  function takeOver(answer, before) {
    for (const [name, { text, place }] of Object.entries(answer.others)) {
      const field = document.getElementById(name);
      if (!field || field === document.activeElement || valueOf(field) !== before.get(name)) {
        // Not taken over: the page doesn't show these words, so it must not remember their mark.
        const row = `${name.slice(0, name.lastIndexOf("-"))}-opened`;
        const marks = answer.opened[row].split(" ");
        marks[place] = form.elements[row].value.split(" ")[place];
        answer.opened[row] = marks.join(" ");
      } else if (field.type === "checkbox") {
        field.checked = text !== "";
      } else {
        field.value = text;
      }
    }
    for (const [name, marks] of Object.entries(answer.opened)) {
      if (form.elements[name]) form.elements[name].value = marks;
    }
    for (const prefix of answer.gone) {
      const row = document.getElementById(`row-${prefix.slice(prefix.indexOf("-") + 1)}`);
      const rows = row.parentElement;
      if (!row.contains(document.activeElement)) row.remove();
      renumber(rows);
    }
  }

  function show(html) {
    for (const [prefix, text] of Object.entries(html)) {
      const place = document.getElementById(`${prefix}-body`)?.closest(".note-cell").querySelector("[data-live]");
      if (!place) continue;
      // Made and cleaned by the server, as on the public page.
      place.innerHTML = text;
      place.hidden = !text;
    }
  }

  function report(answer) {
    if (answer.refusal) {
      saved.textContent = words.sayRefused;
      say(answer.refusal);
      return;
    }
    saved.textContent = answer.saved;
    if (answer.clashes.length) {
      say(words.sayClash.replace("{by}", () => answer.by).replace("{row}", () => answer.clashes[0]));
    } else if (answer.errors.length) {
      say(words.sayWrong.replace("{mistake}", () => answer.errors[0]));
    } else if (answer.has_more) {
      say(words.sayMore, words.sayShow);
    } else {
      say("");
    }
  }

  // Signing in again makes a new token; the page as it is now has it.
  async function renewToken() {
    const page = await (await fetch(location.pathname)).text();
    const token = new DOMParser().parseFromString(page, "text/html").querySelector("[name=csrfmiddlewaretoken]");
    if (token) form.elements.csrfmiddlewaretoken.value = token.value;
  }

  async function look() {
    const sent = typed();
    sent.set("do", "look");
    const response = await send(sent).catch(() => null);
    if (response && response.ok) show((await response.json()).html);
  }

  async function send(sent) {
    return fetch(form.getAttribute("action"), {
      method: "POST",
      body: sent,
      headers: { Accept: "application/json" },
    });
  }

  async function save() {
    clearTimeout(timer);
    if (saving || isLeaving) return;
    saving = true;
    isDirty = false;
    const before = new Map([...form.elements].map((field) => [field.name, valueOf(field)]));
    try {
      let response = await send(typed());
      if (response.status === 403 && !response.headers.get("Content-Type").includes("json")) {
        await renewToken();
        response = await send(typed());
      }
      const answer = await response.json();
      if (answer.opened) {
        takeOver(answer, before);
        show(answer.html);
      } else {
        isDirty = true;
      }
      report(answer);
    } catch {
      isDirty = true;
      saved.textContent = words.sayNotYet;
      say(words.sayUnreachable);
      later(RETRY);
    }
    saving = false;
    if (isDirty && trouble.hidden) changed();
  }

  form.addEventListener("input", (event) => {
    if (!event.target.matches(WAITING)) changed();
  });
  // What was typed before this file arrived, or kept by the browser over a reload.
  const isTyped = (field) => field.value !== field.defaultValue && !field.matches(WAITING);
  if ([...form.querySelectorAll("textarea")].some(isTyped)) changed();
  form.addEventListener("submit", () => {
    isLeaving = true;
    clearTimeout(timer);
  });
  document.addEventListener("visibilitychange", () => {
    if (isDraft && document.visibilityState === "hidden" && saved.textContent === words.sayNotYet) save();
  });
  window.addEventListener("beforeunload", (event) => {
    const waits = [...form.querySelectorAll(WAITING)].some((field) => field.name === "lines" ? field.value : field.checked);
    if ((isDirty || waits) && !isLeaving) event.preventDefault();
  });
  window.addEventListener("pageshow", () => { isLeaving = false; });
})();
