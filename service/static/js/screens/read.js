// The first screen: letters in by dropping, choosing, a photo or a sample; below, what was read while the page is open.

import { capital, empty, h, icon } from "../dom.js";
import { again, keeping, setKeeping, takeFiles, taken, watch } from "../intake.js";
import { bytes, number, t } from "../i18n.js";
import { showLetter } from "../letter/letter.js";
import { localTools } from "../letter/tools.js";

export function readScreen(root) {
  const list = h("ol", { id: "queue", class: "queue", "aria-label": t("queue") });
  const draw = () => { list.hidden = !taken.length; root.classList.toggle("used", taken.length > 0); list.replaceChildren(...[...taken].reverse().map(entryRow)); };
  root.append(dropZone(), list);
  draw();
  const unwatch = watch(draw);
  const ticking = setInterval(() => {
    for (const clock of list.querySelectorAll("[data-since]")) clock.textContent = t("seconds", { n: number(Math.floor((performance.now() - Number(clock.dataset.since)) / 1000)) });
  }, 500);
  return () => { unwatch(); clearInterval(ticking); };
}

function dropZone() {
  const chooser = (id, label, drawing, main, props) => {
    const input = h("input", { id, type: "file", class: "visually-hidden", ...props, on: { change: (event) => { const files = [...event.target.files]; event.target.value = ""; takeFiles(files); } } });
    return [input, h("label", { class: `button ${main ? "primary" : ""}`, for: id }, icon(drawing), t(label))];
  };
  return h("section", { class: "drop", id: "drop", "aria-labelledby": "drop-title" },
    h("div", { class: "drop-mark", "aria-hidden": "true" }, icon("upload")),
    h("h1", { id: "drop-title", tabindex: "-1" }, t("drop")),
    h("p", { class: "quiet" }, t("kinds")),
    h("div", { class: "bar center" },
      ...chooser("file", "choose", "upload", true, { multiple: true }),
      ...chooser("camera", "photo", "camera", false, { accept: "image/*", capture: "environment" })),
    h("fieldset", { class: "choice" }, h("legend", { class: "visually-hidden" }, t("whatToDo")), ...[[false, "readOnly"], [true, "readAndKeep"]].map(([keep, label]) => h("label", {},
      h("input", { type: "radio", name: "keep", value: String(keep), checked: keeping() === keep, on: { change: () => { setKeeping(keep); document.getElementById("privacy").textContent = t(keep ? "privacyKept" : "privacy"); } } }), t(label)))),
    h("p", { class: "samples" }, t("trySample"), " ",
      ...[["letter-typed.pdf", "sample1"], ["letter-scan.pdf", "sample2"]].map(([name, label]) => h("button", { type: "button", class: "linkish", data: { sample: name }, on: { click: () => sample(name) } }, t(label)))),
    h("p", { class: "small quiet", id: "privacy" }, t(keeping() ? "privacyKept" : "privacy")));
}

async function sample(name) {
  const answer = await fetch(`/samples/${name}`);
  if (answer.ok) takeFiles([new File([await answer.blob()], name, { type: "application/pdf" })]);
}

function entryRow(entry) {
  const letter = entry.doc?.letter;
  const title = entry.files ? t("jobOf", { n: number(entry.files.length) }) : letter ? [letter.document_type?.value, letter.identifier?.value].filter(Boolean).join(" ") || entry.file.name : entry.file.name;
  const facts = {
    waiting: () => t("waiting"),
    reading: () => h("span", {}, `${t("reading")} `, h("span", { data: { since: entry.started } })),
    sent: () => t("sentAt"),
    bad: () => h("span", {}, h("strong", {}, `${t("failed")}. `), entry.error),
    done: () => [letter.subject?.value, t("readIn", { n: number(Math.round(entry.seconds * 10) / 10) })].filter(Boolean).join(" · "),
  }[entry.state]();
  const side = { waiting: () => icon("clock"), reading: () => h("span", { class: "spin" }), bad: () => icon("warn"), done: () => icon("next"), sent: () => icon("next") }[entry.state]();
  const inside = [h("span", { class: "grow" }, h("span", { class: "entry-title" }, letter ? capital(title) : title), letter && title !== entry.file.name ? h("span", { class: "small quiet" }, ` ${entry.file.name}`) : h("span", { class: "small quiet" }, ` ${bytes(entry.size)}`), h("span", { class: "entry-facts" }, facts)), side];
  return h("li", { class: `entry ${entry.state}` }, entry.state === "done" || entry.state === "sent"
    ? h("a", { class: "entry-main", href: entry.job ? `#/jobs/${entry.job}` : `#/doc/${entry.number}` }, ...inside)
    : h("div", { class: "entry-main" }, ...inside),
  entry.state === "bad" ? h("button", { type: "button", class: "button compact", on: { click: () => again(entry) } }, t("again")) : null);
}

/** A letter of this page that is not kept anywhere. */
export function localScreen(root, { match, signal }) {
  const entry = taken.find((e) => e.number === Number(match[0]));
  if (!entry?.doc) {
    root.append(empty("read", t("goneTitle"), t("goneText"), h("a", { class: "button primary", href: "#/" }, t("home"))));
    root.querySelector("h2").replaceWith(h("h1", { tabindex: "-1" }, t("goneTitle")));
    return null;
  }
  return showLetter(root, entry.doc, { signal, back: "#/", tools: localTools });
}
