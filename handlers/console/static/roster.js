// Ticks on the roster count at once and are sent when they can be: through a lost connection, a
// closed page, and twice without harm. What is kept in the browser is booking numbers and ticks
// alone, and it is gone once everything was sent.
import { post } from "./asking.js";
import { PREFIX } from "./unsent.js";

const AGAIN = 10000;
const table = document.querySelector("[data-roster]");
const status = document.querySelector("[data-status]");

function open(table) {
  const key = `${PREFIX}${table.dataset.roster}`;
  const rows = new Map([...table.querySelectorAll("[data-tick]")].map((row) => [row.dataset.tick, row]));
  let unsent = read(key);
  let isSending = false;
  let waiting = 0;

  function keep() {
    if (Object.keys(unsent).length) localStorage.setItem(key, JSON.stringify(unsent));
    else localStorage.removeItem(key);
  }

  function paint() {
    rows.forEach((row, tick) => {
      const mark = unsent[tick] ?? row.dataset.mark;
      row.classList.toggle("is-unsent", tick in unsent);
      row.querySelectorAll("[data-say]").forEach((button) => {
        if (button.dataset.say === "none") button.hidden = mark === "none";
        else button.setAttribute("aria-pressed", String(button.dataset.say === mark));
      });
    });
  }

  function say(words, isWaiting) {
    status.textContent = words;
    status.classList.toggle("is-waiting", isWaiting);
  }

  function sayWaiting(words = status.dataset.waits) {
    say(words.replace("#", Object.keys(unsent).length), true);
  }

  async function send() {
    const sent = { ...unsent };
    if (isSending || !Object.keys(sent).length) return;
    isSending = true;
    window.clearTimeout(waiting);
    const body = new FormData();
    Object.entries(sent).forEach(([tick, mark]) => body.append("tick", `${tick}:${mark}`));
    try {
      const answer = await post(table.dataset.address, body);
      if (answer.ok) settle(sent, (await answer.json()).settled);
      else sayWaiting(answer.status < 500 ? status.dataset.ended : undefined);
    } catch {
      sayWaiting();
    } finally {
      isSending = false;
    }
    if (Object.keys(unsent).length) waiting = window.setTimeout(send, AGAIN);
  }

  // Another tick may have been set while this one travelled: only what was sent is settled.
  function settle(sent, settled) {
    let isRefused = false;
    settled.forEach(({ tick, kept }) => {
      if (kept && rows.has(tick)) rows.get(tick).dataset.mark = sent[tick];
      if (unsent[tick] === sent[tick]) delete unsent[tick];
      isRefused ||= !kept;
    });
    keep();
    paint();
    say(isRefused ? status.dataset.refused : status.dataset.allSent, isRefused);
  }

  table.addEventListener("click", (event) => {
    const button = event.target.closest("[data-say]");
    if (!button) return;
    event.preventDefault();
    unsent = { ...unsent, [button.closest("[data-tick]").dataset.tick]: button.dataset.say };
    // The button that takes the tick away hides itself: focus stays in the row.
    if (button.dataset.say === "none") button.parentElement.querySelector("button").focus();
    keep();
    paint();
    send();
  });
  window.addEventListener("online", send);
  paint();
  if (Object.keys(unsent).length) sayWaiting();
  send();
}

function read(key) {
  try {
    return JSON.parse(localStorage.getItem(key)) ?? {};
  } catch {
    return {};
  }
}

if (table && status) open(table);
