// One letter: pages with boxes (or the text with its spans) at the left, the form at the right; hover and click go both ways.
import { t, code, day } from "./words.js";
import { el } from "./dom.js";
import { headers } from "./app.js";

const LOW = 0.75;
const fields = ["document_type", "identifier", "date", "place", "parent_body", "issuer", "subject", "urgency", "secrecy"];

function shown(name, field) { return name === "date" ? day(field.value) : code(field.value); }

function itemsOf(x) {
  const items = [];
  const put = (kind, key, value, field, more = {}) => items.push({ id: items.length, kind, label: t(key), value, sure: field.confidence, candidates: field.candidates,
    places: (more.places ?? [field]).filter((p) => p.span), ...more });
  for (const name of fields) if (x[name]) put("head", name, shown(name, x[name]), x[name], { group: "fields" });
  for (const a of x.addressees) put("people", "addressee", a.value, a, { group: "people" });
  for (const r of x.recipients) put("people", "recipient", [r.value, r.purpose && `(${r.purpose})`, r.note].filter(Boolean).join(" "), r, { group: "people" });
  if (x.archive_note) put("people", "archive_note", x.archive_note.value, x.archive_note, { group: "people" });
  for (const [part, key] of [["authority", "authority"], ["title", "signer_title"], ["name", "name"]]) if (x.signer[part]) put("sign", key, x.signer[part].value, x.signer[part], { group: "signer" });
  for (const task of x.tasks) put("task", "task", task.text, task, { group: "tasks", task });
  for (const r of x.references) put("cite", "ref", [r.type, r.identifier].filter(Boolean).join(" ") || r.text, r, { group: "refs", ref: r, places: r.mentions });
  return items;
}

export function showLetter(root, job) {
  const x = job.letter;
  const items = itemsOf(x);
  const paged = /^(application\/pdf|image\/)/.test(x.source.media_type) && x.pages.length > 0;
  const paper = el("div", { class: "paper", tabindex: "0", role: "region", "aria-label": paged ? t("image") : t("text") });
  const view = el("div");
  const light = (item, on, scroll) => {
    for (const e of root.querySelectorAll(`[data-i="${item.id}"]`)) e.classList.toggle("on", on);
    const first = scroll && view.querySelector(`[data-i="${item.id}"]`);
    if (first) {
      const at = first.getBoundingClientRect().top - paper.getBoundingClientRect().top + paper.scrollTop;
      paper.scrollTo({ top: Math.max(0, at - paper.clientHeight / 3) });
    }
  };
  const wire = (e, item, from) => {
    e.dataset.i = item.id;
    e.onmouseenter = () => light(item, true);
    e.onmouseleave = () => light(item, false);
    e.onfocus = () => light(item, true, from === "form");
    e.onblur = () => light(item, false);
    e.onclick = () => {
      light(item, true, from === "form");
      if (from === "page") { const row = root.querySelector(`.item[data-i="${item.id}"]`); row.scrollIntoView({ block: "center", behavior: "smooth" }); row.focus({ preventScroll: true }); }
    };
    return e;
  };
  const zones = el("input", { type: "checkbox" });
  const mode = (name) => el("button", { text: t(name), onclick: () => draw(name) });
  const buttons = { image: mode("image"), text: mode("text") };
  function draw(name) {
    for (const [key, b] of Object.entries(buttons)) b.setAttribute("aria-pressed", String(key === name));
    zones.parentElement.hidden = name === "text";
    if (name === "text") view.replaceChildren(textView(x, items, wire));
    else view.replaceChildren(...x.pages.map((p) => pageView(job, x, p, items, wire, zones.checked)));
  }
  zones.onchange = () => draw("image");
  paper.append(el("div", { class: "bar" }, ...(paged ? [buttons.image] : []), buttons.text, el("label", {}, zones, t("zones"))), view);
  draw(paged ? "image" : "text");
  root.replaceChildren(el("div", { class: "letter" }, paper, el("div", {}, ...form(x, job, items, wire))));
}

