// "/" goes to the search, "?" shows the keys. No key works while someone is typing.
export function isTyping(event) {
  return Boolean(event.target.closest?.("input, textarea, select, [contenteditable], dialog"));
}

export function listenForShortcuts() {
  const dialog = document.getElementById("shortcuts");
  document.addEventListener("keydown", (event) => {
    if (isTyping(event) || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "/") {
      const search = document.querySelector("main [data-search]") ?? document.querySelector("[data-search]");
      if (search) {
        event.preventDefault();
        search.focus();
      }
    }
    if (event.key === "?") dialog?.showModal();
  });
  document.querySelectorAll("[data-show-shortcuts]").forEach((button) => {
    button.addEventListener("click", () => dialog?.showModal());
  });
}
