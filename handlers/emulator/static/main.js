// The chat itself: who talks, what is sent, and what comes in.

import { get, post, sendPhoto, Refusal } from "./api.js";
import { attend, tappable, wordsOf } from "./actions.js";
import { altText, drawLine } from "./bubbles.js";
import { askName, editText } from "./dialogs.js";
import { byId, el, toast } from "./dom.js";
import { picture } from "./flex.js";
import { startPanel } from "./panel.js";
import { showMenu } from "./richmenu.js";
import { STICKERS, stickerEvent } from "./stickers.js";

let resident = null; // the resident's key
let next = 0;
let turn = 0; // rises when another resident is chosen, so that late answers are dropped
let seen = false; // whether this chat has been shown since it was chosen
let lively = 0; // until then the page asks more often
const drawn = new Map();

attend(() => resident, () => { wake(); });

function wake() { lively = Date.now() + 15000; poll(); }

async function attempt(work) {
  try { await work(); wake(); }
  catch (problem) {
    if (!(problem instanceof Refusal)) throw problem;
    toast(`できませんでした：${problem.message}`);
  }
}

let asking = -1; // the turn whose question is under way: one at a time

async function poll() {
  const mine = turn;
  if (resident === null || asking === mine) return;
  asking = mine;
  let chat;
  try { chat = await get(`chat/${encodeURIComponent(resident)}?since=${next}`); } catch { return; }
  finally { if (asking === mine) asking = -1; }
  if (mine !== turn || chat.next < next) return;
  const first = !seen;
  seen = true;
  next = chat.next;
  show(chat, first);
}

function show(chat, first) {
  const list = byId("lines");
  if (first) stuck = true;
  for (const line of chat.messages) {
    const node = drawLine(line, ownMenu);
    if (drawn.has(line.seq)) drawn.get(line.seq).node.replaceWith(node);
    else list.append(node);
    if (line.from === "resident" && !drawn.has(line.seq)) stuck = true; // who speaks looks at the end
    if (line.from === "account" && !first && !drawn.has(line.seq)) speak(altText(line.message));
    drawn.set(line.seq, { node, line });
  }
  if (chat.messages.length) showQuick();
  const waiting = chat.loading_seconds > 0;
  if (byId("loading").hidden === waiting) byId("loading").hidden = !waiting;
  if (waiting) lively = Date.now() + 5000;
  showMenu(chat.resident.blocked || !chat.resident.following ? null : chat.rich_menu);
  showStanding(chat.resident);
}

// The talk stays at its end while the reader is there, whatever grows or shrinks.
let stuck = true;
function scrollDown() { const talk = byId("talk"); talk.scrollTop = talk.scrollHeight; }
function keepAtEnd() {
  const talk = byId("talk");
  let top = 0;
  talk.addEventListener("scroll", () => {
    // Only the reader's own way up lets go of the end: what has just grown below is no such way.
    if (talk.scrollHeight - talk.scrollTop - talk.clientHeight < 120) stuck = true;
    else if (talk.scrollTop < top) stuck = false;
    top = talk.scrollTop;
  });
  const watch = new ResizeObserver(() => { if (stuck) scrollDown(); });
  watch.observe(talk);
  watch.observe(byId("lines"));
  watch.observe(byId("loading"));
}

function speak(words) {
  const place = byId("spoken");
  place.append(el("span", { text: `${words} ` }));
  while (place.children.length > 12) place.firstElementChild.remove();
}

function showQuick() {
  // Only the newest message's quick replies, and only until something is said.
  const lines = [...drawn.values()].map((entry) => entry.line);
  const last = lines.reduce((a, b) => (b.seq > a.seq ? b : a), { seq: -1 });
  const items = last.from === "account" ? last.message.quickReply?.items || [] : [];
  const place = byId("quick");
  place.hidden = items.length === 0;
  place.replaceChildren(...items.map((item) => {
    const icon = item.imageUrl ? picture(item.imageUrl) : null;
    return tappable(item.action, {}, ...(icon && icon.tagName === "IMG" ? [icon] : []), wordsOf(item.action));
  }));
}

function showStanding(person) {
  const away = person.blocked || !person.following;
  byId("newcomer").hidden = !away;
  byId("composer").hidden = away;
  byId("newcomer-words").textContent = person.blocked ? "ブロックしています。メッセージは届きません。" : "まだ友だちではありません。";
  byId("follow").textContent = person.blocked ? "ブロックをやめる" : "友だちに追加する";
  byId("block").hidden = away;
  if (away) byId("quick").hidden = true;
}

