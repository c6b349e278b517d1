// Files that were chosen, dropped, pasted or photographed: read one after another, remembered while the page is open.

import { announce } from "./dom.js";
import { explain, upload } from "./api.js";
import { Doc } from "./letter/doc.js";
import { t } from "./i18n.js";

/** {number, file or files, size, state: waiting | reading | done | sent | bad, doc or job, error, started, seconds} */
export const taken = [];
const KEEP = "congvan-keep";
const watchers = new Set();
let busy = false;

/** Call `watcher` after every change; gives the function that ends it. */
export function watch(watcher) {
  watchers.add(watcher);
  return () => watchers.delete(watcher);
}
const changed = () => watchers.forEach((watcher) => watcher());

/** Whether letters go into the archive, or are read and forgotten; remembered by the browser. */
export const keeping = () => { try { return localStorage.getItem(KEEP) === "yes"; } catch { return false; } };
export const setKeeping = (keep) => { try { localStorage.setItem(KEEP, keep ? "yes" : "no"); } catch { /* then it is asked anew next time */ } };

/** Take files in. One alone is opened when it is read; those for the archive go there as one job. */
export async function takeFiles(files) {
  if (!files.length) return;
  const alone = files.length === 1;
  const entries = keeping()
    ? [{ files, file: files[0], size: files.reduce((sum, file) => sum + file.size, 0) }]
    : files.map((file) => ({ file, size: file.size }));
  for (const entry of entries) taken.push({ ...entry, number: taken.length + 1, state: "waiting", alone });
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
    if (entry.files) await send(entry);
    else {
      entry.doc = new Doc({ file: entry.file, letter: (await upload("/v1/extract", [entry.file], { query: { candidates: true } })).data });
      entry.state = "done";
      announce(t("readFile", { name: entry.file.name }));
    }
  } catch (error) {
    entry.error = explain(error);
    entry.state = "bad";
    announce(t("badFile", { name: entry.file.name, why: entry.error }));
  }
  entry.seconds = (performance.now() - entry.started) / 1000;
  changed();
  if (!entry.alone && !entry.job) return;
  const there = { done: `#/doc/${entry.number}`, sent: entry.letter ? `#/letters/${entry.letter}` : `#/jobs/${entry.job}` }[entry.state];
  if (there && (location.hash || "#/") === "#/") location.hash = there;
}

/** To the archive: a single letter is waited for and opened, many are followed as a job. */
async function send(entry) {
  const { data: job } = await upload("/v1/letters", entry.files, { query: { wait: entry.alone ? 15 : 0 } });
  entry.job = job.id;
  entry.letter = entry.alone && job.files.length === 1 ? job.files[0].letter_id : null;
  entry.state = "sent";
}

/** Read a file again that failed. */
export function again(entry) {
  entry.state = "waiting";
  entry.error = null;
  changed();
  work();
}
