// The rich menu at the foot of the chat: a picture with areas to tap, opened and closed by its bar.

import { byId, el } from "./dom.js";
import { tappable, wordsOf } from "./actions.js";

let shown = null;

export function showMenu(menu) {
  const place = byId("richmenu");
  if ((menu && menu.richMenuId) === shown) return;
  shown = menu ? menu.richMenuId : null;
  place.hidden = !menu;
  if (!menu) return;
  const picture = byId("menu-picture");
  picture.replaceChildren(el("img", { src: menu.picture, alt: "" }), ...menu.areas.map((area, at) => areaOf(area, at, menu.size)));
  open(Boolean(menu.selected), menu.chatBarText);
  byId("menu-bar").onclick = () => open(picture.hidden, menu.chatBarText);
}

function open(wanted, words) {
  byId("menu-picture").hidden = !wanted;
  const bar = byId("menu-bar");
  bar.setAttribute("aria-expanded", String(wanted));
  bar.textContent = `${words} ${wanted ? "▼" : "▲"}`;
}

function areaOf(area, at, size) {
  const name = wordsOf(area.action, `メニュー${at + 1}`);
  const node = tappable(area.action, { class: "area", "aria-label": name, title: name });
  const share = (part, whole) => `${(100 * part) / whole}%`;
  node.style.setProperty("left", share(area.bounds.x, size.width));
  node.style.setProperty("top", share(area.bounds.y, size.height));
  node.style.setProperty("width", share(area.bounds.width, size.width));
  node.style.setProperty("height", share(area.bounds.height, size.height));
  return node;
}
