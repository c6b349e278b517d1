// One letter as the page holds it: the extraction, the file where it is at hand, corrections, and where the archive keeps it.

import { call, get, upload } from "../api.js";

export const LOW = 0.85; // below this a value asks for a look: the service's figures for calibration are in models/weights/CARDS.md

const TWIN = 0.8; // share of telling word pairs from which on two letters are called nearly the same

export class Doc {
  /** `file` for a letter read but not kept; `id` and `etag` for one in the archive. */
  constructor({ file = null, letter, id = null, etag = null }) {
    Object.assign(this, { file, letter, id, etag });
    /** path -> {value, machine, who, at}: what people put in place of what the machine read. */
    this.edits = new Map();
    this.resolved = {}; // id of a cited document -> id of its letter in the archive
    this.twins = []; // letters of the archive that are nearly the same
    this.asked = false; // whether other readings were looked for
    this.states = new Map(); // id of a task in the letter -> its record in the archive
  }

  /** The node at a path such as "subject", "signer.name", "tasks.0.deadline.date"; null where nothing stands. */
  at(path) {
    return path.split(".").reduce((node, part) => node?.[part] ?? null, this.letter);
  }

  /** Whether other readings are known already: those of a letter just read come with it. */
  get knowsOthers() {
    return !this.id || this.asked;
  }

  /** Read a letter of the archive again, only for what else its fields may be; the archive does not change. Throws Problem. */
  async findCandidates() {
    const { data: bytes } = await get(`/v1/letters/${this.id}/source`, {}, { blob: true });
    const { data } = await upload("/v1/extract", [new File([bytes], this.name)], { query: { candidates: true } });
    this.letter.candidates = data.candidates;
    this.asked = true;
  }

  /** The plain value at a path. */
  value(path) {
    const node = this.at(path);
    return node !== null && typeof node === "object" && "value" in node ? node.value : node;
  }

  /** Correct one value; in the archive at once, else in this page until the letter is saved. Throws Problem. */
  async correct(path, value) {
    if (this.id) {
      const { data, etag } = await call("PATCH", `/v1/letters/${this.id}`, { json: { corrections: [{ field: path, value }] }, headers: { "If-Match": this.etag } });
      this.#take(data, etag);
      return;
    }
    const machine = this.edits.has(path) ? this.edits.get(path).machine : this.value(path);
    this.#put(path, value);
    this.edits.set(path, { value, machine });
  }

  /** A letter of the archive, with what is known of its citations and tasks. Throws Problem. */
  static async open(id, signal) {
    const [letter, references, tasks] = await Promise.all([
      get(`/v1/letters/${id}`, {}, { signal }), get(`/v1/letters/${id}/references`, {}, { signal }), get(`/v1/letters/${id}/tasks`, {}, { signal })]);
    // near-duplicates are a hint: a letter that the index does not have yet is shown without
    const { data: similar } = await get(`/v1/letters/${id}/similar`, { limit: 3 }, { signal }).catch(() => ({ data: { items: [] } }));
    const doc = new Doc({ letter: letter.data, id, etag: letter.etag });
    doc.#take(letter.data, letter.etag);
    doc.resolved = Object.fromEntries(references.data.items.filter((r) => r.letter).map((r) => [r.id, r.letter.id]));
    doc.twins = similar.items.filter((item) => item.score >= TWIN);
    doc.states = new Map(tasks.data.items.map((task) => [task.task, task]));
    return doc;
  }

  #take({ archive, ...letter }, etag) {
    // what was corrected back to the machine's value is no correction any more
    const candidates = this.letter?.candidates;
    this.letter = { ...letter, candidates };
    this.etag = etag;
    this.archive = archive;
    this.edits = new Map(archive.corrections.filter((c) => c.applied).map((c) => [c.path.replace(/\.value$/, ""), { value: c.value, machine: c.machine_value, who: c.who, at: c.at }]));
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
    if (this.id) return (await get(`/v1/letters/${this.id}/pages/${page.number}.png`, { width: 1400 }, { blob: true, signal })).data;
    const body = new FormData();
    body.append("file", this.file, this.file.name);
    return (await call("POST", "/v1/render", { body, blob: true, signal, query: { page: page.number, width: 1400, rotation: page.rotation } })).data;
  }
}
