// The dialog for the access key.

import { h } from "./dom.js";
import { key } from "./api.js";
import { t } from "./i18n.js";

let open = null;

/** Ask for the key; resolves to true when one was given. Several requests that are refused at once ask once. */
export function askKey({ needed = false } = {}) {
  open ??= new Promise((resolve) => {
    const input = h("input", { class: "input", type: "password", id: "key-value", autocomplete: "off", spellcheck: "false", value: key.get() });
    const dialog = h("dialog", { "aria-labelledby": "key-title" },
      h("h2", { id: "key-title" }, t("key")),
      needed ? h("p", { class: "notice", role: "alert" }, t(key.get() ? "keyRefused" : "keyNeeded")) : null,
      h("p", { class: "quiet" }, t("keyWhy")),
      h("form", { method: "dialog" },
        h("label", { class: "field", for: "key-value" }, t("keyLabel"), input),
        h("div", { class: "bar" },
          h("button", { class: "button", value: "", formnovalidate: true }, t("cancel")),
          key.get() ? h("button", { class: "button danger", value: "forget" }, t("keyForget")) : null,
          h("button", { class: "button primary", value: "save" }, t("keyUse")))));
    // Enter in the field presses the form's first button, which is the one that cancels
    input.addEventListener("keydown", (event) => { if (event.key === "Enter") { event.preventDefault(); dialog.close("save"); } });
    dialog.addEventListener("close", () => {
      dialog.remove();
      open = null;
      if (dialog.returnValue === "forget") key.set("");
      if (dialog.returnValue === "save") key.set(input.value.trim());
      resolve(dialog.returnValue === "save" ? Boolean(key.get()) : dialog.returnValue === "forget" && !needed);
    });
    document.body.append(dialog);
    dialog.showModal();
    input.focus();
  });
  return open;
}
