// One value of the form: shown with its confidence, edited in place, other readings to pick from.

import { h, icon } from "../dom.js";
import { explain } from "../api.js";
import { date, has, moment, percent, t } from "../i18n.js";
import { LOW } from "./doc.js";
import { FIELDS } from "./places.js";

/** What editing needs to know: how a value is written and where it goes. */
export const isDate = (path) => path === "date" || path.endsWith("deadline.date");
const LONG = /^(subject|tasks\.\d+\.text)$/;

/** A row: a button for the value, a button to edit it. `form` gives doc, selection and the redrawing. */
export function row(place, form, { label = place.label, note = "" } = {}) {
  const { path, value, confidence } = place;
  const edit = form.doc.edits.get(path);
  const missing = value === null || value === undefined;
  const low = !edit && (missing || confidence < LOW);
  const shown = missing ? t("missing") : isDate(path) ? date(value) : value;
  const sure = edit ? h("span", { class: "sure edited", title: t("byPerson") }, icon("check"))
    : h("span", { class: "sure" }, low ? icon("warn") : null, missing ? "" : percent(confidence));
  const main = h("button", { type: "button", class: "row-main", data: { move: "" }, tabindex: "-1", "aria-keyshortcuts": "F2" },
    label ? h("span", { class: "label" }, label) : null,
    h("span", { class: missing ? "value quiet" : "value" }, shown,
      note ? h("span", { class: "note" }, note) : null,
      low ? h("span", { class: "visually-hidden" }, `, ${t("lowSpoken")}`) : null,
      edit ? h("span", { class: "note" }, t("edited", { machine: plain(path, edit.machine) || t("nothing") }) + (edit.who ? ` (${edit.who}, ${moment(edit.at)})` : "")) : null),
    sure);
  const pencil = h("button", { type: "button", class: "row-edit", tabindex: "-1", "aria-label": t("editField", { field: label || `${place.label} ${value}` }), title: t("edit") }, icon("edit"));
  const element = h("li", { class: `row c-${place.group}${label ? "" : " unlabelled"}${low ? " low" : ""}`, data: { place: path } }, main, pencil);
  const open = () => editor(element, path, label || place.label, form, () => { const fresh = row(placeNow(form, place), form, { label, note }); element.replaceWith(fresh); form.rove(); fresh.querySelector(".row-main").focus(); });
  pencil.addEventListener("click", open);
  main.addEventListener("keydown", (event) => { if (event.key === "F2") { event.preventDefault(); open(); } });
  main.addEventListener("dblclick", open);
  return element;
}

const placeNow = (form, place) => {
  const node = form.doc.at(place.path);
  return { ...place, value: form.doc.value(place.path), confidence: node?.confidence ?? null };
};

const plain = (path, value) => (isDate(path) ? date(value) : value === null || value === undefined ? "" : String(value));

/** Put the form that edits one value into `place`; `done` puts back what stood there. */
export function editor(place, path, label, form, done) {
  const before = form.doc.value(path);
  const input = LONG.test(path)
    ? h("textarea", { class: "input", rows: "3" })
    : h("input", { class: "input", type: isDate(path) ? "date" : "text", autocomplete: "off" });
  input.value = before ?? "";
  input.setAttribute("aria-label", label);
  const trouble = h("p", { class: "notice bad", role: "alert", hidden: true });
  const save = h("button", { class: "button primary compact" }, t("save"));
  const element = h("form", { class: "editor" }, h("span", { class: "label" }, label), input, candidates(path, form, input), trouble,
    h("div", { class: "bar" }, save, h("button", { type: "button", class: "button compact", on: { click: done } }, t("cancel"))));
  element.addEventListener("submit", async (event) => {
    event.preventDefault();
    const value = input.value.trim();
    if (value === (before ?? "")) { done(); return; }
    save.disabled = true;
    try {
      await form.doc.correct(path, value || null);
      form.corrected(path);
      done();
    } catch (error) {
      trouble.textContent = explain(error);
      trouble.hidden = false;
      save.disabled = false;
    }
  });
  element.addEventListener("keydown", (event) => {
    if (event.key === "Escape") { event.preventDefault(); event.stopPropagation(); done(); }
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) element.requestSubmit();
    event.stopPropagation();
  });
  place.replaceChildren(element);
  place.scrollIntoView({ block: "nearest" });
  input.focus(); // at once: the next key may be pressed already
  input.select?.();
}

// who opens the editor doubts the machine's value: of what it leaves to others, readings below one in a hundred would only bury the rest
const WORTH = 0.01;
const LEAST = 0.001; // a confidence has three digits

/** Other readings of a field to pick from. Letters of the archive are read again for them, once, when somebody asks. */
function candidates(path, form, input) {
  if (!isField(path) || (!form.doc.id && !form.doc.letter.candidates)) return null;
  const box = h("div", { class: "candidates", role: "group", "aria-label": t("candidates") });
  const draw = () => {
    const worth = WORTH * Math.max(LEAST, 1 - (form.doc.at(path)?.confidence ?? 0));
    const others = (form.doc.letter.candidates?.[path] || []).filter((c) => c.value !== form.doc.value(path) && c.confidence >= worth).slice(0, 6);
    box.replaceChildren(...(others.length
      ? [h("span", { class: "small quiet" }, t("candidates")), ...others.map((c) => h("button", {
        type: "button", class: "button compact", title: [has(`source.${c.source}`) ? t(`source.${c.source}`) : "", c.text].filter(Boolean).join(": "),
        on: { click: () => { input.value = c.value; input.focus(); }, mouseenter: () => form.point(c), focus: () => form.point(c), mouseleave: () => form.point(null), blur: () => form.point(null) },
      }, isDate(path) ? date(c.value) : c.value, c.confidence >= WORTH ? h("span", { class: "quiet" }, percent(c.confidence)) : null))]
      : [h("span", { class: "small quiet" }, t("noCandidates"))]));
  };
  if (form.doc.knowsOthers) draw();
  else {
    const more = h("button", { type: "button", class: "button compact" }, t("findCandidates"));
    more.addEventListener("click", async () => {
      more.disabled = true;
      more.prepend(h("span", { class: "spin" }));
      try {
        await form.doc.findCandidates();
        draw();
        box.querySelector("button")?.focus();
      } catch (error) {
        box.replaceChildren(h("span", { class: "small quiet" }, explain(error)));
      }
    });
    box.append(more);
  }
  return box;
}

const isField = (path) => FIELDS.some(([name]) => name === path);