function pageView(job, x, page, items, wire, withZones) {
  const sheet = el("div", { class: "page", "aria-label": `${t("pages")} ${page.number}` });
  sheet.style.aspectRatio = `${page.width} / ${page.height}`;
  const put = (e, box) => {
    const [x0, y0, x1, y1] = box;
    Object.assign(e.style, { left: `${100 * x0 / page.width}%`, top: `${100 * y0 / page.height}%`, width: `${100 * (x1 - x0) / page.width}%`, height: `${100 * (y1 - y0) / page.height}%` });
    sheet.append(e);
  };
  picture(job, page).then((url) => sheet.prepend(el("img", { src: url, alt: `${t("pages")} ${page.number}` })), () => sheet.prepend(el("p", { class: "none", text: t("noPicture") })));
  if (withZones) for (const s of x.segments) if (s.page === page.number && s.box) put(el("div", { class: "zone", title: s.zone }), s.box);
  const area = ([a, b, c, d]) => (c - a) * (d - b);
  const places = items.flatMap((item) => item.places.filter((p) => p.page === page.number && p.box?.length === 4).map((p) => [item, p.box]));
  for (const [item, box] of places.sort((a, b) => area(b[1]) - area(a[1]))) put(wire(el("button", { class: `box ${item.kind}`, tabindex: "-1", "aria-label": `${item.label}: ${item.value}`, title: `${item.label}: ${item.value}` }), item, "page"), box);
  return sheet;
}

async function picture(job, page) {
  job.pictures ??= new Map();
  if (!job.pictures.has(page.number)) job.pictures.set(page.number, (async () => {
    const form = new FormData();
    form.append("file", job.file, job.file.name);
    const answer = await fetch(`/v1/render?page=${page.number}&width=1400&rotation=${page.rotation}`, { method: "POST", body: form, headers: headers() });
    if (!answer.ok) throw new Error(String(answer.status));
    return URL.createObjectURL(await answer.blob());
  })());
  return job.pictures.get(page.number);
}

function textView(x, items, wire) {
  const chars = [...x.text];  // spans count code points, not UTF-16 units
  const places = items.flatMap((item) => item.places.map((p) => ({ item, from: p.span[0], to: p.span[1] }))).sort((a, b) => (a.to - a.from) - (b.to - b.from));
  const cuts = [...new Set([0, chars.length, ...places.flatMap((p) => [p.from, p.to])])].filter((c) => c <= chars.length).sort((a, b) => a - b);
  const box = el("div", { class: "text" });
  for (let k = 0; k + 1 < cuts.length; k++) {
    const piece = chars.slice(cuts[k], cuts[k + 1]).join("");
    const over = places.find((p) => p.from <= cuts[k] && p.to >= cuts[k + 1]);
    box.append(over ? wire(el("mark", { class: over.item.kind, title: over.item.label, text: piece }), over.item, "page") : piece);
  }
  return box;
}

function row(item, wire, ...more) {
  const low = item.sure !== undefined && item.sure < LOW;
  const percent = item.sure === undefined ? "" : `${Math.round(item.sure * 100)}%`;
  const note = item.places.length ? "" : ` · ${t("inferred")}`;
  return wire(el("button", { class: `item ${item.kind}${low ? " low" : ""}` },
    el("span", { class: "l" }, el("span", { text: item.label + note }), el("span", { class: "sure", text: low ? `${percent} · ${t("check")}` : percent })), el("span", { class: "v", text: item.value }), ...more), item, "form");
}

function due(deadline) {
  if (!deadline) return el("span", { class: "chip", text: t("noDeadline") });
  if (!deadline.date) return el("span", { class: "chip due", text: deadline.text });
  const days = Math.round((Date.parse(deadline.date) - Date.parse(new Date().toLocaleDateString("sv"))) / 864e5);
  const words = days < 0 ? t("late", -days) : days === 0 ? t("today") : t("left", days);
  return el("span", { class: `chip ${days < 0 ? "late" : "due"}`, title: deadline.text, text: `${day(deadline.date)} · ${words}` });
}

