"use strict";
// Everything a letter says is put on the page as text (textContent), never as HTML.

const TEXTS = {
  vi: {
    skip: "Đến kết quả", tagline: "Đọc văn bản hành chính, bản gõ và bản quét", drop: "Thả văn bản vào đây",
    kinds: "PDF, ảnh chụp, DOCX, DOC, RTF, ODT, HTML, thư điện tử hoặc văn bản thuần, kể cả phông TCVN3 và VNI", choose: "Chọn tệp", photo: "Chụp ảnh",
    sample1: "Thử bản gõ mẫu", sample2: "Thử bản quét mẫu", privacy: "Văn bản được đọc trên máy chủ này và không được lưu lại.", export: "Tải JSON",
    footer: "Kết quả do máy đọc: hãy kiểm tra những giá trị có độ tin cậy thấp.", reading: "Đang đọc", done: "Đã đọc xong", failed: "Không đọc được",
    fields: "Thể thức", addressees: "Kính gửi", recipients: "Nơi nhận", references: "Văn bản được viện dẫn", tasks: "Nhiệm vụ", none: "Không có", other: "English",
    due: "Hạn", who: "Giao", with: "phối hợp", pageFailed: "Không vẽ được trang này.", offline: "Không liên lạc được với máy chủ; hãy thử lại.",
    document_type: "Loại văn bản", identifier: "Số, ký hiệu", date: "Ngày ban hành", place: "Nơi ban hành", issuer: "Cơ quan ban hành", parent_body: "Cơ quan chủ quản",
    subject: "Trích yếu", urgency: "Độ khẩn", secrecy: "Độ mật", archive_note: "Lưu", "signer.authority": "Thẩm quyền ký", "signer.title": "Chức vụ", "signer.name": "Người ký",
  },
  en: {
    skip: "To the result", tagline: "Reads Vietnam's official letters, typed and scanned", drop: "Drop letters here",
    kinds: "PDF, photos, DOCX, DOC, RTF, ODT, HTML, e-mail or plain text, TCVN3 and VNI typefaces included", choose: "Choose files", photo: "Take a photo",
    sample1: "Try the typed sample", sample2: "Try the scanned sample", privacy: "Letters are read on this server and not kept.", export: "Download JSON",
    footer: "Read by a machine: check the values of low confidence.", reading: "Reading", done: "Read", failed: "Cannot be read",
    fields: "Fields", addressees: "Addressees", recipients: "Recipients", references: "Cited documents", tasks: "Tasks", none: "None", other: "Tiếng Việt",
    due: "Due", who: "For", with: "with", pageFailed: "This page cannot be drawn.", offline: "The server does not answer; try again.",
    document_type: "Type", identifier: "Number", date: "Date", place: "Place", issuer: "Issuer", parent_body: "Parent body", subject: "Subject", urgency: "Urgency",
    secrecy: "Secrecy", archive_note: "Archive", "signer.authority": "Authority", "signer.title": "Title", "signer.name": "Signer",
  },
};
const FIELDS = ["document_type", "identifier", "date", "place", "issuer", "parent_body", "subject", "urgency", "secrecy", "signer.authority", "signer.title", "signer.name", "archive_note"];
const LABELS = {
  tuyen_truyen: "tuyên truyền", trien_khai: "triển khai", phoi_hop: "phối hợp", tham_muu: "tham mưu", xay_dung_van_ban: "xây dựng văn bản", kiem_tra: "kiểm tra", bao_cao: "báo cáo",
  gop_y: "góp ý", cu_nguoi: "cử người", khen_thuong: "khen thưởng", kinh_phi: "kinh phí", ra_soat: "rà soát", giai_quyet: "giải quyết", dao_tao: "đào tạo", cung_cap: "cung cấp",
};
const LOW = 0.85;
let language = "vi";
let shown = null;

const $ = (id) => document.getElementById(id);
const t = (key) => TEXTS[language][key] || key;
function make(tag, className, text) {
  const element = document.createElement(tag);
  if (className) element.className = className;
  if (text !== undefined) element.textContent = text;
  return element;
}

function translate() {
  document.documentElement.lang = language;
  for (const element of document.querySelectorAll("[data-t]")) element.textContent = t(element.dataset.t);
  $("language").textContent = t("other");
  $("language").lang = language === "vi" ? "en" : "vi";
  if (shown) show(shown.file, shown.letter);
}

