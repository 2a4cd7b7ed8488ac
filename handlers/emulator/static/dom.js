// Builds elements from parts; text is always text, never markup.

export function el(tag, options = {}, ...children) {
  const node = document.createElement(tag);
  const { class: name, text, on, data, ...attributes } = options;
  if (name) node.className = name;
  if (text !== undefined && text !== null) node.textContent = String(text);
  for (const [key, value] of Object.entries(attributes)) {
    if (value === true) node.setAttribute(key, "");
    else if (value !== undefined && value !== null && value !== false) node.setAttribute(key, String(value));
  }
  for (const [event, listener] of Object.entries(on || {})) node.addEventListener(event, listener);
  for (const [key, value] of Object.entries(data || {})) node.dataset[key] = String(value);
  node.append(...children.filter((child) => child !== null && child !== undefined && child !== false));
  return node;
}

export const byId = (id) => document.getElementById(id);

let hiding = 0;
export function toast(words, link = null) {
  const place = byId("toast");
  place.replaceChildren(words, ...(link ? [" ", link] : []));
  place.hidden = false;
  clearTimeout(hiding);
  hiding = setTimeout(() => { place.hidden = true; }, link ? 12000 : 5000);
}
