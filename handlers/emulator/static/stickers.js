// Stickers of our own: a word in a dashed shape; the app's stickers are only named.

import { el } from "./dom.js";

export const STICKERS = [
  ["1", "round-shape", "いいね"], ["2", "leaf-shape", "うれしい"], ["3", "round-shape", "おねがい"],
  ["4", "square-shape", "わからない"], ["5", "leaf-shape", "おめでとう"], ["6", "square-shape", "こまった"],
  ["7", "leaf-shape", "ありがとう"], ["8", "round-shape", "ひとやすみ"],
];

export function stickerPicture(message) {
  const ours = message.packageId === "1" ? STICKERS.find(([id]) => id === message.stickerId) : null;
  if (ours) return el("div", { class: `stickered ${ours[1]}`, role: "img", "aria-label": `スタンプ：${ours[2]}`, text: ours[2] });
  const small = el("small", { text: `スタンプ ${message.packageId || ""}-${message.stickerId || ""}` });
  return el("div", { class: "stickered" }, small);
}

export function stickerEvent(id) {
  const [, , keyword] = STICKERS.find(([known]) => known === id);
  const message = { type: "sticker", packageId: "1", stickerId: id, stickerResourceType: "STATIC", keywords: [keyword] };
  return { type: "message", message };
}
