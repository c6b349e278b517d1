// Figures of the archive: how much there is, of what kind, from when, and how the tasks stand.

import { capital, download, empty, h, icon, toast } from "../dom.js";
import { explain, get } from "../api.js";
import { bytes, number, t } from "../i18n.js";
import { TYPES } from "../texts.js";

const EXPORTS = ["xlsx", "csv", "jsonl", "tasks-xlsx", "register-in", "register-out", "decree30-in-xlsx"];

export async function statsScreen(root, { signal }) {
  const { data } = await get("/v1/stats", {}, { signal });
  root.append(h("div", { class: "bar" }, h("h1", { tabindex: "-1", class: "grow" }, t("tab.stats"))));
  if (!data.letters) {
    root.append(empty("stats", t("archiveEmpty"), t("archiveEmptyText"), h("a", { class: "button primary", href: "#/" }, icon("upload"), t("addLetters"))));
    return;
  }
  const waiting = (data.queue.queued || 0) + (data.queue.running || 0);
  const open = (data.tasks.open || 0) + (data.tasks.in_progress || 0);
  root.append(
    h("dl", { class: "tiles" }, tile("lettersTitle", number(data.letters), "#/letters"), tile("pagesWord", number(data.pages)), tile("openTasks", number(open), "#/tasks"),
      tile("size", bytes(data.bytes)), tile("twins", number(data.near_duplicates)), tile("waitingFiles", number(waiting), "#/jobs"), tile("unreadable", number(data.quarantine))),
    h("div", { class: "charts" },
      chart(t("byType"), Object.entries(data.by_type), (code) => (code ? capital(TYPES[code] || code) : t("noType")), (code) => (code ? `#/letters?type=${encodeURIComponent(code)}` : null)),
      chart(t("byYear"), Object.entries(data.by_year).sort(([a], [b]) => b.localeCompare(a)), (year) => year || t("noDate"), (year) => (year ? `#/letters?from=${year}-01-01&to=${year}-12-31` : null)),
      chart(t("byIssuer"), Object.entries(data.by_issuer), (name) => name || t("noIssuer"), (name) => (name ? `#/letters?issuer=${encodeURIComponent(name)}` : null)),
      chart(t("tab.tasks"), Object.entries(data.tasks), (state) => t(`state.${state}`), (state) => `#/tasks?status=${state}`)),
    h("section", { class: "panel padded" }, h("h2", {}, t("takeAll")), h("p", { class: "quiet" }, t("takeAllText")),
      h("div", { class: "bar" }, ...EXPORTS.map((form) => h("button", { type: "button", class: "button", on: { click: (event) => take(form, event.currentTarget) } }, icon("download"), t(`form.${form}`))))));
}

function tile(label, value, href) {
  return h("div", { class: "tile" }, h("dt", {}, t(label)), h("dd", {}, href ? h("a", { href }, value) : value));
}

/** Bars with their numbers, the longest list cut after twelve; the rest is summed up. */
function chart(title, entries, name, href) {
  const shown = entries.slice(0, 12);
  const rest = entries.slice(12).reduce((sum, [, n]) => sum + n, 0);
  const most = Math.max(1, ...shown.map(([, n]) => n));
  return h("section", { class: "panel padded" }, h("h2", {}, title), h("ul", { class: "bars" }, ...shown.map(([key, n]) => h("li", {},
    href(key) ? h("a", { class: "bar-name", href: href(key) }, name(key)) : h("span", { class: "bar-name" }, name(key)),
    h("span", { class: "track", "aria-hidden": "true" }, h("span", { class: "fill", style: { width: `${((n / most) * 100).toFixed(1)}%` } })),
    h("span", { class: "bar-number" }, number(n)))), rest ? h("li", {}, h("span", { class: "bar-name quiet" }, t("others")), h("span", { class: "track" }), h("span", { class: "bar-number" }, number(rest))) : null));
}

async function take(form, button) {
  button.disabled = true;
  try {
    const { data, headers } = await get("/v1/exports", { format: form }, { blob: true });
    const named = /filename="?([^"]+)"?/.exec(headers.get("Content-Disposition") || "");
    download(named ? named[1] : form, data);
  } catch (error) {
    toast(explain(error));
  }
  button.disabled = false;
}
