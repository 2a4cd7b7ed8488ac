// Draws Flex messages: containers, boxes and components. Unknown parts become a labelled box.

import { el } from "./dom.js";
import { pictureSource } from "./links.js";
import { tappable, perform, wordsOf } from "./actions.js";

const WIDTHS = { nano: 120, micro: 160, deca: 220, hecto: 241, kilo: 260, mega: 300, giga: 386 };
const FONT = { xxs: 11, xs: 13, sm: 14, md: 16, lg: 19, xl: 22, xxl: 29, "3xl": 35, "4xl": 48, "5xl": 74 };
const SPACE = { none: 0, xs: 2, sm: 4, md: 8, lg: 12, xl: 16, xxl: 20 };
const BORDER = { none: 0, light: 0.5, normal: 1, medium: 2, "semi-bold": 3, bold: 4 };
const PICTURE = { xxs: 40, xs: 60, sm: 80, md: 100, lg: 120, xl: 140, xxl: 160, "3xl": 180, "4xl": 200, "5xl": 220 };
const DEPTH = 24;

const COLOUR = /^#([0-9a-f]{6}|[0-9a-f]{8})$/i;
const LENGTH = /^-?\d+(\.\d+)?(px|%)$/;

const colour = (value) => (COLOUR.test(value || "") ? value : "");
function length(value, words = SPACE) {
  if (value === undefined || value === null) return "";
  if (Object.hasOwn(words, value)) return `${words[value]}px`;
  return LENGTH.test(value) ? value : "";
}
function put(node, name, value) { if (value) node.style.setProperty(name, value); }

export function flex(message) {
  const contents = message.contents || {};
  const bubbles = contents.type === "carousel" ? contents.contents || [] : [contents];
  const cards = el("div", { class: bubbles.length > 1 ? "cards many" : "cards", role: "group", "aria-label": message.altText });
  if (bubbles.length > 1) cards.tabIndex = 0;
  for (const bubble of bubbles) cards.append(card(bubble || {}));
  return cards;
}

function card(bubble) {
  const node = el("div", { class: "bubble" });
  node.style.setProperty("width", `${WIDTHS[bubble.size] || WIDTHS.mega}px`);
  if (bubble.direction === "rtl") node.dir = "rtl";
  const paddings = { header: "20px", body: "20px", footer: "10px" };
  for (const part of ["header", "hero", "body", "footer"]) {
    if (!bubble[part]) continue;
    const block = component(bubble[part], "vertical", 0, paddings[part]);
    const holder = el("div", { class: `block ${part}-block` }, block);
    const style = (bubble.styles || {})[part] || {};
    put(holder, "background-color", colour(style.backgroundColor));
    if (style.separator) put(holder, "border-top", `1px solid ${colour(style.separatorColor) || "#d4d6da"}`);
    node.append(holder);
  }
  if (bubble.action) makeTappable(node, bubble.action);
  return node;
}

const DRAW = { box, button, image, icon, text, separator, filler, video };

function component(part, parent, depth, padding) {
  const draw = part && Object.hasOwn(DRAW, part.type) ? DRAW[part.type] : null;
  if (!draw || depth > DEPTH) return el("div", { class: "boxed", text: "表示できない部品" });
  const node = draw(part, parent, depth, padding);
  place(node, part, parent);
  return node;
}

function place(node, part, parent) {
  // How a component takes its room in the box around it.
  const across = parent !== "vertical";
  const grow = typeof part.flex === "number" ? part.flex : across && !["icon", "separator"].includes(part.type) ? 1 : 0;
  if (part.type !== "separator") {
    if (across) put(node, "flex", grow > 0 ? `${grow} 0 0` : "0 0 auto");
    else if (grow > 0) put(node, "flex", `${grow} 0 auto`);
  }
  if (part.type === "box" && (across ? part.width : part.height)) put(node, "flex", "0 0 auto");
  const gap = length(part.margin);
  if (gap) put(node, across ? "margin-inline-start" : "margin-block-start", gap);
  if (part.position === "absolute") put(node, "position", "absolute");
  else if (part.offsetTop || part.offsetStart || part.offsetBottom || part.offsetEnd) put(node, "position", "relative");
  put(node, "top", length(part.offsetTop));
  put(node, "bottom", length(part.offsetBottom));
  put(node, "inset-inline-start", length(part.offsetStart));
  put(node, "inset-inline-end", length(part.offsetEnd));
  if (parent === "horizontal" && part.gravity) {
    put(node, "align-self", { top: "flex-start", center: "center", bottom: "flex-end" }[part.gravity]);
  }
}

function box(part, parent, depth, padding) {
  const layout = ["horizontal", "vertical", "baseline"].includes(part.layout) ? part.layout : "vertical";
  const node = el("div", { class: `fx-box fx-${layout}` });
  put(node, "padding", length(part.paddingAll) || padding);
  put(node, "padding-block-start", length(part.paddingTop));
  put(node, "padding-block-end", length(part.paddingBottom));
  put(node, "padding-inline-start", length(part.paddingStart));
  put(node, "padding-inline-end", length(part.paddingEnd));
  put(node, "gap", length(part.spacing));
  put(node, "background-color", colour(part.backgroundColor));
  put(node, "border-radius", length(part.cornerRadius));
  const border = length(part.borderWidth, BORDER);
  if (border && border !== "0px") put(node, "border", `${border} solid ${colour(part.borderColor) || "#d4d6da"}`);
  for (const [name, value] of [["width", part.width], ["max-width", part.maxWidth], ["height", part.height], ["max-height", part.maxHeight]]) put(node, name, length(value));
  put(node, "justify-content", part.justifyContent);
  if (part.alignItems) put(node, "align-items", part.alignItems);
  gradient(node, part.background);
  for (const child of part.contents || []) node.append(component(child, layout, depth + 1));
  if (part.action) makeTappable(node, part.action);
  return node;
}

