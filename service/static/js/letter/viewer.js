// The letter at the left: pictures of its pages with a box for each value, or its text with the same values marked.

import { h, icon } from "../dom.js";
import { explain } from "../api.js";
import { t } from "../i18n.js";
import { smooth } from "./select.js";
import { LOW } from "./doc.js";
import { places } from "./places.js";

const GROUPS = ["field", "party", "task", "reference", "zone"];
const ZOOMS = [0.6, 0.8, 1, 1.25, 1.5, 2, 3];

export class Viewer {
  constructor(doc, selection, signal) {
    Object.assign(this, { doc, selection, signal });
    this.zoom = 2;
    this.asText = !doc.pictured;
    this.hidden = new Set(["zone"]);
    this.pictures = new Map();
    this.stage = h("div", { class: "stage", tabindex: "0", role: "region", "aria-label": t("pagesOf") });
    this.tools = h("div", { class: "bar tools-bar" });
    this.element = h("section", { class: "viewer panel", "aria-label": t("pagesOf") }, this.tools, this.stage);
    selection.join(this.stage, (element) => this.#reveal(element));
    this.stage.addEventListener("keydown", (event) => {
      if (event.key === "+" || event.key === "=") this.#step(1);
      if (event.key === "-") this.#step(-1);
    });
    this.draw();
  }

  /** Draw everything anew, for instance after a correction. */
  draw() {
    this.#drawTools();
    this.stage.replaceChildren(...(this.asText ? [this.#text()] : this.doc.letter.pages.map((page) => this.#page(page))));
    this.stage.style.setProperty("--zoom", ZOOMS[this.zoom]);
    for (const group of GROUPS) this.stage.classList.toggle(`hide-${group}`, this.hidden.has(group));
    this.selection.again();
  }

  #drawTools() {
    const kinds = h("div", { class: "toggle", role: "group", "aria-label": t("viewAs") },
      ...[[false, "viewPages"], [true, "viewText"]].map(([text, label]) => h("button", {
        type: "button", "aria-pressed": String(this.asText === text), disabled: !text && !this.doc.pictured, on: { click: () => { this.asText = text; this.draw(); } },
      }, t(label))));
    const legend = h("div", { class: "legend", role: "group", "aria-label": t("legend") }, ...GROUPS.filter((g) => g !== "zone" || !this.asText).map((group) => h("button", {
      type: "button", class: `chip c-${group}`, "aria-pressed": String(!this.hidden.has(group)),
      on: { click: () => { if (!this.hidden.delete(group)) this.hidden.add(group); this.draw(); this.tools.querySelector(`.chip.c-${group}`).focus(); } },
    }, t(`group.${group}`))));
    const zoom = h("div", { class: "zoom" },
      h("button", { type: "button", class: "button plain iconic compact", "aria-label": t("smaller"), disabled: this.zoom === 0, on: { click: () => this.#step(-1) } }, icon("minus")),
      h("span", { class: "small quiet" }, `${Math.round(ZOOMS[this.zoom] * 100)}%`),
      h("button", { type: "button", class: "button plain iconic compact", "aria-label": t("larger"), disabled: this.zoom === ZOOMS.length - 1, on: { click: () => this.#step(1) } }, icon("plus")));
    this.tools.replaceChildren(kinds, legend, zoom);
  }

  #step(by) {
    this.zoom = Math.min(ZOOMS.length - 1, Math.max(0, this.zoom + by));
    this.stage.style.setProperty("--zoom", ZOOMS[this.zoom]);
    this.#drawTools();
  }

  #page(page) {
    const sheet = h("div", { class: "sheet", style: { "aspect-ratio": `${page.width} / ${page.height}` } });
    const picture = h("img", { alt: t("pageNumber", { n: page.number }), hidden: true });
    const wait = h("span", { class: "spin" }); // no sign of a broken picture while it is drawn
    picture.addEventListener("load", () => { picture.hidden = false; wait.remove(); }, { once: true });
    sheet.append(picture, wait, h("span", { class: "folio", "aria-hidden": "true" }, `${page.number}/${this.doc.letter.pages.length}`));
    this.#picture(page).then(
      (url) => { picture.src = url; },
      (error) => {
        if (this.signal?.aborted) return;
        wait.remove();
        picture.replaceWith(h("p", { class: "page-failed" }, `${t("pageFailed")} ${explain(error)}`));
      });
    const boxes = places(this.doc).filter((p) => p.box && p.page === page.number).map((p) => ({ ...p, title: `${p.label}: ${p.value}`, low: p.confidence < LOW && !this.doc.edits.has(p.path) }));
    let before = null;
    for (const segment of this.doc.letter.segments.filter((s) => s.box && s.page === page.number)) {
      boxes.push({ group: "zone", box: segment.box, title: segment.zone === before ? "" : t(`zone.${segment.zone}`) }); // a run of one zone is named once
      before = segment.zone;
    }
    // large ones first, so that a small box inside a large one can be pointed at
    boxes.sort((a, b) => (b.group === "zone") - (a.group === "zone") || area(b.box) - area(a.box));
    for (const { box, group, path, title, low } of boxes) {
      const style = at(box, page);
      sheet.append(group === "zone"
        ? h("div", { class: "zone", style }, title ? h("span", {}, title) : null)
        : h("div", { class: `mark c-${group}${low ? " low" : ""}`, data: { place: path }, title, style }));
    }
    return sheet;
  }

  #picture(page) {
    if (!this.pictures.has(page.number)) {
      this.pictures.set(page.number, this.doc.picture(page, this.signal).then((blob) => URL.createObjectURL(blob)));
    }
    return this.pictures.get(page.number);
  }

  #text() {
    const points = Array.from(this.doc.letter.text); // spans count code points, as Python does; the page counts UTF-16 units
    const spans = places(this.doc).filter((p) => p.span).sort((a, b) => (b.span[1] - b.span[0]) - (a.span[1] - a.span[0]));
    const edges = [...new Set([0, points.length, ...spans.flatMap((p) => p.span)])].sort((a, b) => a - b);
    const sheet = h("div", { class: "letter-text" });
    edges.slice(0, -1).forEach((start, i) => {
      const end = edges[i + 1];
      const over = spans.filter((p) => p.span[0] <= start && p.span[1] >= end);
      const piece = points.slice(start, end).join("");
      if (!over.length) { sheet.append(piece); return; }
      const inner = over[over.length - 1];
      sheet.append(h("mark", { class: `c-${inner.group}`, data: { place: inner.path, places: over.map((p) => p.path).join(" ") }, title: inner.label }, piece));
    });
    return sheet;
  }

  #reveal(element) {
    const box = element.getBoundingClientRect();
    const frame = this.stage.getBoundingClientRect();
    if (box.top >= frame.top + 8 && box.bottom <= frame.bottom - 8 && box.left >= frame.left && box.right <= frame.right) return;
    this.stage.scrollBy({ top: box.top - frame.top - Math.max(24, (frame.height - box.height) / 2), left: box.left < frame.left || box.right > frame.right ? box.left - frame.left - 24 : 0, behavior: smooth() });
  }

  /** Frame the place of another reading of a value, or of none. */
  point(candidate) {
    this.stage.querySelector(".pointed")?.remove();
    const page = candidate?.box && this.doc.letter.pages.find((p) => p.number === candidate.page);
    const sheet = page && !this.asText ? this.stage.querySelectorAll(".sheet")[this.doc.letter.pages.indexOf(page)] : null;
    if (!sheet) return;
    const frame = h("div", { class: "mark pointed", style: at(candidate.box, page) });
    sheet.append(frame);
    this.#reveal(frame);
  }

  /** Let the pictures go. */
  end() {
    for (const url of this.pictures.values()) url.then(URL.revokeObjectURL, () => {});
  }
}

const area = (box) => (box[2] - box[0]) * (box[3] - box[1]);
/** A box in points as shares of its page. */
const at = (box, page) => ({ left: share(box[0], page.width), top: share(box[1], page.height), width: share(box[2] - box[0], page.width), height: share(box[3] - box[1], page.height) });
const share = (part, whole) => `${((part / whole) * 100).toFixed(3)}%`;
