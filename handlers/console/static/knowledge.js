// Looks ahead while knowledge is being written: lengths, warnings, the phone, the test box.
import { follow, quietly, weigh } from "./ahead.js";
import { swap } from "./asking.js";

const PAUSE = 700;

// Lengths as the server counts them: code points; a list counts its longest line.
function measure(meter) {
  const field = document.getElementById(meter.dataset.meter);
  const most = Number(meter.dataset.most);
  const lengths = ("each" in meter.dataset ? field.value.split("\n") : [field.value]).map((text) => [...text.trim()].length);
  const longest = Math.max(0, ...lengths);
  meter.textContent = meter.dataset.words.replace("#", longest);
  meter.classList.toggle("is-over", longest > most);
}

function measureAll() {
  document.querySelectorAll("[data-meter]").forEach((meter) => {
    document.getElementById(meter.dataset.meter)?.addEventListener("input", () => measure(meter));
    measure(meter);
  });
}

function lookAhead(form) {
  const checks = document.querySelector("[data-checks]");
  const address = `${form.dataset.checkedBy}?part=checks`;
  let waiting = 0;
  form.addEventListener("input", (event) => {
    if (event.target.name === "tried") return;
    window.clearTimeout(waiting);
    waiting = window.setTimeout(() => quietly(swap(checks, address, { body: new FormData(form) })), PAUSE);
  });
  document.querySelectorAll(".phone-sizes input").forEach((size) => size.addEventListener("input", (event) => event.stopPropagation()));
}

function tryOut(form) {
  const button = document.querySelector("[data-try]");
  const question = document.getElementById("tried");
  if (!button) return;
  const ask = async (event) => {
    event.preventDefault();
    const shown = document.querySelector("[data-tried]");
    await quietly(swap(shown, `${form.dataset.checkedBy}?part=tried`, { body: new FormData(form) }));
  };
  button.addEventListener("click", ask);
  question.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && !event.isComposing) ask(event);
  });
}

const form = document.querySelector("form[data-checked-by]");
measureAll();
if (form) {
  lookAhead(form);
  tryOut(form);
}
document.querySelectorAll("[data-progress]").forEach(follow);
document.querySelectorAll("[data-largest]").forEach(weigh);
