// Vietnamese first, English on request. The texts are in texts.js: one line each, [Vietnamese, English].

import { TEXTS } from "./texts.js";

const KEEP = "congvan-language";
let index = read() === "en" ? 1 : 0;

function read() {
  try { return localStorage.getItem(KEEP); } catch { return null; }
}

export const language = () => (index ? "en" : "vi");

/** The text of a key; {name} is replaced from `values`. Unknown keys show themselves, so that a missing line is seen. */
export function t(key, values = {}) {
  const text = TEXTS[key] ? TEXTS[key][index] : key;
  return text.replace(/\{(\w+)\}/g, (_, name) => values[name] ?? "");
}

export const has = (key) => key in TEXTS;

export function switchLanguage() {
  index = 1 - index;
  try { localStorage.setItem(KEEP, language()); } catch { /* private windows may refuse; the choice then lasts for this page */ }
}

/** Put the texts into the fixed parts of the page. */
export function translate(root = document) {
  document.documentElement.lang = language();
  for (const element of root.querySelectorAll("[data-t]")) element.textContent = t(element.dataset.t);
  for (const element of root.querySelectorAll("[data-label]")) {
    element.setAttribute("aria-label", t(element.dataset.label));
    if (element.title) element.title = t(element.dataset.label);
  }
}

const locale = () => (index ? "en-GB" : "vi-VN");
export const number = (value) => new Intl.NumberFormat(locale()).format(value);
export const percent = (value) => `${Math.round(value * 100)}%`;

/** An ISO date as a clerk writes it: 07/08/2023. Anything else as it stands. */
export function date(value) {
  const parts = /^(\d{4})-(\d{2})-(\d{2})/.exec(value || "");
  return parts ? `${parts[3]}/${parts[2]}/${parts[1]}` : value || "";
}

export function moment(value) {
  return value ? new Intl.DateTimeFormat(locale(), { dateStyle: "short", timeStyle: "short" }).format(new Date(value)) : "";
}

export function bytes(value) {
  const units = ["B", "KB", "MB", "GB", "TB"];
  let unit = 0;
  while (value >= 1000 && unit < units.length - 1) { value /= 1000; unit += 1; }
  return `${new Intl.NumberFormat(locale(), { maximumFractionDigits: value < 10 && unit ? 1 : 0 }).format(value)} ${units[unit]}`;
}
