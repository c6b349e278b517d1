// Tasks and cited documents of a letter, as cards.

import { announce, h, icon, toast } from "../dom.js";
import { call, explain } from "../api.js";
import { date, percent, t } from "../i18n.js";
import { LOW } from "./doc.js";
import { STATES, select } from "../parts.js";
import { editor } from "./row.js";

const marked = (item) => (item && /[\p{L}\d]/u.test(item) ? `${item.replace(/[.)]$/, "")}. ` : "");

/** A deadline in words: the date where there is one, else what the letter says. */
export function due(deadline) {
  if (!deadline) return "";
  return deadline.date ? date(deadline.date) + (deadline.time ? ` ${deadline.time}` : "") : deadline.text;
}

async function change(record, input) {
  try {
    Object.assign(record, (await call("PATCH", `/v1/tasks/${record.id}`, { json: { status: input.value } })).data);
    announce(t("stateNow", { state: t(`state.${record.status}`) }));
  } catch (error) {
    input.value = record.status;
    toast(explain(error));
  }
}

export function taskCard(place, form) {
  const task = place.item;
  const edited = [...form.doc.edits.keys()].some((path) => path.startsWith(`${place.path}.`));
  const low = !edited && place.confidence < LOW;
  const record = form.doc.states.get(task.id);
  const names = (list) => list.map((a) => a.value).join("; ");
  const main = h("button", { type: "button", class: "card-main", data: { move: "" }, tabindex: "-1", "aria-keyshortcuts": "F2" },
    h("span", { class: "card-text" }, marked(task.item) + task.text),
    h("span", { class: "tags" },
      task.deadline ? h("span", { class: "tag due", title: task.deadline.text }, icon("clock"), h("span", {}, h("span", { class: "visually-hidden" }, `${t("due")}: `), due(task.deadline))) : null,
      task.assignees.length ? h("span", { class: "tag" }, icon("person"), h("span", {}, h("span", { class: "visually-hidden" }, `${t("who")}: `), names(task.assignees))) : null,
      task.coordinators.length ? h("span", { class: "tag" }, `${t("with")} ${names(task.coordinators)}`) : null,
      task.report_to ? h("span", { class: "tag" }, `${t("reportTo")} ${task.report_to.name}`) : null,
      ...task.types.map((type) => h("span", { class: "tag", title: percent(type.confidence) }, t(`type.${type.label}`))),
      low ? h("span", { class: "tag low" }, icon("warn"), `${t("lowShort")} ${percent(place.confidence)}`) : null,
      edited ? h("span", { class: "tag good" }, icon("check"), t("editedShort")) : null));
  const element = h("li", { class: `card c-task${low ? " low" : ""}`, data: { place: place.path } }, main);
  const open = (path, label) => {
    editor(element, path, label, form, () => form.draw(place.path));
  };
  element.append(h("div", { class: "card-tools" },
    h("button", { type: "button", class: "row-edit", tabindex: "-1", "aria-label": t("editField", { field: t("task") }), title: t("editTask"), on: { click: () => open(`${place.path}.text`, t("task")) } }, icon("edit")),
    task.deadline ? h("button", { type: "button", class: "row-edit", tabindex: "-1", "aria-label": t("editField", { field: t("due") }), title: t("editDue"), on: { click: () => open(`${place.path}.deadline.date`, t("due")) } }, icon("clock")) : null));
  if (record) element.append(h("div", { class: "card-state" }, select("status", record.status, STATES.map((s) => [s, t(`state.${s}`)]), (event) => change(record, event.target), t("stateOf", { task: task.text.slice(0, 60) }))));
  main.addEventListener("keydown", (event) => { if (event.key === "F2") { event.preventDefault(); open(`${place.path}.text`, t("task")); } });
  return element;
}

/** A digital signature of the file: whose, when, and what holds of it. Nothing to correct here. */
export function signatureCard(signature) {
  const known = (value, yes, no, unknown) => h("span", { class: `tag ${value === true ? "good" : value === false ? "low" : ""}` }, icon(value === true ? "check" : value === false ? "warn" : "clock"), t(value === true ? yes : value === false ? no : unknown));
  return h("li", { class: "card c-zone" }, h("div", { class: "card-main" },
    h("span", { class: "card-text" }, h("strong", {}, signature.signer || signature.organization || signature.field)),
    h("span", { class: "small quiet" }, [signature.organization !== signature.signer ? signature.organization : null, date(signature.time), signature.authority].filter(Boolean).join(" · ")),
    h("span", { class: "tags" }, known(signature.integrity, "sign.intact", "sign.broken", "sign.unknown"), known(signature.trusted, "sign.trusted", "sign.untrusted", "sign.noRoots"),
      signature.covers_file === false && !["none", "lta_updates", "form_filling"].includes(signature.later_changes) ? h("span", { class: "tag low" }, icon("warn"), t("sign.changed")) : null)));
}

export function referenceCard(place, form) {
  const reference = place.item;
  const low = place.confidence < LOW;
  const held = form.doc.resolved?.[reference.id];
  const title = [reference.type, reference.identifier].filter(Boolean).join(" ");
  const main = h("button", { type: "button", class: "card-main", data: { move: "" }, tabindex: "-1" },
    h("span", { class: "card-text" }, h("strong", {}, title || reference.title || reference.text), title && reference.title ? ` – ${reference.title}` : null),
    h("span", { class: "small quiet" }, [date(reference.date) || reference.year, reference.issuer, reference.pinpoints?.join("; ")].filter(Boolean).join(" · ")),
    h("span", { class: "tags" }, h("span", { class: "tag" }, t(`relation.${reference.relation}`)),
      reference.mentions.length > 1 ? h("span", { class: "tag" }, t("mentions", { n: reference.mentions.length })) : null,
      ...(reference.conflicts || []).map((conflict) => h("span", { class: "tag low" }, icon("warn"), t("conflict", { values: conflict.values.map(date).join(" ≠ ") }))),
      low ? h("span", { class: "tag low" }, icon("warn"), `${t("lowShort")} ${percent(place.confidence)}`) : null));
  return h("li", { class: `card c-reference${low ? " low" : ""}`, data: { place: place.path } }, main,
    held ? h("a", { class: "held", href: `#/letters/${held}`, "aria-label": t("openCited", { name: title }) }, icon("link"), h("span", {}, t("inArchive"))) : null);
}
