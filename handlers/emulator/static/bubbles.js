// Draws one line of the chat: whatever kind of message, safely.

import { el } from "./dom.js";
import { link, tappable, wordsOf } from "./actions.js";
import { flex, picture } from "./flex.js";
import { template } from "./cards.js";
import { piecesOf } from "./links.js";
import { stickerPicture } from "./stickers.js";

const NOTES = { followed: "友だちに追加しました", unblocked: "ブロックをやめました", blocked: "ブロックしました", joined: "グループに入りました" };
const KINDS = { video: "動画", audio: "音声", file: "ファイル", coupon: "クーポン", imagemap: "画像のボタン", location: "場所", template: "ボタン", flex: "カード" };
const BROAD = new Set(["flex", "template", "imagemap"]);

export function altText(message) {
  // What a notification or a screen reader gets: the alt text, or the words themselves.
  if (message.altText) return String(message.altText);
  if (typeof message.text === "string") return message.text;
  if (message.type === "sticker") return "スタンプ";
  if (message.type === "image") return "写真";
  return KINDS[message.type] || "メッセージ";
}

export function drawLine(line, own) {
  const node = el("li", { class: `line ${line.from}`, data: { id: line.id } });
  if (line.from === "system") {
    node.append(el("span", { class: "note", text: NOTES[line.message.note] || "" }));
    return node;
  }
  const broad = BROAD.has(line.message.type);
  const body = el("div", { class: broad ? "body broad" : "body" }, el("span", { class: "vh", text: line.from === "account" ? "アカウント：" : "自分：" }));
  if (line.message.sender?.name) body.append(el("div", { class: "sender", text: line.message.sender.name }));
  body.append(line.unsent ? el("p", { class: "note", text: "メッセージを取り消しました" }) : draw(line.message, line));
  const stamp = stampOf(line);
  if (line.from === "resident") node.append(own(line, body) || "", stamp, body);
  else node.append(body, broad ? "" : stamp);
  return node;
}

function stampOf(line) {
  const at = new Date(line.at);
  const time = at.toLocaleTimeString("ja-JP", { hour: "2-digit", minute: "2-digit", timeZone: "Asia/Tokyo" });
  const stamp = el("span", { class: "stamp" });
  if (line.edited) stamp.append(el("span", { class: "tag", text: "直しました" }));
  if (line.via === "push" || line.via === "multicast" || line.via === "broadcast" || line.via === "narrowcast") stamp.append(el("span", { class: "tag", text: "お知らせ" }));
  stamp.append(el("time", { datetime: line.at, text: time }));
  return stamp;
}

function draw(message, line) {
  switch (message.type) {
    case "text": return said(message.text);
    case "textV2": return said(substituted(message));
    case "flex": return flex(message);
    case "template": return template(message) || labelled(message);
    case "sticker": return stickerPicture(message);
    case "image": return photo(message, line);
    case "imagemap": return imagemap(message);
    case "location": return location(message);
    default: return labelled(message);
  }
}

function said(text) {
  const node = el("div", { class: "said" });
  for (const piece of piecesOf(String(text ?? ""))) {
    if (!piece.uri) { node.append(piece.text); continue; }
    const anchor = link(piece.uri, { class: piece.uri.startsWith("tel:") ? "tel" : "" });
    anchor.textContent = piece.text;
    node.append(anchor);
  }
  return node;
}

function substituted(message) {
  const parts = message.substitution || {};
  return String(message.text || "").replace(/\{\{|\}\}|\{(\w{1,20})\}/g, (whole, key) => {
    if (!key) return whole[0];
    return parts[key]?.type === "mention" ? "@だれか" : "□";
  });
}

function photo(message, line) {
  if (line.from === "resident") {
    const sent = el("img", { class: "picture", src: `/_emulator/content/${encodeURIComponent(line.id)}`, alt: "送った写真" });
    sent.addEventListener("error", () => sent.replaceWith(el("div", { class: "boxed", text: "写真" })));
    return sent;
  }
  return el("div", { class: "picture fx-image" }, picture(message.previewImageUrl, { alt: "画像" }));
}

function location(message) {
  const box = el("div", { class: "boxed" }, el("b", { text: "場所" }), `${message.title || ""}`);
  box.append(el("div", { text: message.address || "" }));
  return box;
}

function imagemap(message) {
  const box = el("div", { class: "boxed" }, el("b", { text: "画像のボタン" }), String(message.altText || ""));
  const choices = el("div", { class: "choices" });
  (message.actions || []).forEach((action, at) => {
    const plain = action.type === "uri" ? { type: "uri", uri: action.linkUri, label: action.label } : { type: action.type, text: action.text, label: action.label, clipboardText: action.clipboardText };
    choices.append(tappable(plain, { class: "fx-button link sm" }, wordsOf(plain, `ボタン${at + 1}`)));
  });
  box.append(choices);
  return box;
}

function labelled(message) {
  const kind = Object.hasOwn(KINDS, message.type) ? KINDS[message.type] : "この画面では表示できないメッセージ";
  const words = message.altText || message.fileName || message.text || "";
  return el("div", { class: "boxed" }, el("b", { text: kind }), String(words));
}
