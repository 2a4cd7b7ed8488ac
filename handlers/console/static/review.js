// X picks or leaves the group at hand in the list; without scripts the boxes do the same.
import { isTyping } from "./shortcuts.js";

document.addEventListener("keydown", (event) => {
  if (event.key.toLowerCase() !== "x" || isTyping(event)) return;
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  document.querySelector(".is-at [data-pick]")?.click();
});
