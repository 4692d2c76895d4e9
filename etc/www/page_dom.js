// What the other files need of the document.

export const at = (id) => document.getElementById(id);

// el("a.button.main", { href: "/" }, "Home", child …): an element. A name
// with a "-" or without a property of its own becomes an attribute.
export function el(kind, given = {}, ...children) {
  const [tag, ...classes] = kind.split(".");
  const element = document.createElement(tag);
  if (classes.length > 0) element.className = classes.join(" ");
  for (const [name, value] of Object.entries(given)) {
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (name in element && !name.includes("-")) element[name] = value;
    else element.setAttribute(name, value);
  }
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
}

// For those who hear the page.
export function say(text) {
  at("said").textContent = text;
}

export function show(element, shown) {
  element.hidden = !shown;
}

export function size(bytes) {
  if (bytes < 1000) return `${bytes} bytes`;
  return bytes < 1e6 ? `${Math.round(bytes / 1e3)} kB` : `${(bytes / 1e6).toFixed(1)} MB`;
}

// Why it was refused, in words for the one who did it.
export function reason(error) {
  const { code, policy, param, retry_after: wait } = error;
  if (code === "limit_reached") return `That is enough for now. The policy “${policy}” has a limit; try again in ${minutes(wait)}.`;
  if (code === "no_session") return "The session has ended. Log in again.";
  if (error.status === 0) return "The server does not answer. Is it running, and are you online?";
  const text = String(error.message).slice(0, 500);
  return text + (param === undefined || text.includes(param) ? "" : ` (${param})`);
}

function minutes(seconds) {
  if (!(seconds > 0)) return "a while";
  return seconds < 90 ? `${Math.ceil(seconds)} seconds` : `${Math.ceil(seconds / 60)} minutes`;
}