async function readAll(files) {
  for (const file of files) {
    const entry = make("li");
    const button = make("button", "", file.name);
    button.type = "button";
    button.disabled = true;
    const state = make("span", "why", `${t("reading")}…`);
    entry.append(button, state);
    $("queue").append(entry);
    $("status").textContent = `${t("reading")}: ${file.name}`;
    try {
      const body = new FormData();
      body.append("file", file, file.name);
      const started = performance.now();
      const answer = await fetch("/v1/extract", { method: "POST", body });
      const result = await answer.json();
      if (!answer.ok) throw new Error(`${result.title} ${result.detail === result.title ? "" : result.detail}`);
      state.textContent = `${t("done")} (${((performance.now() - started) / 1000).toFixed(1)} s)`;
      button.disabled = false;
      button.addEventListener("click", () => show(file, result));
      show(file, result);
    } catch (error) {
      entry.classList.add("bad");
      state.textContent = `${t("failed")}: ${error instanceof TypeError ? t("offline") : error.message}`;
    }
  }
  $("status").textContent = "";
}

// --- one letter ---------------------------------------------------------------------------------------------------------
function show(file, letter) {
  shown = { file, letter };
  $("result").hidden = false;
  document.body.classList.add("read");
  const number = letter.identifier ? letter.identifier.value : "";
  $("result-title").textContent = [letter.document_type && letter.document_type.value, number, letter.source.filename].filter(Boolean).join(" · ");
  const places = [];
  const form = $("form");
  form.replaceChildren();
  for (const warning of letter.warnings) form.append(make("p", "warning", warning.message));
  form.append(make("h3", "", t("fields")));
  for (const name of FIELDS) {
    const value = name.split(".").reduce((node, part) => node && node[part], letter);
    if (value) form.append(row(t(name), value, places));
  }
  for (const name of ["addressees", "recipients"]) {
    form.append(make("h3", "", t(name)));
    if (!letter[name].length) form.append(make("p", "quiet", t("none")));
    for (const item of letter[name]) form.append(row(item.purpose || item.note || "", item, places));
  }
  form.append(make("h3", "", t("tasks")));
  if (!letter.tasks.length) form.append(make("p", "quiet", t("none")));
  for (const task of letter.tasks) form.append(taskCard(task, places));
  form.append(make("h3", "", t("references")));
  if (!letter.references.length) form.append(make("p", "quiet", t("none")));
  for (const reference of letter.references) form.append(referenceCard(reference, places));
  view(file, letter, places);
}

function place(element, item, places) {
  const index = places.length;
  places.push({ span: item.span, page: item.page, box: item.box });
  element.dataset.place = index;
  element.addEventListener("mouseenter", () => activate(index, false));
  element.addEventListener("focus", () => activate(index, false));
  element.addEventListener("click", () => activate(index, true));
}

function row(label, value, places) {
  const element = make("button", value.confidence < LOW ? "row low" : "row");
  element.type = "button";
  element.append(make("span", "label", label), make("span", "", value.value), make("span", "sure", `${Math.round(value.confidence * 100)}%`));
  place(element, value, places);
  return element;
}

function taskCard(task, places) {
  const card = make("button", "card");
  card.type = "button";
  card.append(make("span", "", (task.item && /[\p{L}\d]/u.test(task.item) ? `${task.item}. ` : "") + task.text));
  const tags = make("span", "tags");
  if (task.deadline) tags.append(make("span", "tag due", `${t("due")}: ${task.deadline.date || task.deadline.text}${task.deadline.time ? ` ${task.deadline.time}` : ""}`));
  if (task.assignees.length) tags.append(make("span", "tag", `${t("who")}: ${task.assignees.map((a) => a.value).join("; ")}`));
  if (task.coordinators.length) tags.append(make("span", "tag", `${t("with")}: ${task.coordinators.map((a) => a.value).join("; ")}`));
  for (const type of task.types) tags.append(make("span", "tag", LABELS[type.label] || type.label));
  card.append(tags);
  place(card, task, places);
  return card;
}

function referenceCard(reference, places) {
  const card = make("button", "card");
  card.type = "button";
  card.append(make("strong", "", [reference.type, reference.identifier].filter(Boolean).join(" ")));
  card.append(make("span", "quiet", [reference.date, reference.issuer, reference.title].filter(Boolean).join(" · ")));
  place(card, reference.mentions[0] || {}, places);
  return card;
}

