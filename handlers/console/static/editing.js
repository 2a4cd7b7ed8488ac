// Says that a form is still open, and shows who else has it open: <div data-editing="/console/editing/KEY">.
import { post } from "./asking.js";

const AGAIN = 40000;

export function tellOfEditing() {
  document.querySelectorAll("[data-editing]").forEach(tell);
}

function tell(part) {
  const beat = window.setInterval(async () => {
    try {
      const answer = await post(part.dataset.editing);
      if (answer.ok) show(part, await answer.text());
      else window.clearInterval(beat);
    } catch {
      // The line is down for a moment: the next beat tells.
    }
  }, AGAIN);
}

// What says the same stays as it is: else it would be read out again at each beat.
function show(part, written) {
  const page = new DOMParser().parseFromString(written, "text/html");
  if (page.body.textContent.trim() === part.textContent.trim()) return;
  part.replaceChildren(...page.body.childNodes);
}
