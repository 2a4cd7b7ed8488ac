// Which addresses of a message may be opened or shown; everything else is only named.

const LOOPBACK = new Set(["127.0.0.1", "localhost", "[::1]"]);

export function opening(uri) {
  // "page" opens in a new tab, "tel" calls, "line" would open the app; null is not to be opened.
  let parts;
  try { parts = new URL(String(uri)); } catch { return null; }
  if (parts.protocol === "https:") return "page";
  if (parts.protocol === "http:" && LOOPBACK.has(parts.hostname)) return "page";
  if (parts.protocol === "tel:" && /^tel:[0-9+#*,-]+$/.test(uri)) return "tel";
  if (parts.protocol === "line:") return "line";
  return null;
}

export function pictureSource(url) {
  // Pictures of this machine come through the emulator; others are not fetched.
  let parts;
  try { parts = new URL(String(url)); } catch { return null; }
  const here = parts.protocol === "http:" && LOOPBACK.has(parts.hostname);
  return here ? `/_emulator/picture?url=${encodeURIComponent(parts.href)}` : null;
}

const PIECES = /(https?:\/\/[^\s「」（）<>"']+)|(0\d{1,4}-\d{1,4}-\d{3,4}|#\d{4}(?!\d))/g;

export function piecesOf(text) {
  // Splits a text into words, addresses and phone numbers, as the app underlines them.
  const pieces = [];
  let at = 0;
  for (const match of text.matchAll(PIECES)) {
    if (match.index > at) pieces.push({ text: text.slice(at, match.index) });
    const uri = match[1] || `tel:${match[2]}`;
    pieces.push(opening(uri) ? { text: match[0], uri } : { text: match[0] });
    at = match.index + match[0].length;
  }
  if (at < text.length) pieces.push({ text: text.slice(at) });
  return pieces;
}