function ownMenu(line, body) {
  // The small menu of an own message: take back, edit. Also opened by a long press or right click.
  if (line.unsent || line.via !== "said") return null;
  const actions = el("div", { class: "actions", hidden: true });
  actions.append(el("button", { type: "button", text: "取り消す", on: { click: () => attempt(() => post("unsend", { resident, message_id: line.id })) } }));
  if (line.message.type === "text") actions.append(el("button", { type: "button", text: "直す", on: { click: () => edit(line) } }));
  const dots = el("button", { type: "button", class: "dots", "aria-expanded": "false", "aria-label": "このメッセージのメニュー", text: "…" });
  const toggle = () => { actions.hidden = !actions.hidden; dots.setAttribute("aria-expanded", String(!actions.hidden)); };
  dots.addEventListener("click", toggle);
  body.addEventListener("contextmenu", (event) => { event.preventDefault(); toggle(); });
  body.append(actions);
  return dots;
}

async function edit(line) {
  const text = await editText(line.message.text);
  if (text !== null && text !== line.message.text) await attempt(() => post("edit", { resident, message_id: line.id, text }));
}

function choose(key) {
  turn += 1;
  resident = key;
  next = 0;
  seen = false;
  drawn.clear();
  byId("lines").replaceChildren();
  byId("spoken").replaceChildren();
  byId("quick").hidden = true;
  showMenu(null);
  poll();
}

async function loadResidents(wanted = null) {
  const { residents } = await get("residents");
  const people = residents.filter((person) => !person.group).slice(0, 200);
  byId("resident").replaceChildren(...people.map((person) => el("option", { value: person.key, text: person.name })));
  byId("resident").value = wanted || resident || people[0].key;
  if (byId("resident").value !== resident) choose(byId("resident").value);
}

function setUpComposer() {
  const words = byId("words");
  const grow = () => { words.style.height = "auto"; words.style.height = `${Math.min(words.scrollHeight + 2, 140)}px`; };
  words.addEventListener("input", grow);
  words.addEventListener("focus", () => { // as in the app, the keyboard takes the menu's place
    if (byId("menu-bar").getAttribute("aria-expanded") === "true" && matchMedia("(max-height: 900px)").matches) byId("menu-bar").click();
  });
  words.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing && event.keyCode !== 229) { event.preventDefault(); byId("composer").requestSubmit(); }
  });
  byId("composer").addEventListener("submit", (event) => {
    event.preventDefault();
    const text = words.value.trim();
    if (!text) return;
    words.value = "";
    grow();
    attempt(() => post("say", { resident, text }));
  });
  byId("photo").addEventListener("click", () => byId("photo-file").click());
  byId("photo-file").addEventListener("change", (event) => {
    const file = event.target.files[0];
    event.target.value = "";
    if (file) attempt(() => sendPhoto(resident, file));
  });
  disclose("sticker", "stickers");
  byId("stickers").append(...STICKERS.map(([id, , name]) => el("button", { type: "button", text: name, on: { click: () => { byId("sticker").click(); attempt(() => post("event", { resident, event: stickerEvent(id) })); } } })));
}

function disclose(buttonId, placeId) {
  byId(buttonId).addEventListener("click", () => {
    const place = byId(placeId);
    place.hidden = !place.hidden;
    byId(buttonId).setAttribute("aria-expanded", String(!place.hidden));
  });
}

function setUpBar() {
  byId("resident").addEventListener("change", (event) => choose(event.target.value));
  disclose("more", "more-menu");
  for (const radio of document.querySelectorAll("input[name=size]")) {
    radio.addEventListener("change", () => { byId("phone").dataset.size = radio.value; });
  }
  byId("block").addEventListener("click", () => attempt(() => post("unfollow", { resident })));
  byId("follow").addEventListener("click", () => attempt(() => post("follow", { resident })));
  byId("add-resident").addEventListener("click", async () => {
    const name = await askName();
    if (name === null) return;
    const key = `p${Date.now().toString(36)}`;
    await attempt(() => post("residents", { key, name, following: false }));
    await loadResidents(key);
  });
}

async function keepAsking() {
  if (!document.hidden) await poll();
  setTimeout(keepAsking, Date.now() < lively ? 350 : 900);
}

setUpComposer();
setUpBar();
keepAtEnd();
startPanel();
loadResidents().then(keepAsking);
