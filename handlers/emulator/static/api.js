// Talks to the emulator's control API.

export class Refusal extends Error {}

async function ask(method, path, body, headers = { "Content-Type": "application/json" }) {
  const response = await fetch(`/_emulator/${path}`, {
    method, headers: body === undefined ? {} : headers,
    body: body === undefined ? undefined : body instanceof Blob ? body : JSON.stringify(body),
  });
  const answer = await response.json();
  if (!response.ok) throw new Refusal(answer.error || response.statusText);
  return answer;
}

export const get = (path) => ask("GET", path);
export const post = (path, body = {}) => ask("POST", path, body);
export const remove = (path) => ask("DELETE", path);
export const sendPhoto = (resident, file) =>
  ask("POST", `photo?resident=${encodeURIComponent(resident)}`, file, { "Content-Type": file.type });
