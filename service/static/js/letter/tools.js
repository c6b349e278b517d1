// What can be done with a letter: save it to the archive, take it away in other forms, see its citations, delete it.

import { ask, download, h, icon, toast } from "../dom.js";
import { call, explain, get, pause, upload } from "../api.js";
import { t } from "../i18n.js";

const FORMS = ["json", "csv", "xlsx", "ics", "tasks-xlsx", "edxml", "decree30-in-xlsx", "source"];

/** For a letter that is read but not kept. */
export const localTools = (doc) => [
  h("button", { type: "button", class: "button", id: "export", on: { click: () => saveJson(doc) } }, icon("download"), t("exportJson")),
  h("button", { type: "button", class: "button primary", id: "keep", on: { click: (event) => keep(doc, event.currentTarget) } }, icon("archive"), t("keep")),
];

/** For a letter of the archive. */
export const archiveTools = (doc) => [
  h("a", { class: "button", href: `#/letters/${doc.id}/graph` }, icon("graph"), t("graph")),
  menu(t("exportAs"), "download", FORMS.map((form) => [t(`form.${form}`), () => take(doc, form)])),
  h("button", { type: "button", class: "button plain iconic danger", "aria-label": t("delete"), title: t("delete"), on: { click: () => remove(doc) } }, icon("trash")),
];

function menu(label, drawing, items) {
  const details = h("details", { class: "menu" }, h("summary", { class: "button" }, icon(drawing), label, icon("down")),
    h("div", { class: "choices" }, ...items.map(([text, action]) => h("button", { type: "button", on: { click: () => { details.open = false; action(); } } }, text))));
  details.addEventListener("keydown", (event) => { if (event.key === "Escape" && details.open) { details.open = false; details.querySelector("summary").focus(); event.stopPropagation(); } });
  details.addEventListener("focusout", (event) => { if (event.relatedTarget && !details.contains(event.relatedTarget)) details.open = false; });
  return details;
}

function saveJson(doc) {
  const { candidates, ...letter } = doc.letter;
  download(`${stem(doc)}.json`, new Blob([JSON.stringify(letter, null, 1)], { type: "application/json" }));
}

const stem = (doc) => doc.name.replace(/\.[^.]*$/, "");

async function take(doc, form) {
  if (form === "json") { saveJson(doc); return; }
  try {
    const answer = form === "source"
      ? await get(`/v1/letters/${doc.id}/source`, {}, { blob: true })
      : await get(`/v1/letters/${doc.id}/exports`, { format: form }, { blob: true });
    const named = /filename="?[^"]*(\.[a-z]+)"?/.exec(answer.headers.get("Content-Disposition") || "");
    download(form === "source" ? doc.name : `${stem(doc)}${named ? named[1] : ""}`, answer.data);
  } catch (error) {
    toast(explain(error));
  }
}

/** Send the file to the archive, wait until it is read, then lay the corrections made here over it. */
async function keep(doc, button) {
  button.disabled = true;
  try {
    let { data: job } = await upload("/v1/letters", [doc.file], { query: { wait: 20 } });
    while (!job.finished_at) {
      await pause(1000);
      job = (await get(`/v1/jobs/${job.id}`)).data;
    }
    const [file] = job.files;
    if (!file.letter_id) throw new Error(file.error?.message || t("failed"));
    if (doc.edits.size) {
      await call("PATCH", `/v1/letters/${file.letter_id}`, { json: { corrections: [...doc.edits].map(([field, edit]) => ({ field, value: edit.value })) } });
    }
    toast(t("kept"));
    location.hash = `#/letters/${file.letter_id}`;
  } catch (error) {
    button.disabled = false;
    toast(explain(error));
  }
}

async function remove(doc) {
  if (await ask(t("deleteTitle"), t("deleteText", { name: doc.value("identifier") || doc.name }), [t("cancel"), ""], [t("delete"), "yes", "primary"]) !== "yes") return;
  try {
    await call("DELETE", `/v1/letters/${doc.id}`, { headers: { "If-Match": doc.etag } });
    toast(t("deleted"));
    location.hash = "#/letters";
  } catch (error) {
    toast(explain(error));
  }
}
