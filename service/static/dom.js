// One helper: an element with attributes, handlers and children. Text goes in as text only.
export function el(name, attributes = {}, ...children) {
  const e = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (key === "text") e.textContent = value;
    else if (key.startsWith("on")) e[key] = value;
    else e.setAttribute(key, value);
  }
  e.append(...children);
  return e;
}
