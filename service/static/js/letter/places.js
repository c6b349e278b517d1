// Every value of a letter that has a place: the form's rows and the page's boxes are made from this one list.

import { t } from "../i18n.js";

/** Fields of the form in the order of Decree 30/2020; the ones marked are missed aloud when a letter lacks them. */
export const FIELDS = [
  ["document_type", true], ["identifier", true], ["date", true], ["place", false], ["issuer", true], ["parent_body", false], ["subject", true], ["urgency", false],
  ["secrecy", false], ["signer.authority", false], ["signer.title", false], ["signer.name", true], ["archive_note", false],
];

/** {path, group: field | party | task | reference, label, value, confidence, span, page, box, item} of everything found. */
export function places(doc) {
  const { letter } = doc;
  const found = [];
  const add = (path, group, label, value, confidence, where, item) =>
    found.push({ path, group, label, value, confidence, span: where?.span ?? null, page: where?.page ?? null, box: where?.box ?? null, item });
  for (const [path, wanted] of FIELDS) {
    const field = doc.at(path);
    if (field) add(path, "field", t(path), field.value, field.confidence, field, field);
    else if (wanted) add(path, "field", t(path), null, null, null, null);
  }
  for (const name of ["addressees", "recipients"]) {
    letter[name].forEach((item, i) => add(`${name}.${i}`, "party", t(name), item.value, item.confidence, item, item));
  }
  letter.tasks.forEach((task, i) => add(`tasks.${i}`, "task", t("task"), task.text, task.confidence, task, task));
  letter.references.forEach((reference, i) => {
    const name = [reference.type, reference.identifier].filter(Boolean).join(" ") || reference.title || reference.text || "";
    add(`references.${i}`, "reference", t("reference"), name, reference.confidence, reference.mentions[0], reference);
    // further mentions light up with the first
    for (const mention of reference.mentions.slice(1)) found.push({ path: `references.${i}`, group: "reference", label: t("reference"), value: name, extra: true, ...mention });
  });
  return found;
}
