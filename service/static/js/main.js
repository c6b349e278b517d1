// Starts the page: which screen an address shows, the language, the key, files dropped anywhere.

import { $, h, icon, loading } from "./dom.js";
import { explain, onKeyNeeded } from "./api.js";
import { language, switchLanguage, t, translate } from "./i18n.js";
import { askKey } from "./key.js";
import { showKeys } from "./keys.js";
import { takeFiles } from "./intake.js";
import { boardScreen } from "./screens/board.js";
import { graphScreen } from "./screens/graph.js";
import { jobScreen, jobsScreen } from "./screens/jobs.js";
import { letterScreen, lettersScreen } from "./screens/letters.js";
import { localScreen, readScreen } from "./screens/read.js";
import { searchScreen } from "./screens/search.js";
import { statsScreen } from "./screens/stats.js";

/** Address, tab it belongs to, screen. A screen fills `root` and may return a function that ends what it started. */
const SCREENS = [
  [/^\/$/, "read", readScreen],
  [/^\/doc\/(\d+)$/, "read", localScreen],
  [/^\/letters$/, "letters", lettersScreen],
  [/^\/letters\/([0-9a-f]+)$/, "letters", letterScreen],
  [/^\/letters\/([0-9a-f]+)\/graph$/, "letters", graphScreen],
  [/^\/jobs$/, "letters", jobsScreen],
  [/^\/jobs\/([0-9a-f]+)$/, "letters", jobScreen],
  [/^\/search$/, "search", searchScreen],
  [/^\/tasks$/, "tasks", boardScreen],
  [/^\/stats$/, "stats", statsScreen],
];
const TABS = [["read", "#/", "read"], ["letters", "#/letters", "archive"], ["search", "#/search", "search"], ["tasks", "#/tasks", "tasks"], ["stats", "#/stats", "stats"]];

let running = null;
let leave = null;

async function show() {
  running?.abort();
  leave?.();
  leave = null;
  const control = new AbortController();
  running = control;
  const [path, search] = (location.hash.slice(1) || "/").split("?");
  const [pattern, tab, screen] = SCREENS.find(([p]) => p.test(path)) || SCREENS[0];
  tabs(tab);
  const root = $("view");
  root.replaceChildren(loading(t("loading")));
  try {
    const built = h("div", { class: "screen" });
    const end = await screen(built, { match: pattern.exec(path)?.slice(1).map(decodeURIComponent) || [], query: new URLSearchParams(search || ""), signal: control.signal });
    if (control.signal.aborted) { end?.(); return; }
    leave = end || null;
    root.replaceChildren(built);
  } catch (error) {
    if (control.signal.aborted) return;
    root.replaceChildren(failed(error));
  }
  const title = root.querySelector("h1");
  document.title = title ? `${title.textContent} – congvan` : "congvan";
}

function failed(error) {
  return h("div", { class: "empty", role: "alert" }, icon("warn"), h("h1", { tabindex: "-1" }, t("failedTitle")), h("p", {}, explain(error)),
    error.requestId ? h("p", { class: "small" }, t("requestId", { id: error.requestId })) : null,
    h("div", { class: "bar" }, h("button", { type: "button", class: "button primary", on: { click: show } }, t("again")), h("a", { class: "button", href: "#/" }, t("home"))));
}

function tabs(current) {
  $("tabs").replaceChildren(...TABS.map(([name, href, drawing]) =>
    h("a", { href, ...(name === current ? { "aria-current": "page" } : {}) }, icon(drawing), h("span", {}, t(`tab.${name}`)))));
}

function speak() {
  translate();
  $("language").textContent = t("other");
  $("language").lang = language() === "vi" ? "en" : "vi";
}

$("key").append(icon("key"));
$("key").addEventListener("click", async () => { if (await askKey()) show(); });
onKeyNeeded(() => askKey({ needed: true }));
$("keys").addEventListener("click", showKeys);
$("language").addEventListener("click", () => { switchLanguage(); speak(); show(); });

for (const name of ["dragover", "dragenter"]) document.addEventListener(name, (event) => { event.preventDefault(); document.body.classList.add("dropping"); });
document.addEventListener("dragleave", (event) => { if (!event.relatedTarget) document.body.classList.remove("dropping"); });
document.addEventListener("drop", (event) => { event.preventDefault(); document.body.classList.remove("dropping"); takeFiles([...event.dataTransfer.files]); });
document.addEventListener("paste", (event) => { if (event.clipboardData.files.length) takeFiles([...event.clipboardData.files]); });
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input, textarea, select")) return;
  if (event.key === "?") { event.preventDefault(); showKeys(); }
  if (event.key !== "/") return;
  const box = document.querySelector("[data-find]");
  if (box) { event.preventDefault(); box.focus(); } else if (TABS.some(([name]) => name === "search")) { event.preventDefault(); location.hash = "#/search"; }
});

window.addEventListener("hashchange", async () => {
  await show();
  window.scrollTo(0, 0);
  $("view").querySelector("h1")?.focus({ preventScroll: true });
});
speak();
show();
