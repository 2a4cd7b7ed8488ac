// Keeps what is being written: <form data-draft="/console/drafts/KEY"> with a <p data-saved>.
import { post } from "./asking.js";

const PAUSE = 1500;

export function keepDrafts() {
  document.querySelectorAll("form[data-draft]").forEach(keep);
}

function keep(form) {
  const said = form.querySelector("[data-saved]");
  let waiting = 0;
  let isSaving = false;
  let isChanged = false;

  // Keeping counts as using the session: without a change since, nothing is sent, else a page
  // that somebody left open would keep itself signed in.
  async function save() {
    if (!isChanged) return;
    if (isSaving) {
      waiting = window.setTimeout(save, PAUSE);
      return;
    }
    isSaving = true;
    isChanged = false;
    try {
      const written = new FormData(form);
      // A chosen file travels once, with the form itself.
      for (const [name, value] of [...written]) if (value instanceof File) written.delete(name);
      const answer = await post(form.dataset.draft, written);
      const { words } = await answer.json();
      if (said) said.textContent = words;
    } catch {
      isChanged = true;
      if (said) said.textContent = said.dataset.failed ?? "";
      waiting = window.setTimeout(save, 10000);
    } finally {
      isSaving = false;
    }
  }

  form.addEventListener("input", () => {
    isChanged = true;
    window.clearTimeout(waiting);
    waiting = window.setTimeout(save, PAUSE);
  });
  form.addEventListener("submit", () => window.clearTimeout(waiting));
  document.addEventListener("console:save", save);
}
