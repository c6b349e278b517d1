// The keys that the pages understand, shown on "?".

import { h } from "./dom.js";
import { t } from "./i18n.js";

const KEYS = [["?", "key.help"], ["/", "key.search"], ["\u2191 \u2193", "key.move"], ["Home End", "key.ends"], ["N", "key.next"], ["F2", "key.edit"], ["Enter", "key.save"], ["Ctrl Enter", "key.saveLong"], ["Esc", "key.cancel"], ["+ \u2212", "key.zoom"]];

/** The dialog with the keys. */
export function showKeys() {
  if (document.querySelector("dialog[open]")) return;
  const dialog = h("dialog", { "aria-labelledby": "keys-title" }, h("h2", { id: "keys-title" }, t("keys")),
    h("dl", { class: "keys" }, ...KEYS.flatMap(([keys, what]) => [h("dt", {}, ...keys.split(" ").map((one) => h("kbd", {}, one))), h("dd", {}, t(what))])),
    h("form", { method: "dialog", class: "bar" }, h("button", { class: "button primary" }, t("close"))));
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
}
