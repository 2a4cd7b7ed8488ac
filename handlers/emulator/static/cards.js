// Draws template messages: buttons, confirm, carousel, image carousel.

import { el } from "./dom.js";
import { picture } from "./flex.js";
import { tappable, wordsOf } from "./actions.js";

export function template(message) {
  const shape = message.template || {};
  const draw = { buttons: single, confirm: single, carousel, image_carousel: imageCarousel }[shape.type];
  if (!draw) return null;
  const node = draw(shape);
  node.setAttribute("role", "group");
  node.setAttribute("aria-label", message.altText || "");
  return node;
}

function single(shape) {
  return el("div", { class: "cards" }, card(shape, shape));
}

function carousel(shape) {
  const cards = el("div", { class: "cards many", tabindex: "0" });
  for (const column of shape.columns || []) cards.append(card(column, shape));
  return cards;
}

function card(column, shape) {
  const node = el("div", { class: "bubble template" });
  if (column.thumbnailImageUrl) node.append(thumb(column, shape));
  const words = el("div", { class: "words" });
  if (column.title) words.append(el("h4", { text: column.title }));
  words.append(column.text || "");
  node.append(words);
  if (column.defaultAction) node.append(tappable(column.defaultAction, { class: "fx-button link sm" }, wordsOf(column.defaultAction, "くわしく見る")));
  const choices = el("div", { class: shape.type === "confirm" ? "choices two" : "choices" });
  for (const action of column.actions || []) choices.append(tappable(action, { class: "fx-button link sm" }, wordsOf(action)));
  node.append(choices);
  return node;
}

function thumb(column, shape) {
  const fit = shape.imageSize === "contain" ? "contain" : "cover";
  const node = el("div", { class: shape.imageAspectRatio === "square" ? "thumb square" : "thumb" }, picture(column.thumbnailImageUrl, { fit }));
  if (/^#[0-9a-f]{6}$/i.test(column.imageBackgroundColor || "")) node.style.setProperty("background-color", column.imageBackgroundColor);
  return node;
}

function imageCarousel(shape) {
  const cards = el("div", { class: "cards many", tabindex: "0" });
  for (const column of shape.columns || []) {
    const node = el("div", { class: "bubble template" }, el("div", { class: "thumb square" }, picture(column.imageUrl, { fit: "cover" })));
    node.append(tappable(column.action, { class: "fx-button link sm" }, wordsOf(column.action)));
    cards.append(node);
  }
  return cards;
}
