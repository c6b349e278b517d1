// The operations of the OpenAPI description, by subject; no library, so that the page works without internet.

import { h } from "./js/dom.js";

const root = document.getElementById("operations");

function row(path, method, operation) {
  const asks = (operation.parameters || []).filter((p) => p.in === "query").map((p) => p.name);
  const answers = Object.keys(operation.responses).filter((code) => code.startsWith("2") || code.startsWith("3"));
  return h("tr", {}, h("td", {}, h("code", {}, `${method.toUpperCase()} ${path}`), asks.length ? h("div", { class: "small quiet" }, `? ${asks.join(", ")}`) : null),
    h("td", {}, operation.summary || "", operation.description ? h("div", { class: "small quiet" }, operation.description) : null),
    h("td", {}, answers.join(", "), h("div", { class: "small quiet" }, Object.keys(operation.responses).filter((code) => !answers.includes(code)).join(" "))));
}

try {
  const answer = await fetch("/openapi.json");
  if (!answer.ok) throw new Error(`HTTP ${answer.status}`);
  const api = await answer.json();
  const subjects = new Map();
  for (const [path, methods] of Object.entries(api.paths)) {
    for (const [method, operation] of Object.entries(methods)) {
      const tag = operation.tags?.[0] || "other";
      subjects.set(tag, [...(subjects.get(tag) || []), row(path, method, operation)]);
    }
  }
  root.replaceChildren(...[...subjects].map(([tag, rows]) => h("section", { class: "panel padded" }, h("h2", {}, tag), h("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": tag },
    h("table", {}, h("thead", {}, h("tr", {}, h("th", {}, "Call"), h("th", {}, "What it does"), h("th", {}, "Answers"))), h("tbody", {}, ...rows))))));
} catch (error) {
  root.replaceChildren(h("p", { class: "notice bad", role: "alert" }, `The description of the API could not be loaded: ${error.message}`));
}