function taskMore(task) {
  const line = (key, names) => names.length ? [el("span", { class: "m", text: `${t(key)}: ${names.join("; ")}` })] : [];
  return [...line("by", task.assignees.map((a) => a.value)), ...line("with", task.coordinators.map((a) => a.value)), ...line("report", task.report_to ? [[task.report_to.name, task.report_to.email].filter(Boolean).join(", ")] : []),
    el("span", {}, due(task.deadline), ...task.types.map((k) => el("span", { class: "chip", text: code(k.label) })))];
}

function refMore(r) {
  const facts = [day(r.date), r.issuer].filter(Boolean).join(" · ");
  return [...(facts ? [el("span", { class: "m", text: facts })] : []), ...(r.title ? [el("span", { class: "m", text: r.title })] : []), el("span", {}, el("span", { class: "chip", text: code(r.relation) }), ...r.pinpoints.map((p) => el("span", { class: "chip", text: p })))];
}

function form(x, job, items, wire) {
  const group = (name) => items.filter((i) => i.group === name);
  const card = (name, rows, none) => rows.length || none ? [el("section", { class: "card", "aria-label": t(name) }, el("h2", {}, t(name), el("span", { text: rows.length > 1 ? String(rows.length) : "" })), ...(rows.length ? rows : [el("p", { class: "empty", text: none })]))] : [];
  const chips = [x.document_type && el("span", { class: "chip", text: x.document_type.value }), x.urgency && el("span", { class: "chip hot", text: code(x.urgency.value) }), x.secrecy && el("span", { class: "chip hot", text: code(x.secrecy.value) }),
    el("span", { class: "chip", text: t(`origin_${x.source.text_origin}`) }), el("span", { class: "chip", text: job.file.name })].filter(Boolean);
  const copy = el("button", { text: t("copy"), onclick: async () => { await navigator.clipboard.writeText(summary(x)); copy.textContent = t("copied"); } });
  return [
    el("section", { class: "card title" }, ...chips, el("h1", { text: x.subject?.value ?? t("noSubject") }), el("p", { class: "small", text: [x.identifier?.value, day(x.date?.value), x.issuer?.value].filter(Boolean).join(" · ") }),
      el("div", { class: "row" }, el("button", { class: "main", text: t("json"), onclick: () => save(x, job) }), copy)),
    ...(x.warnings.length ? [el("section", { class: "card warnings", role: "note" }, el("h2", { text: t("warnings") }), el("ul", {}, ...x.warnings.map((w) => el("li", { text: (w.page ? `${t("pages")} ${w.page}: ` : "") + w.message }))))] : []),
    ...card("fields", group("fields").map((i) => row(i, wire))),
    ...card("tasks", group("tasks").map((i) => row(i, wire, ...taskMore(i.task))), t("noTasks")),
    ...card("refs", group("refs").map((i) => row(i, wire, ...refMore(i.ref))), t("noRefs")),
    ...card("people", group("people").map((i) => row(i, wire))), ...card("signer", group("signer").map((i) => row(i, wire))),
  ];
}

function summary(x) {
  return [x.identifier?.value, day(x.date?.value), x.issuer?.value, x.subject?.value, ...x.tasks.map((k) => `- ${k.text}${k.deadline ? ` (${k.deadline.text})` : ""}`)].filter(Boolean).join("\n");
}

function save(x, job) {
  const url = URL.createObjectURL(new Blob([JSON.stringify(x, null, 2)], { type: "application/json" }));
  el("a", { href: url, download: `${job.file.name.replace(/\.[^.]*$/, "")}.json` }).click();
  setTimeout(() => URL.revokeObjectURL(url), 1000);
}
