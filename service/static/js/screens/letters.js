// The letters of the archive: a list with filters, newest first, and one letter of it.

import { empty, h, icon } from "../dom.js";
import { explain, get } from "../api.js";
import { date, moment, percent, t } from "../i18n.js";
import { Doc } from "../letter/doc.js";
import { showLetter } from "../letter/letter.js";
import { archiveTools } from "../letter/tools.js";
import { field, filters, keepQuery, later, letterFacts, letterMarks, letterName, moreButton, select } from "../parts.js";
import { TYPES } from "../texts.js";

const FILTERS = ["type", "issuer", "number", "from", "to", "has_deadline", "sort"];

export async function lettersScreen(root, { query, signal }) {
  const values = Object.fromEntries(FILTERS.map((name) => [name, query.get(name) || ""]));
  const results = h("div", { class: "results" });
  const load = async () => {
    keepQuery("/letters", values);
    results.setAttribute("aria-busy", "true");
    try {
      const { data } = await get("/v1/letters", { ...values, limit: 50 }, { signal });
      results.replaceChildren(...listed(data, values, signal));
    } catch (error) {
      if (!signal.aborted) results.replaceChildren(h("p", { class: "notice bad", role: "alert" }, explain(error)));
    }
    results.removeAttribute("aria-busy");
  };
  const soon = later(load);
  const text = (name, type = "text") => h("input", { type, name, value: values[name], on: { input: (event) => { values[name] = event.target.value; soon(); } } });
  const choice = (name, options) => select(name, values[name], options, (event) => { values[name] = event.target.value; load(); });
  root.append(
    h("div", { class: "bar" }, h("h1", { tabindex: "-1", class: "grow" }, t("lettersTitle")),
      h("a", { class: "button", href: "#/jobs" }, icon("upload"), t("jobsTitle")), h("a", { class: "button primary", href: "#/" }, icon("plus"), t("addLetters"))),
    filters(
      field(t("document_type"), choice("type", [["", t("all")], ...Object.entries(TYPES)])),
      field(t("issuer"), text("issuer")), field(t("identifier"), text("number")),
      field(t("fromDay"), text("from", "date")), field(t("toDay"), text("to", "date")),
      field(t("deadlines"), choice("has_deadline", [["", t("all")], ["true", t("withDeadline")], ["false", t("withoutDeadline")]])),
      field(t("order"), choice("sort", [["", t("newest")], ["date", t("oldest")], ["-added", t("lastAdded")]]))),
    results);
  await load();
}

function listed(data, values, signal) {
  if (!data.items.length) {
    const filtered = Object.entries(values).some(([name, value]) => value && name !== "sort");
    return [filtered
      ? empty("search", t("noLetterFits"), t("noLetterFitsText"), h("a", { class: "button", href: "#/letters?", on: { click: () => setTimeout(() => location.reload()) } }, t("clearFilters")))
      : empty("archive", t("archiveEmpty"), t("archiveEmptyText"), h("a", { class: "button primary", href: "#/" }, icon("upload"), t("addLetters")))];
  }
  const list = h("ul", { class: "letters panel" }, ...data.items.map(letterRow));
  return [list, moreButton(data.next_cursor, async (cursor) => {
    const next = (await get("/v1/letters", { ...values, limit: 50, cursor }, { signal })).data;
    list.append(...next.items.map(letterRow));
    return next.next_cursor;
  })];
}

function letterRow(letter) {
  return h("li", {}, h("a", { class: "hit", href: `#/letters/${letter.id}` },
    h("span", { class: "hit-date small quiet" }, date(letter.date) || t("noDate")),
    h("span", { class: "grow" },
      h("span", { class: "hit-title" }, letterName(letter)), h("span", { class: "tags inline" }, ...letterMarks(letter).filter(Boolean)),
      letter.subject ? h("span", { class: "hit-subject" }, letter.subject) : null,
      h("span", { class: "small quiet" }, letterFacts({ ...letter, date: null }) || letter.filename)),
    h("span", { class: "hit-side small quiet" }, letter.task_count ? t("taskCount", { n: letter.task_count }) : "", h("span", {}, t("pageCount", { n: letter.page_count })))));
}

/** One letter of the archive. */
export async function letterScreen(root, { match, signal }) {
  const doc = await Doc.open(match[0], signal);
  if (doc.twins.length) {
    root.append(h("p", { class: "notice" }, icon("archive"), h("span", {}, `${t("twin")}: `, ...doc.twins.flatMap((twin, i) => [i ? ", " : "", h("a", { href: `#/letters/${twin.id}` }, `${letterName(twin.letter)} (${percent(twin.score)})`)]))));
  }
  const end = showLetter(root, doc, { signal, back: "#/letters", tools: archiveTools });
  root.append(h("p", { class: "small quiet added" }, t("addedAt", { when: moment(doc.archive.added_at) })));
  return end;
}
