// Citations around a letter, drawn from the graph: what it cites stands left of it, what cites it right of it.

import { capital, empty, h, icon, s } from "../dom.js";
import { get } from "../api.js";
import { date, t } from "../i18n.js";
import { field, select } from "../parts.js";

const WIDE = 210, HIGH = 62, ACROSS = 300, DOWN = 84, EDGE = 24;

export async function graphScreen(root, { match, query, signal }) {
  const id = match[0];
  const steps = query.get("steps") || "1";
  const [{ data: graph }, { data: letter }] = await Promise.all([get(`/v1/letters/${id}/graph`, { steps }, { signal }), get(`/v1/letters/${id}`, {}, { signal })]);
  const name = [capital(letter.document_type?.value), letter.identifier?.value].filter(Boolean).join(" ") || letter.archive.filename;
  root.append(
    h("div", { class: "letter-head" },
      h("a", { class: "button plain iconic", href: `#/letters/${id}`, "aria-label": t("back"), title: t("back") }, icon("back")),
      h("div", { class: "grow" }, h("h1", { tabindex: "-1" }, t("graphOf", { name })), h("p", { class: "quiet small" }, t("graphHow"))),
      field(t("steps"), select("steps", steps, ["1", "2", "3"].map((n) => [n, n]), (event) => { location.hash = `#/letters/${id}/graph?steps=${event.target.value}`; }))));
  const centre = graph.nodes.find((node) => node.id === id) || graph.nodes[0];
  if (!centre || graph.edges.length === 0) {
    root.append(empty("graph", t("graphEmpty"), t("graphEmptyText")));
    return;
  }
  centre.label = name;
  const levels = layers(graph, centre.id);
  root.append(h("div", { class: "graph panel", tabindex: "0", role: "group", "aria-label": t("graphOf", { name }) }, drawing(graph, centre, levels)), listing(graph));
  requestAnimationFrame(() => {
    const box = document.querySelector(".graph");
    const middle = box?.querySelector(".node.centre")?.getBoundingClientRect();
    if (middle) box.scrollTo(middle.left - box.getBoundingClientRect().left - box.clientWidth / 2 + middle.width / 2, middle.top - box.getBoundingClientRect().top - box.clientHeight / 2);
  });
}

/** node id -> column: 0 for the letter, negative for what is cited, positive for what cites; nearest way first. */
function layers({ edges }, centre) {
  const level = new Map([[centre, 0]]);
  const queue = [centre];
  for (let at; (at = queue.shift()) !== undefined;) {
    for (const { source, target } of edges) {
      if (source === at && !level.has(target)) { level.set(target, level.get(at) - 1); queue.push(target); }
      if (target === at && !level.has(source)) { level.set(source, level.get(at) + 1); queue.push(source); }
    }
  }
  return level;
}

function drawing(graph, centre, level) {
  const columns = new Map();
  for (const node of graph.nodes) {
    if (!level.has(node.id)) continue;
    const column = level.get(node.id);
    columns.set(column, [...(columns.get(column) || []), node]);
  }
  const order = [...columns.keys()].sort((a, b) => a - b);
  const tallest = Math.max(...[...columns.values()].map((list) => list.length));
  const height = tallest * DOWN + 2 * EDGE;
  const place = new Map();
  order.forEach((column, x) => {
    const list = columns.get(column).sort((a, b) => (a.date || "").localeCompare(b.date || ""));
    list.forEach((node, y) => place.set(node.id, { x: EDGE + x * ACROSS, y: height / 2 + (y - (list.length - 1) / 2) * DOWN - HIGH / 2 }));
  });
  const edges = graph.edges.filter((e) => place.has(e.source) && place.has(e.target)).map((e) => edge(e, place));
  const width = (order.length - 1) * ACROSS + WIDE + 2 * EDGE;
  return s("svg", { width, height, viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": t("graphDrawn", { nodes: graph.nodes.length, edges: graph.edges.length }) },
    s("defs", {}, s("marker", { id: "tip", viewBox: "0 0 8 8", refX: 7, refY: 4, markerWidth: 7, markerHeight: 7, orient: "auto-start-reverse" }, s("path", { d: "M0 0L8 4L0 8z", class: "tip" }))),
    ...edges.map((e) => e.line), ...edges.map((e) => e.words),
    ...graph.nodes.filter((n) => place.has(n.id)).map((n) => node(n, place.get(n.id), n.id === centre.id)));
}

function edge({ source, target, relation }, place) {
  const a = place.get(source), b = place.get(target);
  const left = b.x < a.x;
  const same = a.x === b.x;
  const from = { x: left || same ? a.x : a.x + WIDE, y: a.y + HIGH / 2 };
  const to = { x: left ? b.x + WIDE : b.x, y: b.y + HIGH / 2 };
  const bend = same ? -60 : (to.x - from.x) / 2;
  const words = relation && relation !== "vien_dan" ? t(`relation.${relation}`) : "";
  return {
    line: s("path", { class: "edge", d: `M${from.x} ${from.y}C${from.x + bend} ${from.y} ${same ? to.x + bend : to.x - bend} ${to.y} ${to.x} ${to.y}`, "marker-end": "url(#tip)" }),
    words: words ? s("text", { class: "edge-words", x: left ? to.x + 8 : to.x - 8, y: to.y - 6, "text-anchor": left ? "start" : "end" }, words) : null,
  };
}

function node(n, { x, y }, centre) {
  const label = lines(capital(n.label) || n.id, 26);
  const inside = [
    s("title", {}, [n.label, date(n.date)].filter(Boolean).join(", ")),
    s("rect", { x, y, width: WIDE, height: HIGH, rx: 8 }),
    ...label.map((text, i) => s("text", { x: x + 14, y: y + (label.length > 1 ? 23 : 28) + i * 17 }, text)),
    n.date ? s("text", { class: "when", x: x + WIDE - 12, y: y + HIGH - 8, "text-anchor": "end" }, date(n.date)) : null,
  ];
  const kind = `node${centre ? " centre" : ""}${n.stored ? " stored" : ""}`;
  return n.stored && !centre ? s("a", { href: `#/letters/${n.id}`, class: kind }, ...inside) : s("g", { class: kind }, ...inside);
}

/** At most two lines of about `most` letters. */
function lines(text, most) {
  const words = text.split(/\s+/);
  const out = [""];
  for (const word of words) {
    if (out.at(-1) && `${out.at(-1)} ${word}`.length > most) out.push("");
    out[out.length - 1] = `${out.at(-1)} ${word}`.trim();
  }
  if (out.length > 2) return [out[0], `${out[1].slice(0, most - 1)}…`];
  return out;
}

/** The same as a table, for those who do not see the drawing. */
function listing(graph) {
  const named = new Map(graph.nodes.map((n) => [n.id, n]));
  const cell = (id) => { const n = named.get(id); return n?.stored ? h("a", { href: `#/letters/${id}` }, capital(n.label)) : capital(n?.label || id); };
  return h("details", { class: "panel listing" }, h("summary", {}, t("asTable")), h("div", { class: "scroll" }, h("table", {},
    h("thead", {}, h("tr", {}, h("th", {}, t("cites")), h("th", {}, t("relationWord")), h("th", {}, t("cited")))),
    h("tbody", {}, ...graph.edges.map((e) => h("tr", {}, h("td", {}, cell(e.source)), h("td", {}, e.relation ? t(`relation.${e.relation}`) : ""), h("td", {}, cell(e.target))))))));
}
