// The page: who is here, and what they can do. Works with the sample
// configuration, etc/signpost.conf. As a demo (make run), with a login for
// everybody and a panel that shows what was signed, where demo.json is there.
import signpost from "./signpost.js";
import { at, el, reason, say, show } from "./page_dom.js";
import { pictures } from "./page_pictures.js";
import { plainUpload } from "./page_upload.js";
import { uppyStyle, uppyUpload } from "./page_uppy.js";
import { widgetUpload } from "./page_widget.js";

const client = signpost("/api/sign");

async function readDemo() {
  try {
    const answer = await fetch("demo.json", { cache: "no-store" });
    const demo = answer.ok ? await answer.json() : null;
    return Array.isArray(demo?.users) ? demo : null;
  } catch {
    return null;
  }
}

// Who is asking: { user, cloud_name, policies … }, or null for nobody.
async function whoAmI() {
  const answer = await fetch("/api/sign");
  if (answer.status === 401) return null;
  const json = await answer.json().catch(() => ({}));
  if (!answer.ok) throw new Error(json.detail ?? `/api/sign answered with status ${answer.status}.`);
  return json;
}

const face = (user) => el("span.face", { "aria-hidden": "true", "data-user": user }, [...user][0].toUpperCase());

function welcome(demo) {
  show(at("welcome"), true);
  at("logins").append(...(demo === null
    ? [el("p", {}, "Nobody is logged in. Log in on this site, and come back.")]
    : demo.users.map((user) => el("a.login", { href: `/login/${encodeURIComponent(user)}` }, face(user),
      el("span", {}, "Log in as ", el("bdi", {}, user))))));
}

function account(user, demo) {
  at("account").append(face(user), el("bdi", {}, user));
  if (demo === null) return;
  const others = demo.users.filter((name) => name !== user);
  at("account").append(...others.map((name) => el("a.button.small", { href: `/login/${encodeURIComponent(name)}` }, `Be ${name}`)),
    el("a.button.small", { href: "/logout" }, "Log out"));
}

// The pattern of the ARIA authoring practices: arrows move, Tab goes inside.
function tabs(opened) {
  const all = [...document.querySelectorAll("[role=tab]")];
  const choose = (tab) => {
    for (const one of all) {
      one.setAttribute("aria-selected", String(one === tab));
      one.tabIndex = one === tab ? 0 : -1;
      show(at(one.getAttribute("aria-controls")), one === tab);
    }
    opened(tab.getAttribute("aria-controls"));
  };
  for (const [i, tab] of all.entries()) {
    tab.addEventListener("click", () => choose(tab));
    tab.addEventListener("keydown", ({ key }) => {
      const to = { ArrowRight: i + 1, ArrowLeft: i - 1, Home: 0, End: all.length - 1 }[key];
      if (to === undefined) return;
      const next = all[(to + all.length) % all.length];
      choose(next);
      next.focus();
    });
  }
}

async function openUppy(uploaded) {
  try {
    await uppyStyle();
    await uppyUpload({ client, place: at("uppy-place"), uploaded });
  } catch {
    at("uppy-said").textContent = "Uppy is not here. make run fetches it once where npm and a network are; " +
      "on a site, put uppy.min.mjs and uppy.min.css of the npm package “uppy” into the folder uppy beside this page.";
    show(at("uppy-said"), true);
  }
}

function work(who, demo) {
  const { user, cloud_name: cloud } = who;
  const here = demo?.standin === true;
  // The stand-in delivers from this address; Cloudinary from its own.
  const place = (url) => (here ? url.replace("https://res.cloudinary.com/", "/") : url);
  const other = demo?.users.find((name) => name !== user) ?? null;
  const list = pictures({ client, who, place, other });
  const uploaded = (answer, caption) => list.add(answer, caption);

  account(user, demo);
  show(at("work"), true);
  if (demo !== null) {
    at("where").append(...(here
      ? ["A stand-in on this machine takes Cloudinary’s part: nothing leaves it, and all is gone when ", el("code", {}, "make run"), " ends."]
      : [`This is your account “${cloud}”: uploads are real, and stay.`]));
    show(at("where"), true);
  }
  plainUpload({ client, user, uploaded });
  widgetUpload({ who, uploaded, uploadUrl: `${here ? "" : "https://api.cloudinary.com"}/v1_1/${cloud}/image/upload` });
  let uppy = null;
  tabs((name) => {
    if (name === "uppy") uppy ??= openUppy(uploaded);
  });
  return list.refresh();
}

// Somebody may have logged in or out since: in another tab, or before "back".
// What is done here would then be done as another.
function watchSession(user) {
  const look = async () => {
    if (document.visibilityState !== "visible") return;
    const now = await whoAmI().then((who) => who?.user ?? null, () => user);
    if (now === user) return;
    if (user === null) return location.reload();
    at("work").inert = true;
    at("trouble").replaceChildren(now === null
      ? el("p", {}, "Nobody is logged in here any more.")
      : el("p", {}, "This browser is now logged in as ", el("bdi", {}, now), "."), el("a.button.small", { href: "./" }, "Load the page anew"));
    show(at("trouble"), true);
  };
  document.addEventListener("visibilitychange", look);
  window.addEventListener("pageshow", ({ persisted }) => persisted && look());
}

async function main() {
  show(at("waiting"), true);
  try {
    const demo = await readDemo();
    if (demo !== null) (await import("./page_demo.js")).startPanel();
    const who = await whoAmI();
    show(at("waiting"), false);
    if (who === null) welcome(demo);
    else await work(who, demo);
    say(who === null ? "Nobody is logged in." : `You are ${who.user}.`);
    watchSession(who?.user ?? null);
  } catch (error) {
    show(at("waiting"), false);
    at("trouble").textContent = `The page can’t ask for signatures: ${reason(error)}`;
    show(at("trouble"), true);
  }
}

main();
