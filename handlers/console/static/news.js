// Looks ahead while an announcement is written, counts while its audience is chosen, follows its way.
import { follow, quietly, weigh } from "./ahead.js";
import { swap } from "./asking.js";

const PAUSE = 700;
const cutter = "Segmenter" in Intl ? new Intl.Segmenter("ja", { granularity: "grapheme" }) : null;

// Lengths as LINE counts them: UTF-16 units in texts, characters as one sees them in labels.
function length(text, unit) {
  const kept = text.trim();
  return unit === "graphemes" && cutter ? [...cutter.segment(kept)].length : kept.length;
}

function measure(meter) {
  const now = length(document.getElementById(meter.dataset.meter).value, meter.dataset.unit);
  meter.textContent = meter.dataset.words.replace("#", now);
  meter.classList.toggle("is-over", now > Number(meter.dataset.most));
}

function measureAll() {
  document.querySelectorAll("[data-meter]").forEach((meter) => {
    document.getElementById(meter.dataset.meter)?.addEventListener("input", () => measure(meter));
  });
}

// What is typed is shown again by the server after a pause; a chosen file stays where it is.
function showAgain(form, target, address) {
  let waiting = 0;
  form.addEventListener("input", () => {
    window.clearTimeout(waiting);
    waiting = window.setTimeout(() => {
      const body = new FormData(form);
      for (const [name, value] of [...body]) if (value instanceof File) body.delete(name);
      quietly(swap(target, `${address}?part=1`, { body }));
    }, PAUSE);
  });
}

measureAll();
const written = document.querySelector("form[data-looked-by]");
if (written) showAgain(written, document.querySelector("[data-phones]"), written.dataset.lookedBy);
const aimed = document.querySelector("form[data-counted-by]");
if (aimed) showAgain(aimed, document.querySelector("[data-reach]"), aimed.dataset.countedBy);
document.querySelectorAll("[data-progress]").forEach(follow);
document.querySelectorAll("[data-largest]").forEach(weigh);
