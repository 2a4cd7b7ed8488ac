// Warns five minutes before the session ends; what is written stays on the page.
import { get, post } from "./asking.js";

const WARN = 300;

export function warnBeforeEnd() {
  const dialog = document.getElementById("session-ends");
  const { secondsLeft, stay } = document.body.dataset;
  if (!dialog || !stay) return;
  dialog.querySelector("[data-go-on]").addEventListener("click", async () => {
    wait(dialog, stay, await left(post(stay)));
  });
  wait(dialog, stay, Number(secondsLeft));
}

function wait(dialog, stay, seconds) {
  window.setTimeout(() => look(dialog, stay), Math.max(1, seconds - WARN) * 1000);
}

// Another tab may have gone on meanwhile: the server is asked, which prolongs nothing.
async function look(dialog, stay) {
  const seconds = await left(get(stay));
  if (seconds > WARN) {
    wait(dialog, stay, seconds);
    return;
  }
  document.dispatchEvent(new Event("console:save"));
  dialog.querySelector("[data-before]").hidden = seconds <= 0;
  dialog.querySelector("[data-after]").hidden = seconds > 0;
  if (!dialog.open) dialog.showModal();
  if (seconds > 0) window.setTimeout(() => look(dialog, stay), (seconds + 1) * 1000);
}

async function left(asked) {
  try {
    const answer = await asked;
    return answer.ok ? (await answer.json()).seconds_left : 0;
  } catch {
    return 0;
  }
}
