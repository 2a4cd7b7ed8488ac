// Makes the console quicker to work with; every page works without it.
import { keepDrafts } from "./autosave.js";
import { tellOfEditing } from "./editing.js";
import { walkLists } from "./lists.js";
import { warnBeforeEnd } from "./session.js";
import { listenForShortcuts } from "./shortcuts.js";
import { guardSignOut } from "./unsent.js";

document.documentElement.classList.add("has-script");
document.querySelector("[data-focus]")?.focus();
document.querySelectorAll("[data-print]").forEach((button) => {
  button.addEventListener("click", () => window.print());
});
// A second press while the first is under way would only be refused.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method !== "post" || event.defaultPrevented) return;
  if (form.dataset.sent) event.preventDefault();
  form.dataset.sent = "1";
  window.setTimeout(() => delete form.dataset.sent, 4000);
});
window.addEventListener("pageshow", () => {
  document.querySelectorAll("[data-sent]").forEach((form) => delete form.dataset.sent);
});

guardSignOut();
// 元に戻す stands for ten seconds, and longer while somebody is at it.
document.querySelectorAll("[data-undo]").forEach(function wait(form) {
  window.setTimeout(() => {
    if (form.matches(":hover, :focus-within")) wait(form);
    else form.remove();
  }, 10000);
});

keepDrafts();
tellOfEditing();
walkLists();
warnBeforeEnd();
listenForShortcuts();
