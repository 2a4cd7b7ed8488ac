// J and K walk through a list, Enter opens: <ul data-list> of <li data-item> with a link.
import { isTyping } from "./shortcuts.js";

export function walkLists() {
  const list = document.querySelector("[data-list]");
  if (!list) return;
  document.addEventListener("keydown", (event) => {
    if (isTyping(event) || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "j" || event.key === "J") step(list, 1);
    if (event.key === "k" || event.key === "K") step(list, -1);
  });
  list.addEventListener("focusin", (event) => mark(list, event.target.closest("[data-item]")));
}

function step(list, by) {
  const items = [...list.querySelectorAll("[data-item]")];
  if (!items.length) return;
  const at = items.findIndex((item) => item.classList.contains("is-at"));
  const next = items[Math.min(items.length - 1, Math.max(0, at + by))];
  // The link itself takes the focus, so that Enter opens it and a screen reader says it.
  (next.querySelector("a, button") ?? next).focus();
  next.scrollIntoView({ block: "nearest" });
}

function mark(list, item) {
  list.querySelectorAll(".is-at").forEach((one) => one.classList.remove("is-at"));
  item?.classList.add("is-at");
}
