// The form at the right: rows and cards of everything found, with the keys that move through them.

import { h, icon } from "../dom.js";
import { has, t } from "../i18n.js";
import { LOW } from "./doc.js";
import { places } from "./places.js";
import { row } from "./row.js";
import { referenceCard, signatureCard, taskCard } from "./cards.js";

export class Form {
  /** `changed(path)` is called after a correction. */
  constructor(doc, selection, changed) {
    Object.assign(this, { doc, selection, changed });
    this.element = h("section", { class: "form panel", "aria-label": t("found"), id: "form" });
    selection.join(this.element, (element) => element.scrollIntoView({ block: "nearest" }));
    this.element.addEventListener("keydown", (event) => this.#keys(event));
    this.element.addEventListener("focusin", (event) => { if (event.target.dataset.move !== undefined) this.rove(event.target); });
    this.draw();
  }

  /** Draw anew; with `path`, that value keeps the focus. */
  draw(path = null) {
    const all = places(this.doc).filter((p) => !p.extra);
    const of = (prefix) => all.filter((p) => p.path.startsWith(`${prefix}.`));
    const section = (name, list, make) => h("section", { class: "part", id: `part-${name}` }, h("h2", {}, t(name), list.length && name !== "fields" ? h("span", { class: "count" }, String(list.length)) : null),
      list.length ? h("ul", {}, ...list.map(make)) : h("p", { class: "none" }, t(`none.${name}`)));
    const party = (p) => row(p, this, { label: "", note: [p.item.purpose, p.item.note].filter(Boolean).join(" · ") });
    this.element.replaceChildren(
      ...this.doc.letter.warnings.map((w) => h("p", { class: "notice" }, icon("warn"), h("span", {}, has(`warning.${w.code}`) ? t(`warning.${w.code}`) : w.message, w.page ? ` (${t("pageNumber", { n: w.page })})` : ""))),
      section("fields", all.filter((p) => p.group === "field"), (p) => row(p, this)),
      section("addressees", of("addressees"), party),
      section("recipients", of("recipients"), party),
      section("tasks", of("tasks"), (p) => taskCard(p, this)),
      section("references", of("references"), (p) => referenceCard(p, this)),
      ...(this.doc.letter.signatures?.length ? [section("signatures", this.doc.letter.signatures, signatureCard)] : []));
    this.rove();
    this.selection.again();
    if (path) {
      this.element.querySelector(`[data-place="${CSS.escape(path)}"] [data-move]`)?.focus();
      this.selection.set(path);
    }
  }

  /** One stop of the Tab key for the whole form: the row that has or had the focus; its tools are stops beside it. */
  rove(target = null) {
    const moves = [...this.element.querySelectorAll("[data-move]")];
    const current = target || moves.find((m) => m.tabIndex === 0) || moves[0];
    for (const move of moves) {
      const stop = move === current ? 0 : -1;
      move.tabIndex = stop;
      for (const tool of move.parentElement.querySelectorAll(".row-edit, .held")) tool.tabIndex = stop;
    }
  }

  #keys(event) {
    const moves = [...this.element.querySelectorAll("[data-move]")];
    const at = moves.indexOf(event.target);
    if (at < 0 || event.ctrlKey || event.metaKey || event.altKey) return;
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: moves.length - 1 }[event.key];
    if (to !== undefined) {
      event.preventDefault();
      this.#go(moves[Math.min(moves.length - 1, Math.max(0, to))]);
    }
    if (event.key === "n" || event.key === "N") this.nextDoubtful();
  }

  #go(move) {
    if (!move) return;
    move.focus({ preventScroll: true });
    const item = move.parentElement;
    item.scrollIntoView({ block: "nearest" });
    this.selection.set(item.dataset.place, this.element);
  }

  /** Values that ask for a look. */
  get doubtful() {
    return places(this.doc).filter((p) => !p.extra && !this.#touched(p.path) && (p.value === null || p.confidence < LOW));
  }

  #touched(path) {
    return [...this.doc.edits.keys()].some((edited) => edited === path || edited.startsWith(`${path}.`));
  }

  /** Go to the next value that asks for a look, after the one that has the focus. */
  nextDoubtful() {
    const low = [...this.element.querySelectorAll(".low")];
    const here = document.activeElement?.closest?.(".row, .card");
    const next = low.find((item) => here && item !== here && here.compareDocumentPosition(item) & Node.DOCUMENT_POSITION_FOLLOWING) || low[0];
    this.#go(next?.querySelector("[data-move]"));
  }

  /** Show on the page where another reading of a value stands; null takes the sign away. */
  point(candidate) {
    this.pointed?.(candidate);
  }

  corrected(path) {
    this.changed(path);
  }
}
