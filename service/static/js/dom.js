// Building the page. Everything a letter says goes in as text, never as HTML.

export const $ = (id) => document.getElementById(id);

/** An element. `props`: class, data (dataset), on (listeners), style (custom properties and sizes); the rest are attributes. */
export function h(tag, props = {}, ...children) {
  const element = document.createElement(tag);
  set(element, props);
  element.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

function set(element, { class: name, data, on, style, ...attributes }) {
  if (name) element.setAttribute("class", name);
  for (const [key, value] of Object.entries(data || {})) element.dataset[key] = value;
  for (const [event, listener] of Object.entries(on || {})) element.addEventListener(event, listener);
  for (const [key, value] of Object.entries(style || {})) element.style.setProperty(key, value);
  for (const [key, value] of Object.entries(attributes)) {
    if (value === true) element.setAttribute(key, "");
    else if (value !== false && value !== null && value !== undefined) element.setAttribute(key, value);
  }
}

const SVG = "http://www.w3.org/2000/svg";

/** An SVG element. */
export function s(tag, attributes = {}, ...children) {
  const element = document.createElementNS(SVG, tag);
  set(element, attributes);
  element.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

const ICONS = {
  read: "M6 3h8l4 4v14H6z M14 3v4h4 M9 12h6 M9 16h6",
  archive: "M3 5h18v4H3z M5 9v10h14V9 M10 13h4",
  search: "M11 4a7 7 0 1 0 0 14a7 7 0 0 0 0-14z M16 16l5 5",
  tasks: "M4 6l1.5 1.5L8 5 M4 12l1.5 1.5L8 11 M4 18l1.5 1.5L8 17 M11 6h9 M11 12h9 M11 18h9",
  stats: "M4 20V10 M10 20V4 M16 20v-7 M22 20H2",
  key: "M7.5 8a4 4 0 1 0 0 8a4 4 0 0 0 0-8z M11.5 12H21 M17.5 12v3.5 M21 12v3",
  upload: "M12 16V4 M7 9l5-5 5 5 M4 16v4h16v-4",
  camera: "M4 8h4l2-3h4l2 3h4v11H4z M12 10a3.5 3.5 0 1 0 0 7a3.5 3.5 0 0 0 0-7z",
  edit: "M4 20l1-5L16 4l4 4L9 19z M13.5 6.5l4 4",
  warn: "M12 4L2.5 20h19z M12 10v4 M12 17v0",
  clock: "M12 3a9 9 0 1 0 0 18a9 9 0 0 0 0-18z M12 7v5l3.5 2",
  person: "M12 4a4 4 0 1 0 0 8a4 4 0 0 0 0-8z M4 21c0-4.5 3.6-7 8-7s8 2.5 8 7",
  plus: "M12 5v14 M5 12h14", minus: "M5 12h14", close: "M6 6l12 12 M18 6L6 18", check: "M4 12.5l5 5L20 6.5",
  next: "M9 5l7 7-7 7", back: "M15 5l-7 7 7 7", down: "M6 9l6 6 6-6",
  filter: "M3 5h18l-7 8v6l-4 2v-8z", download: "M12 4v12 M7 11l5 5 5-5 M4 20h16", graph: "M6 6a2.5 2.5 0 1 0 .01 0z M18 4a2.5 2.5 0 1 0 .01 0z M17 17a2.5 2.5 0 1 0 .01 0z M8.3 8l7-1.5 M8 9.5l7.5 8.5",
  trash: "M4 7h16 M9 7V4h6v3 M6 7l1 13h10l1-13", link: "M10 14a4 4 0 0 0 6 0l3-3a4 4 0 0 0-6-6l-1 1 M14 10a4 4 0 0 0-6 0l-3 3a4 4 0 0 0 6 6l1-1",
};

/** A line drawing; it says nothing to a screen reader. */
export function icon(name) {
  return s("svg", { class: "icon", viewBox: "0 0 24 24", "aria-hidden": "true" }, ...ICONS[name].split(" M").map((d, i) => s("path", { d: i ? `M${d}` : d })));
}

/** Say something to screen readers without moving the focus. */
export function announce(text) {
  const live = $("live");
  live.textContent = "";
  requestAnimationFrame(() => { live.textContent = text; });
}

/** A short message at the foot of the window; `action` = [label, function] offers to undo. */
export function toast(text, action = null, seconds = 6) {
  const message = h("div", {}, h("span", { class: "grow" }, text));
  if (action) message.append(h("button", { type: "button", on: { click: () => { message.remove(); action[1](); } } }, action[0]));
  $("toast").replaceChildren(message);
  announce(text);
  setTimeout(() => message.remove(), seconds * 1000);
}

export const loading = (text) => h("div", { class: "loading" }, h("span", { class: "spin" }), h("span", {}, text));

/** What is shown where there is nothing yet, and what to do about it. */
export const empty = (name, title, text, ...actions) =>
  h("div", { class: "empty" }, icon(name), h("h2", {}, title), h("p", {}, text), actions.length ? h("div", { class: "bar" }, ...actions) : null);

/** A modal question; the promise gives what `value` the pressed button has, or null. */
export function ask(title, text, ...choices) {
  return new Promise((resolve) => {
    const dialog = h("dialog", { "aria-labelledby": "ask-title" }, h("h2", { id: "ask-title" }, title), h("p", {}, text),
      h("form", { method: "dialog", class: "bar" }, ...choices.map(([label, value, kind]) => h("button", { class: `button ${kind || ""}`, value }, label))));
    dialog.addEventListener("close", () => { dialog.remove(); resolve(dialog.returnValue || null); });
    document.body.append(dialog);
    dialog.showModal();
  });
}

/** "công văn" at the head of a line: "Công văn". */
export const capital = (text) => (text ? text[0].toLocaleUpperCase("vi") + text.slice(1) : "");

export function download(name, blob) {
  const link = h("a", { href: URL.createObjectURL(blob), download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}
