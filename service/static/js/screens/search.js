// Search with facets: what was typed and chosen stands in the address, so that a search can be kept and sent on.

import { announce, empty, h, icon, loading } from "../dom.js";
import { explain, get } from "../api.js";
import { number, t, has } from "../i18n.js";
import { keepQuery, later, letterFacts, letterMarks, letterName, moreButton, select } from "../parts.js";
import { TYPES } from "../texts.js";

const FACETS = ["type", "issuer", "year", "level", "province", "urgency", "task"];
const EXAMPLES = ["kế hoạch công tác", "so:168-KH/TU", "cq:\"Sở Nội vụ\"", "han:today..+7d", "viec:bao_cao nam:2024"];

export async function searchScreen(root, { query, signal }) {
  const chosen = Object.fromEntries(FACETS.map((name) => [name, new Set(query.getAll(name))]));
  const state = { q: query.get("q") || "", sort: query.get("sort") || "relevance" };
  const box = h("input", { class: "input", type: "search", id: "q", data: { find: "" }, value: state.q, autocomplete: "off", placeholder: t("searchHint"), "aria-label": t("tab.search"), list: "suggestions" });
  const offers = h("datalist", { id: "suggestions" });
  const results = h("div", { class: "results grow" });
  const sides = h("aside", { class: "facets", "aria-label": t("filters") });
  const asked = () => ({ q: state.q, ...Object.fromEntries(FACETS.map((name) => [name, [...chosen[name]]])), sort: state.sort === "relevance" ? "" : state.sort });
  let run = 0;

  const load = async () => {
    const mine = ++run;
    keepQuery("/search", asked());
    if (!state.q && !FACETS.some((name) => chosen[name].size)) { sides.replaceChildren(); results.replaceChildren(start(search)); return; }
    results.setAttribute("aria-busy", "true");
    try {
      const { data } = await get("/v1/search", { ...asked(), facets: FACETS.join(","), limit: 20 }, { signal });
      if (mine !== run) return;
      sides.replaceChildren(...FACETS.map((name) => facet(name, data.facets[name] || [])).filter(Boolean));
      results.replaceChildren(...found(data));
      announce(t(data.approximate ? "foundAbout" : "foundCount", { n: number(data.total) }));
    } catch (error) {
      if (mine !== run || signal.aborted) return;
      sides.replaceChildren();
      results.replaceChildren(h("div", { class: "notice bad", role: "alert" }, icon("warn"), h("div", {}, h("p", {}, explain(error)), ...(error.code === "invalid_query" ? [h("p", { class: "small" }, error.title)] : []))));
    }
    results.removeAttribute("aria-busy");
  };

  const search = (q) => { box.value = state.q = q; load(); };

  const facet = (name, counted) => {
    const rows = [...counted];
    for (const value of chosen[name]) if (!rows.some((row) => String(row.value) === value)) rows.unshift({ value, count: null });
    if (!rows.length) return null;
    return h("fieldset", { class: "facet" }, h("legend", {}, t(`facet.${name}`)), ...rows.slice(0, 8).map(({ value, count }) => h("label", {},
      h("input", { type: "checkbox", checked: chosen[name].has(String(value)), on: { change: (event) => { if (event.target.checked) chosen[name].add(String(value)); else chosen[name].delete(String(value)); load(); } } }),
      h("span", { class: "grow" }, label(name, value)), h("span", { class: "small quiet" }, count === null ? "" : number(count)))));
  };

  const found = (data) => {
    if (!data.hits.length) return [empty("search", t("nothingFound"), t("nothingFoundText"), h("button", { type: "button", class: "button", on: { click: () => { FACETS.forEach((name) => chosen[name].clear()); load(); } } }, t("clearFilters")))];
    const list = h("ol", { class: "letters panel" }, ...data.hits.map(hit));
    return [h("div", { class: "bar" },
      h("p", { class: "grow quiet" }, t(data.approximate ? "foundAbout" : "foundCount", { n: number(data.total) }), data.widened ? ` ${t("widened")}` : ""),
      select("sort", state.sort, [["relevance", t("byRelevance")], ["-date", t("newest")], ["date", t("oldest")], ["due", t("byDeadline")]], (event) => { state.sort = event.target.value; load(); }, t("order"))),
    list, moreButton(data.next_cursor, async (cursor) => {
      const next = (await get("/v1/search", { ...asked(), limit: 20, cursor }, { signal })).data;
      list.append(...next.hits.map(hit));
      return next.next_cursor;
    })];
  };

  const soon = later(load, 250);
  const suggest = later(async (typed) => {
    try {
      const { data } = await get("/v1/search/suggest", { q: typed }, { signal });
      offers.replaceChildren(...data.items.map((item) => h("option", { value: item.query }, item.text)));
    } catch { offers.replaceChildren(); } // suggestions are a comfort; the search itself says what is wrong
  }, 150);
  box.addEventListener("input", () => { state.q = box.value.trim(); soon(); if (state.q) suggest(state.q); });
  root.append(h("h1", { tabindex: "-1", class: "visually-hidden" }, t("tab.search")),
    h("form", { class: "search-box", role: "search", on: { submit: (event) => { event.preventDefault(); state.q = box.value.trim(); load(); } } },
      icon("search"), box, offers, h("button", { class: "button primary" }, t("find"))),
    h("div", { class: "search-split" }, sides, results));
  results.append(loading(t("loading")));
  await load();
}

const start = (search) => h("div", { class: "empty" }, icon("search"), h("h2", {}, t("searchStart")), h("p", {}, t("searchStartText")),
  h("div", { class: "tags" }, ...EXAMPLES.map((example) => h("button", { type: "button", class: "button compact", on: { click: () => search(example) } }, example))));

function label(name, value) {
  if (name === "type") return TYPES[value] || value;
  for (const key of [`${name}.${value}`, name === "task" ? `type.${value}` : ""]) if (has(key)) return t(key);
  return String(value);
}

function hit({ letter, fragments, complete }) {
  return h("li", {}, h("a", { class: "hit", href: `#/letters/${letter.id}` }, h("span", { class: "grow" },
    h("span", { class: "hit-title" }, letterName(letter)), h("span", { class: "tags inline" }, ...letterMarks(letter).filter(Boolean), complete ? null : h("span", { class: "tag" }, t("nearly"))),
    letter.subject ? h("span", { class: "hit-subject" }, letter.subject) : null,
    h("span", { class: "small quiet" }, letterFacts(letter)),
    ...fragments.slice(0, 2).map((fragment) => h("span", { class: "fragment" }, ...marked(fragment), fragment.page ? h("span", { class: "small quiet" }, ` (${t("pageNumber", { n: fragment.page })})`) : null)))));
}

/** The text of a fragment with the words of the query marked; offsets count code points. */
function marked({ text, marks }) {
  const points = Array.from(text);
  const pieces = [];
  let at = 0;
  for (const [start, end] of marks) {
    pieces.push(points.slice(at, start).join(""), h("mark", {}, points.slice(start, end).join("")));
    at = end;
  }
  return [...pieces, points.slice(at).join("")];
}
