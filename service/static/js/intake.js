// Files that were chosen, dropped, pasted or photographed: read one after another, remembered while the page is open.

import { announce } from "./dom.js";
import { explain, upload } from "./api.js";
import { Doc } from "./letter/doc.js";
import { t } from "./i18n.js";

/** {number, file, state: waiting | reading | done | bad, doc, error, started, seconds} */
export const taken = [];
const watchers = new Set();
let busy = false;

/** Call `watcher` after every change; gives the function that ends it. */
export function watch(watcher) {
  watchers.add(watcher);
  return () => watchers.delete(watcher);
}
const changed = () => watchers.forEach((watcher) => watcher());

/** Take files in. One alone is opened when it is read. */
export async function takeFiles(files) {
  if (!files.length) return;
  const entries = files.map((file, i) => ({ number: taken.length + i + 1, file, state: "waiting", alone: files.length === 1 }));
  taken.push(...entries);
  if (location.hash && location.hash !== "#/") location.hash = "#/";
  changed();
  await work();
}

async function work() {
  if (busy) return;
  busy = true;
  try {
    for (let entry; (entry = taken.find((e) => e.state === "waiting"));) await read(entry);
  } finally {
    busy = false;
  }
}

async function read(entry) {
  entry.state = "reading";
  entry.started = performance.now();
  announce(t("readingFile", { name: entry.file.name }));
  changed();
  try {
    const { data } = await upload("/v1/extract", [entry.file]);
    entry.doc = new Doc({ file: entry.file, letter: data });
    entry.state = "done";
    announce(t("readFile", { name: entry.file.name }));
  } catch (error) {
    entry.error = explain(error);
    entry.state = "bad";
    announce(t("badFile", { name: entry.file.name, why: entry.error }));
  }
  entry.seconds = (performance.now() - entry.started) / 1000;
  changed();
  if (entry.state === "done" && entry.alone && (location.hash || "#/") === "#/") location.hash = `#/doc/${entry.number}`;
}

/** Read a file again that failed. */
export function again(entry) {
  entry.state = "waiting";
  entry.error = null;
  changed();
  work();
}
