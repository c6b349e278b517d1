// A letter side by side: its pages at the left, what was found at the right, and what can be done with it above.

import { announce, capital, h, icon } from "../dom.js";
import { has, t } from "../i18n.js";
import { Form } from "./form.js";
import { Selection } from "./select.js";
import { Viewer } from "./viewer.js";

/** Fill `root` with the letter. `tools(doc)`: what can be done with it, for its bar. Gives the function that ends it. */
export function showLetter(root, doc, { signal, back, tools }) {
  const selection = new Selection();
  const viewer = new Viewer(doc, selection, signal);
  const head = h("div", { class: "letter-head" });
  const form = new Form(doc, selection, (path) => { viewer.draw(); drawHead(); announce(t("corrected", { field: has(path) ? t(path) : t("task") })); });
  form.pointed = (candidate) => viewer.point(candidate);
  const drawHead = () => head.replaceChildren(...heading(doc, form, back, tools));
  drawHead();
  root.append(head, h("div", { class: "split", id: "result" }, viewer.element, form.element));
  return () => viewer.end();
}

function heading(doc, form, back, tools) {
  const value = (path) => doc.value(path);
  const doubtful = form.doubtful.length;
  return [
    h("a", { class: "button plain iconic", href: back, "aria-label": t("back"), title: t("back") }, icon("back")),
    h("div", { class: "grow" },
      h("h1", { tabindex: "-1" }, [capital(value("document_type")), value("identifier")].filter(Boolean).join(" ") || doc.name),
      h("p", { class: "quiet small" }, [value("issuer"), doc.name, t("pageCount", { n: doc.letter.source.page_count }), t(`origin.${doc.letter.source.text_origin}`)].filter(Boolean).join(" · "))),
    h("div", { class: "bar" },
      doubtful
        ? h("button", { type: "button", class: "button low-button", title: t("reviewKey"), on: { click: () => form.nextDoubtful() } }, icon("warn"), t("review", { n: doubtful }))
        : h("span", { class: "tag good" }, icon("check"), t("nothingDoubtful")),
      ...tools(doc)),
  ];
}
