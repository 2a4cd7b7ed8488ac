// Shows new messages of an open conversation every few seconds; what is being written stays.
import { get } from "./asking.js";

const EVERY = 4000;
const lines = document.querySelector("[data-lines]");

async function look() {
  try {
    const answer = await get(lines.dataset.lines);
    if (!answer.ok) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    if (page.body.textContent.trim() !== lines.textContent.trim()) {
      lines.replaceChildren(...page.body.childNodes);
    }
  } catch {
    // The next look may reach the server again.
  }
}

if (lines) {
  window.setInterval(() => {
    if (!document.hidden) look();
  }, EVERY);
}
