// Beside the phone: the clock, the faults to order, and the log with its verdicts.

import { get, post, remove, Refusal } from "./api.js";
import { byId, el, toast } from "./dom.js";

const SHOWN = 150;
let next = 0;

export function startPanel() {
  byId("clock-buttons").addEventListener("click", async (event) => {
    const seconds = event.target.dataset.advance;
    if (seconds === undefined) return;
    showClock(await post("clock", seconds === "0" ? { reset: true } : { advance_seconds: Number(seconds) }));
  });
  byId("clock-form").addEventListener("submit", async (event) => {
    event.preventDefault();
    showClock(await post("clock", { at: new Date(`${byId("clock-at").value}:00+09:00`).toISOString() }));
  });
  byId("fault-form").addEventListener("submit", orderFault);
  byId("latency").addEventListener("change", (event) => post("latency", { ms: Number(event.target.value) }));
  const toggle = byId("panel-toggle");
  const setOpen = (wanted) => {
    byId("panel").hidden = !wanted;
    document.body.classList.toggle("panel-open", wanted);
    toggle.setAttribute("aria-expanded", String(wanted));
    toggle.textContent = wanted && matchMedia("(max-width: 899px)").matches ? "とじる" : "記録";
  };
  toggle.addEventListener("click", () => setOpen(byId("panel").hidden));
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !byId("panel").hidden && matchMedia("(max-width: 899px)").matches) { setOpen(false); toggle.focus(); }
  });
  setOpen(matchMedia("(min-width: 900px)").matches);
  firstLog().then(() => repeat());
}

async function firstLog() {
  const state = await get("state");
  next = Math.max(0, state.log - SHOWN);
  byId("latency").value = String(state.latency_ms);
}

async function repeat() {
  try {
    if (!byId("panel").hidden && !document.hidden) {
      const [log, clock, faults] = await Promise.all([get(`log?since=${next}&limit=500`), get("clock"), get("faults")]);
      next = log.next;
      showLog(log.entries);
      showClock(clock);
      showFaults(faults.faults);
    }
  } catch { /* the emulator is away; the next turn tries again */ }
  setTimeout(repeat, 1000);
}

function showClock(clock) {
  const words = new Date(clock.civil).toLocaleString("ja-JP", { dateStyle: "full", timeStyle: "medium", timeZone: "Asia/Tokyo" });
  byId("civil").textContent = clock.offset_seconds ? `${words}（うごかした時計）` : words;
}

async function orderFault(event) {
  event.preventDefault();
  const endpoint = byId("fault-endpoint").value;
  const order = { kind: byId("fault-kind").value, count: Number(byId("fault-count").value), seconds: Number(byId("fault-seconds").value) };
  const hook = ["duplicate-webhook", "late-webhook", "drop"].includes(order.kind);
  try {
    await post("faults", endpoint && !hook ? { ...order, endpoint } : order);
    showFaults((await get("faults")).faults);
  } catch (problem) { if (problem instanceof Refusal) toast(problem.message); else throw problem; }
}

function showFaults(faults) {
  const names = Object.fromEntries([...byId("fault-kind").options].map((option) => [option.value, option.textContent]));
  const key = JSON.stringify(faults);
  if (byId("faults").dataset.key === key) return;
  byId("faults").dataset.key = key;
  byId("faults").replaceChildren(...faults.map((fault) => {
    const often = fault.remaining === null ? "取り消すまで" : `あと${fault.remaining}回`;
    const words = `${names[fault.kind] || fault.kind} ${fault.endpoint || ""} ${often} `;
    const cancel = el("button", { type: "button", text: "取り消す", on: { click: async () => showFaults((await remove(`faults?id=${fault.id}`)).faults) } });
    return el("li", {}, words, cancel);
  }));
}

function showLog(entries) {
  const list = byId("log");
  for (const entry of entries) list.prepend(entryOf(entry));
  while (list.children.length > SHOWN) list.lastElementChild.remove();
}

function entryOf(entry) {
  const at = new Date(entry.at).toLocaleTimeString("ja-JP", { timeZone: "Asia/Tokyo" });
  const hook = entry.kind === "webhook";
  const what = hook ? `→ 通知 ${entry.event_types.join("、") || "（中身なし）"}` : `← ${entry.method} ${entry.endpoint}`;
  const [mark, cls] = markOf(entry);
  const status = entry.status === null ? "返事なし" : entry.status;
  const again = hook && entry.redelivered ? "（再送）" : "";
  const verdict = `${mark} ${status}${again} ${inWords(entry.verdict)}（${entry.ms}ミリ秒）`;
  const summary = el("summary", {}, el("span", { class: "at", text: at }), el("span", { class: "what", text: what }), el("span", { class: `verdict ${cls}`, text: verdict }));
  const details = el("details", { on: { toggle: () => {
    if (details.open && details.children.length === 1) details.append(el("pre", { text: JSON.stringify(entry, null, 1) }));
  } } }, summary);
  return el("li", {}, details);
}

const WORDS = {
  accepted: "受け付けました", received: "届きました", "already accepted": "もう受け付けています",
  "not yet prepared": "準備中です", "no answer in time": "時間内に返事がありません",
  "not 2xx": "受け取ってもらえません",
};

function inWords(verdict) {
  if (Object.hasOwn(WORDS, verdict)) return WORDS[verdict];
  if (verdict.startsWith("could not connect")) return "つながりません";
  return verdict.replace(/^refused: /, "断りました：").replace(/^fault: /, "");
}

function markOf(entry) {
  if (entry.verdict.startsWith("fault")) return ["▲ わざと：", "odd"];
  if (entry.verdict === "accepted" || entry.verdict === "received") return ["○", "ok"];
  if (entry.verdict === "already accepted" || entry.verdict === "not yet prepared") return ["△", "odd"];
  return ["×", "no"];
}