// --- the page at the left: pictures with boxes, or the text with its spans ------------------------------------------------
function view(file, letter, places) {
  const viewer = $("viewer");
  viewer.replaceChildren();
  const pictured = /^(application\/pdf|image\/)/.test(letter.source.media_type);
  if (!pictured) return viewer.append(marked(letter.text, places));
  for (const page of letter.pages) {
    const sheet = make("div", "page");
    const picture = make("img");
    picture.alt = `${letter.source.filename || ""} ${page.number}`;
    sheet.append(picture);
    viewer.append(sheet);
    draw(file, page).then((url) => {
      picture.src = url;
      picture.addEventListener("load", () => URL.revokeObjectURL(url), { once: true });
      places.forEach((p, index) => {
        if (!p.box || p.page !== page.number) return;
        const mark = make("button", "mark");
        mark.type = "button";
        mark.dataset.place = index;
        mark.tabIndex = -1;
        mark.style.left = `${(p.box[0] / page.width) * 100}%`;
        mark.style.top = `${(p.box[1] / page.height) * 100}%`;
        mark.style.width = `${((p.box[2] - p.box[0]) / page.width) * 100}%`;
        mark.style.height = `${((p.box[3] - p.box[1]) / page.height) * 100}%`;
        mark.addEventListener("click", () => activate(index, true));
        mark.addEventListener("mouseenter", () => activate(index, false));
        sheet.append(mark);
      });
    }, () => sheet.append(make("p", "quiet", t("pageFailed"))));
  }
}

async function draw(file, page) {
  const body = new FormData();
  body.append("file", file, file.name);
  const answer = await fetch(`/v1/render?page=${page.number}&width=1200&rotation=${page.rotation}`, { method: "POST", body });
  if (!answer.ok) throw new Error("no picture");
  return URL.createObjectURL(await answer.blob());
}

function marked(text, places) {
  const sheet = make("div", "text");
  const spans = places.map((p, index) => ({ span: p.span, index })).filter((p) => p.span).sort((a, b) => a.span[0] - b.span[0] || b.span[1] - a.span[1]);
  // spans are offsets in code points, as Python counts; the page counts UTF-16 units
  const points = Array.from(text);
  let at = 0;
  for (const { span, index } of spans) {
    if (span[0] < at) continue;
    sheet.append(points.slice(at, span[0]).join(""));
    const mark = make("mark", "", points.slice(span[0], span[1]).join(""));
    mark.dataset.place = index;
    mark.addEventListener("click", () => activate(index, true));
    sheet.append(mark);
    at = span[1];
  }
  sheet.append(points.slice(at).join(""));
  return sheet;
}

function activate(index, scroll) {
  for (const element of document.querySelectorAll("[data-place]")) {
    const active = Number(element.dataset.place) === index;
    element.classList.toggle("active", active);
    if (active && scroll) element.scrollIntoView({ block: "center", behavior: "smooth" });
  }
}

// --- ways in ----------------------------------------------------------------------------------------------------------------
$("language").addEventListener("click", () => { language = language === "vi" ? "en" : "vi"; translate(); });
for (const id of ["file", "camera"]) $(id).addEventListener("change", (event) => { readAll([...event.target.files]); event.target.value = ""; });
const drop = $("drop");
for (const name of ["dragover", "dragenter"]) document.addEventListener(name, (event) => { event.preventDefault(); drop.classList.add("over"); });
document.addEventListener("dragleave", () => drop.classList.remove("over"));
document.addEventListener("drop", (event) => { event.preventDefault(); drop.classList.remove("over"); readAll([...event.dataTransfer.files]); });
document.addEventListener("paste", (event) => { if (event.clipboardData.files.length) readAll([...event.clipboardData.files]); });
for (const button of document.querySelectorAll("[data-sample]")) {
  button.addEventListener("click", async () => {
    const answer = await fetch(`/samples/${button.dataset.sample}`);
    if (answer.ok) readAll([new File([await answer.blob()], button.dataset.sample, { type: "application/pdf" })]);
  });
}
$("export").addEventListener("click", () => {
  const link = make("a");
  link.href = URL.createObjectURL(new Blob([JSON.stringify(shown.letter, null, 1)], { type: "application/json" }));
  link.download = `${(shown.letter.source.filename || "van-ban").replace(/\.[^.]*$/, "")}.json`;
  link.click();
  URL.revokeObjectURL(link.href);
});
