// What forms that look ahead share: asking without complaint, following what moves, weighing files.
import { swap } from "./asking.js";

const LOOK_AGAIN = 1500;

export async function quietly(work) {
  try {
    return await work;
  } catch {
    return false;
  }
}

// While it moves, its part of the page is asked for again; an opened 中止 is not closed under a hand.
export async function follow(part) {
  while (part.querySelector("[data-moving]")) {
    await new Promise((go) => window.setTimeout(go, LOOK_AGAIN));
    if (part.querySelector("details[open]")) continue;
    if (!(await quietly(swap(part, part.dataset.progress)))) return;
  }
}

// A file that is too large is told before it travels.
export function weigh(input) {
  const fault = input.parentElement.querySelector("[data-file-fault]");
  input.addEventListener("change", () => {
    const isTooLarge = input.files[0] && input.files[0].size > Number(input.dataset.largest);
    fault.textContent = isTooLarge ? input.dataset.tooLarge : "";
    if (isTooLarge) input.value = "";
  });
}
