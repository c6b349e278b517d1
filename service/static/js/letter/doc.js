// One letter as the page holds it: the extraction, the file where it is at hand, corrections, and where the archive keeps it.

import { call } from "../api.js";

export const LOW = 0.85; // below this a value asks for a look: the service's figures for calibration are in models/weights/CARDS.md

export class Doc {
  /** `file` for a letter read but not kept; `id` and `etag` for one in the archive. */
  constructor({ file = null, letter, id = null, etag = null, corrections = [] }) {
    Object.assign(this, { file, letter, id, etag });
    /** path -> {value, machine, who, at}: what people put in place of what the machine read. */
    this.edits = new Map(corrections.map((c) => [c.path, { value: c.value, machine: c.machine_value, who: c.who, at: c.at }]));
  }

  /** The node at a path such as "subject", "signer.name", "tasks.0.deadline.date"; null where nothing stands. */
  at(path) {
    return path.split(".").reduce((node, part) => node?.[part] ?? null, this.letter);
  }

  /** The plain value at a path. */
  value(path) {
    const node = this.at(path);
    return node !== null && typeof node === "object" && "value" in node ? node.value : node;
  }

  /** Correct one value; in the archive at once, else in this page until the letter is saved. Throws Problem. */
  async correct(path, value) {
    const machine = this.edits.has(path) ? this.edits.get(path).machine : this.value(path);
    this.#put(path, value);
    this.edits.set(path, { value, machine });
  }

  #put(path, value) {
    const parts = path.split(".");
    const last = parts.pop();
    const owner = parts.reduce((node, part) => (node[part] ??= {}), this.letter);
    const node = owner[last];
    if (node !== null && typeof node === "object" && "value" in node) Object.assign(node, { value, confidence: 1 });
    else if (parts.length === 0 || parts[0] === "signer") owner[last] = { value, text: null, confidence: 1, span: null, page: null, box: null };
    else owner[last] = value;
  }

  get name() {
    return this.letter.source.filename || this.file?.name || "van-ban";
  }

  /** Whether pages can be drawn; other letters are shown as text. */
  get pictured() {
    return /^(application\/pdf|image\/)/.test(this.letter.source.media_type);
  }

  /** The picture of a page, in the space of the boxes. */
  async picture(page, signal) {
    const body = new FormData();
    body.append("file", this.file, this.file.name);
    const { data } = await call("POST", "/v1/render", { body, blob: true, signal, query: { page: page.number, width: 1400, rotation: page.rotation } });
    return data;
  }
}
