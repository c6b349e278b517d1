// Pieces that several screens use: lists that grow page by page, filters kept in the address, letters as rows.

import { capital, h, icon } from "./dom.js";
import { explain } from "./api.js";
import { date, t } from "./i18n.js";

/** Put filters into the address without an entry of the history for every letter typed. */
export function keepQuery(path, values) {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(values)) for (const one of [value].flat()) if (one) search.append(name, one);
  history.replaceState(null, "", `#${path}${search.size ? `?${search}` : ""}`);
}

/** Call `action` when typing has paused. */
export function later(action, ms = 300) {
  let timer;
  return (...values) => { clearTimeout(timer); timer = setTimeout(() => action(...values), ms); };
}

/** A form of filters; on a phone it is folded away until it is asked for. */
export function filters(...fields) {
  const wide = window.matchMedia("(min-width: 861px)").matches;
  return h("details", { class: "filter-box", open: wide }, h("summary", { class: "button" }, icon("filter"), t("filters")),
    h("form", { class: "filters", role: "search", "aria-label": t("filters"), on: { submit: (event) => event.preventDefault() } }, ...fields));
}

/** A field of a form of filters. */
export function field(label, input) {
  return h("label", { class: "field" }, label, input);
}

export function select(name, value, options, on, label = null) {
  return h("select", { name, class: "input", "aria-label": label, on: { change: on } }, ...options.map(([key, text]) => h("option", { value: key, selected: key === value }, text)));
}

/** The button for the next page of a list; `more()` appends it and gives the next cursor. */
export function moreButton(cursor, more) {
  const button = h("button", { type: "button", class: "button" }, t("more"));
  button.addEventListener("click", async () => {
    button.disabled = true;
    try {
      cursor = await more(cursor);
      button.disabled = false;
      button.hidden = !cursor;
    } catch (error) {
      button.disabled = false;
      button.after(h("p", { class: "notice bad", role: "alert" }, explain(error)));
    }
  });
  button.hidden = !cursor;
  return h("div", { class: "bar center" }, button);
}

/** States of a task. */
export const STATES = ["open", "in_progress", "done", "cancelled"];

export const letterName = (letter) => [capital(letter.document_type), letter.identifier].filter(Boolean).join(" ") || letter.filename || letter.id;

/** What makes a letter out, in one line. */
export const letterFacts = (letter) => [letter.issuer, date(letter.date)].filter(Boolean).join(" · ");

/** Marks of haste and secrecy. */
export const letterMarks = (letter) => [
  letter.urgency ? h("span", { class: "tag due" }, has(`urgency.${letter.urgency}`, letter.urgency)) : null,
  letter.secrecy ? h("span", { class: "tag low" }, icon("key"), has(`secrecy.${letter.secrecy}`, letter.secrecy)) : null,
];

const has = (key, otherwise) => (t(key) === key ? otherwise : t(key));
