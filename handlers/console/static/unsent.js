// Ticks that wait for a connection would be cleared with everything else at sign-out: it asks first.
export const PREFIX = "madoguchi.ticks.";

export function guardSignOut() {
  const form = document.querySelector("form[data-unsent]");
  form?.addEventListener("submit", (event) => {
    const waits = Object.keys(localStorage).some((key) => key.startsWith(PREFIX));
    if (waits && !window.confirm(form.dataset.unsent)) event.preventDefault();
  });
}