function gradient(node, background) {
  if (!background || background.type !== "linearGradient" || !/^\d+(\.\d+)?deg$/.test(background.angle || "")) return;
  const middle = colour(background.centerColor) ? `, ${background.centerColor} ${length(background.centerPosition) || "50%"}` : "";
  put(node, "background-image", `linear-gradient(${background.angle}, ${colour(background.startColor)}${middle}, ${colour(background.endColor)})`);
}

function makeTappable(node, action) {
  // A box that is tapped as a whole; what is tappable inside it stays so by itself.
  node.classList.add("tapped");
  node.tabIndex = 0;
  node.setAttribute("role", action.type === "uri" ? "link" : "button");
  const name = action.label || node.textContent;
  if (name) node.setAttribute("aria-label", name.slice(0, 200));
  const go = (event) => { event.stopPropagation(); perform(action); };
  node.addEventListener("click", go);
  node.addEventListener("keydown", (event) => {
    if (event.target === node && (event.key === "Enter" || event.key === " ")) { event.preventDefault(); go(event); }
  });
}

function button(part) {
  const style = ["primary", "secondary"].includes(part.style) ? part.style : "link";
  const node = tappable(part.action, { class: `fx-button ${style}${part.height === "sm" ? " sm" : ""}${part.scaling ? " scaling" : ""}` }, wordsOf(part.action));
  put(node, style === "link" ? "color" : "background-color", colour(part.color));
  return node;
}

function fontSize(part, scaling) {
  const size = length(part.size, FONT) || `${FONT.md}px`;
  return scaling ? `calc(${size} * var(--scale))` : size;
}

function lettering(node, part, scaling) {
  if (part.size || node.classList.contains("fx-text")) put(node, "font-size", fontSize(part, scaling));
  put(node, "color", colour(part.color));
  if (part.weight === "bold") put(node, "font-weight", "700");
  if (part.style === "italic") put(node, "font-style", "italic");
  if (["underline", "line-through"].includes(part.decoration)) put(node, "text-decoration", part.decoration);
}

function text(part) {
  const node = el("div", { class: "fx-text" });
  if (part.wrap) node.classList.add("wrap");
  if (part.maxLines > 0) { node.classList.add("clamp"); put(node, "-webkit-line-clamp", String(part.maxLines)); }
  lettering(node, part, part.scaling);
  put(node, "text-align", { start: "start", end: "end", center: "center" }[part.align]);
  if (length(part.lineSpacing)) put(node, "line-height", `calc(1.3em + ${part.lineSpacing})`);
  if (part.contents && part.contents.length) {
    for (const span of part.contents) {
      const piece = el("span", { text: span.text || "" });
      lettering(piece, span, part.scaling);
      node.append(piece);
    }
  } else node.textContent = part.text || "";
  if (part.action) makeTappable(node, part.action);
  return node;
}

function ratio(part, otherwise) {
  const found = /^(\d+(?:\.\d+)?):(\d+(?:\.\d+)?)$/.exec(part.aspectRatio || otherwise);
  return found ? `${found[1]} / ${found[2]}` : "1 / 1";
}

export function picture(url, { fit = "contain", alt = "" } = {}) {
  const source = pictureSource(url);
  const missing = () => el("span", { class: "missing", text: "画像" });
  if (!source) return missing();
  const node = el("img", { src: source, alt, loading: "lazy", on: { error: () => node.replaceWith(missing()) } });
  put(node, "object-fit", fit);
  return node;
}

function image(part) {
  const node = el("div", { class: "fx-image" }, picture(part.url, { fit: part.aspectMode === "cover" ? "cover" : "contain" }));
  put(node, "width", part.size === "full" ? "100%" : length(part.size, PICTURE) || `${PICTURE.md}px`);
  put(node, "aspect-ratio", ratio(part, "1:1"));
  put(node, "background-color", colour(part.backgroundColor));
  put(node, "align-self", { start: "flex-start", end: "flex-end" }[part.align] || "center");
  if (part.action) makeTappable(node, part.action);
  return node;
}

function icon(part) {
  const node = el("span", { class: "fx-image" }, picture(part.url));
  const size = fontSize(part, part.scaling);
  put(node, "height", size);
  put(node, "aspect-ratio", ratio(part, "1:1"));
  return node;
}

function separator(part) {
  const node = el("div", { class: "fx-separator", role: "presentation" });
  put(node, "background-color", colour(part.color));
  return node;
}

function filler() { return el("div", { "aria-hidden": "true" }); }

function video(part, parent, depth) {
  const node = el("div", {}, component(part.altContent, parent, depth + 1), el("p", { class: "boxed", text: "動画（ここでは再生しません）" }));
  return node;
}
