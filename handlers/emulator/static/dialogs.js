// The small windows: date picker, editing, a new resident's name.

import { byId } from "./dom.js";

function ask(dialog, field, prepare) {
  return new Promise((resolve) => {
    prepare(field);
    dialog.returnValue = "cancel";
    dialog.addEventListener("close", () => {
      resolve(dialog.returnValue === "ok" && field.value ? field.value : null);
    }, { once: true });
    dialog.showModal();
    field.focus();
  });
}

const TYPES = { date: "date", time: "time", datetime: "datetime-local" };

export function pickDate(action) {
  return ask(byId("date-dialog"), byId("date-value"), (field) => {
    field.type = TYPES[action.mode] || "date";
    for (const key of ["min", "max"]) {
      field.removeAttribute(key);
      if (action[key]) field.setAttribute(key, String(action[key]).toUpperCase());
    }
    field.value = String(action.initial || "").toUpperCase();
  });
}

export const editText = (text) => ask(byId("edit-dialog"), byId("edit-value"), (field) => { field.value = text; });
export const askName = () => ask(byId("name-dialog"), byId("name-value"), (field) => { field.value = ""; });
