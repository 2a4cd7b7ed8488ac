// Asks the server from a script, with the page's CSRF token.
const token = () => document.querySelector('meta[name="csrf-token"]').content;

export async function post(address, body = null) {
  return fetch(address, {
    method: "POST",
    body,
    headers: { "X-CSRFToken": token(), Accept: "application/json" },
    credentials: "same-origin",
    redirect: "error",
  });
}

export async function get(address) {
  return fetch(address, { credentials: "same-origin", redirect: "error", cache: "no-store" });
}

// Swaps a part of the page for a fragment that the server rendered; focus stays where it was.
export async function swap(target, address, options = {}) {
  const answer = options.body === undefined ? await get(address) : await post(address, options.body);
  if (!answer.ok) return false;
  const focused = document.activeElement?.id;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  target.replaceChildren(...page.body.childNodes);
  if (focused) document.getElementById(focused)?.focus();
  return true;
}
