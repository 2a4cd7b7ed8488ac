// The waiting line by hand: drop somebody on another place, give the reason, done. The buttons ▲▼
// do the same by keyboard and without scripts.
const line = document.querySelector("[data-line]");
const drop = document.querySelector("[data-drop]");

function order(line, drop) {
  const said = document.querySelector("[data-dropped]");
  const reason = document.getElementById("reason");
  const people = () => [...line.querySelectorAll("[data-booking]")];
  let held = null;

  line.addEventListener("dragstart", (event) => {
    held = event.target.closest("[data-booking]");
    held?.classList.add("is-held");
    if (event.dataTransfer) event.dataTransfer.effectAllowed = "move";
  });
  line.addEventListener("dragover", (event) => {
    const over = event.target.closest("[data-booking]");
    if (!held || !over) return;
    event.preventDefault();
    people().forEach((one) => one.classList.toggle("is-over", one === over && one !== held));
  });
  line.addEventListener("drop", (event) => {
    const over = event.target.closest("[data-booking]");
    if (!held || !over) return;
    event.preventDefault();
    put(over);
  });
  line.addEventListener("dragend", () => {
    people().forEach((one) => one.classList.remove("is-over", "is-held"));
    held = null;
  });

  function put(over) {
    const before = people();
    const isDown = before.indexOf(over) > before.indexOf(held);
    over[isDown ? "after" : "before"](held);
    const place = people().indexOf(held) + 1;
    drop.value = `${held.dataset.booking}:${place}`;
    drop.disabled = false;
    said.textContent = said.dataset.words.replace("#", held.dataset.booking).replace("%", place);
    (reason.value ? drop : reason).focus();
  }
}

if (line && drop) order(line, drop);
