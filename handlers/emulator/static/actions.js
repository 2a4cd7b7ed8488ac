// What can be tapped: builds the button or link of an action, and does it.

import { post, Refusal } from "./api.js";
import { byId, el, toast } from "./dom.js";
import { opening } from "./links.js";
import { pickDate } from "./dialogs.js";

let current = () => null;
let afterwards = () => {};
export function attend(residentKey, afterTap) { current = residentKey; afterwards = afterTap; }

export function link(uri, options = {}) {
  const kind = opening(uri);
  if (kind === "page") return el("a", { ...options, href: uri, target: "_blank", rel: "noopener noreferrer" });
  if (kind === "tel") return el("a", { ...options, href: uri, on: { click: callNote(uri) } });
  const words = kind === "line" ? "LINEアプリの中の画面です。ここでは開きません。" : "この宛先は開けません。";
  return el("button", { ...options, type: "button", on: { click: () => toast(`${words}（${String(uri).slice(0, 80)}）`) } });
}

function callNote(uri) {
  return (event) => {
    event.preventDefault();
    const call = el("a", { href: uri, text: "電話アプリを開く" });
    toast(`スマホではここで ${uri.slice(4)} に電話がかかります。`, call);
  };
}

export function tappable(action, options = {}, ...children) {
  // A link for an address, a button for everything else.
  const uri = action && action.type === "uri" ? action.uri : null;
  const node = uri !== null ? link(uri, options) : el("button", { ...options, type: "button", on: { click: (event) => { event.stopPropagation(); perform(action); } } });
  if (uri !== null) node.addEventListener("click", (event) => event.stopPropagation());
  node.append(...children);
  return node;
}

export const wordsOf = (action, otherwise = "えらぶ") =>
  String(action?.label || action?.displayText || action?.text || otherwise);

export async function perform(action) {
  if (!action) return;
  if (action.type === "uri") { link(action.uri).click(); return; }
  if (action.type === "clipboard") { await copy(action.clipboardText); return; }
  if (action.type === "camera" || action.type === "cameraRoll") { byId("photo-file").click(); return; }
  const body = { resident: current(), action };
  try {
    if (action.type === "location") await sendLocation(body.resident);
    else if (action.type === "datetimepicker") {
      const picked = await pickDate(action);
      if (picked === null) return;
      await post("tap", { ...body, params: picked });
    } else follow((await post("tap", body)).open);
    afterwards();
  } catch (problem) {
    if (!(problem instanceof Refusal)) throw problem;
    toast(`できませんでした：${problem.message}`);
  }
}

function follow(opens) {
  if (!opens) return;
  if (opens.inputOption === "openKeyboard") {
    const words = byId("words");
    if (opens.fillInText) words.value = opens.fillInText;
    words.focus();
  }
  const bar = byId("menu-bar");
  const open = bar.getAttribute("aria-expanded") === "true";
  if ((opens.inputOption === "openRichMenu" && !open) || (opens.inputOption === "closeRichMenu" && open)) bar.click();
}

async function copy(text) {
  try { await navigator.clipboard.writeText(String(text)); toast("コピーしました。"); }
  catch { toast(`コピーする文字：${text}`); }
}

async function sendLocation(resident) {
  const message = { type: "location", title: "見本の場所", address: "見本の住所", latitude: 34.965, longitude: 136.624 };
  await post("event", { resident, event: { type: "message", message } });
}
