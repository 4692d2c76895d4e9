// The pictures of this user, by Cloudinary's list of a tag, and those of
// another, who is the one to delete them.
import { at, el, reason, say, show } from "./page_dom.js";

const SHOWN = 24;

// Other pages of this origin write there too.
function isPicture(one) {
  return ["public_id", "format"].every((name) => typeof one?.[name] === "string") &&
    Number.isSafeInteger(one.version) && ["string", "undefined"].includes(typeof one.caption);
}

// What was uploaded in this browser, for accounts that give out no lists.
class Memory {
  constructor(name) {
    this.name = name;
    try {
      this.list = JSON.parse(localStorage.getItem(name)).filter(isPicture);
    } catch {
      this.list = [];
    }
  }

  keep(list) {
    this.list = list.slice(0, SHOWN);
    try {
      localStorage.setItem(this.name, JSON.stringify(this.list));
    } catch {
      // A browser that keeps nothing forgets at the next visit.
    }
  }

  add(picture) {
    this.keep([picture, ...this.list.filter(({ public_id: id }) => id !== picture.public_id)]);
  }

  forget(id) {
    this.keep(this.list.filter((picture) => picture.public_id !== id));
  }
}

/*
 * client: of signpost.js. who: what /api/sign said. place(url): where a
 * delivery URL leads here. other: another user, or null.
 */
export function pictures({ client, who, place, other }) {
  const { user, cloud_name: cloud } = who;
  const memory = new Memory(`signpost:${cloud}:${user}`);
  const gone = new Set();
  const thumbs = new Map();
  const base = `https://res.cloudinary.com/${cloud}/image`;

  // null: the account gives out no lists. One that is empty is not there.
  async function listed(name) {
    try {
      const answer = await fetch(place(`${base}/list/user_${encodeURIComponent(name)}.json`), { cache: "no-store" });
      if (answer.status === 404) return [];
      return answer.ok ? (await answer.json()).resources.filter(isPicture) : null;
    } catch {
      return null;
    }
  }

  // A signature of a delivery URL never ends: one is enough.
  function thumb(picture) {
    const id = `${picture.public_id}.${picture.format}`;
    if (!thumbs.has(id)) thumbs.set(id, client.url("thumb", id, "w_200,c_fill").catch(() => null));
    return thumbs.get(id);
  }

  const tile = (picture, image, button) => el("li.picture", {}, image,
    el("div.picture-text", {}, el("bdi.picture-name", {}, nameOf(picture)),
      el("code", { title: picture.public_id }, picture.public_id), button));

  function ownTile(picture, remembered) {
    const image = el("img", { alt: nameOf(picture), width: 200, height: 150 });
    if (remembered) image.addEventListener("error", () => {
      memory.forget(picture.public_id);
      item.remove();
      count();
    });
    thumb(picture).then((url) => (image.src = url === null ? "icon.svg" : place(url)));
    const button = el("button.button.small.danger", { type: "button" }, "Delete", el("span.unseen", {}, ` ${nameOf(picture)}`));
    const word = (text) => (button.firstChild.data = text);
    let sure = false;
    button.addEventListener("click", async () => {
      if (button.ariaDisabled) return; // It keeps the focus, which one that is disabled does not.
      if (!sure) {
        sure = true;
        word("Really delete?");
        return say("Press again to delete it.");
      }
      button.ariaDisabled = "true";
      word("Deleting …");
      try {
        await client.destroy("remove", picture.public_id);
        gone.add(picture.public_id);
        memory.forget(picture.public_id);
        item.remove();
        all--;
        count();
        say(`Deleted: ${nameOf(picture)}`);
        at("own-title").focus();
      } catch (error) {
        button.ariaDisabled = null;
        sure = false;
        word("Delete");
        notice(reason(error), true);
      }
    });
    button.addEventListener("blur", () => {
      if (button.ariaDisabled) return;
      sure = false;
      word("Delete");
    });
    const item = tile(picture, image, button);
    return item;
  }

  function notice(text, bad = false) {
    at("own-said").classList.toggle("bad", bad);
    at("own-said").textContent = text;
    show(at("own-said"), text !== "");
    if (text !== "") say(text);
  }

  function count() {
    const number = at("own").children.length;
    at("own-title").textContent = number === 0 ? "Your pictures" : `Your pictures (${number}${all > SHOWN ? ` of ${all}` : ""})`;
    show(at("own-none"), number === 0);
  }

  // What is there stays in its place, with the focus that it may have.
  const tiles = new Map();
  function lay(shown) {
    const wanted = new Set(shown.map(([{ public_id: id }]) => id));
    for (const [id, item] of tiles) {
      if (wanted.has(id) && item.isConnected) continue;
      item.remove();
      tiles.delete(id);
    }
    for (const [i, [picture, remembered]] of shown.entries()) {
      const { public_id: id } = picture;
      if (!tiles.has(id)) tiles.set(id, ownTile(picture, remembered));
      const there = at("own").children[i] ?? null;
      if (there !== tiles.get(id)) at("own").insertBefore(tiles.get(id), there);
    }
  }

  let asked = 0;
  let all = 0;
  async function own() {
    const turn = ++asked;
    const found = await listed(user);
    if (turn !== asked) return; // A later list is on its way.
    const known = new Set((found ?? []).map(({ public_id: id }) => id));
    const remembered = memory.list.filter(({ public_id: id }) => !known.has(id));
    const there = [...remembered.map((picture) => [picture, true]), ...(found ?? []).map((picture) => [picture, false])]
      .filter(([{ public_id: id }]) => !gone.has(id));
    all = there.length;
    lay(there.slice(0, SHOWN));
    at("own").setAttribute("aria-busy", "false");
    count();
    notice(found !== null ? "" : "This account gives out no lists, so here is what was uploaded in this browser. " +
      "(Console, Settings, Security, “Restricted media types”: allow “Resource list”, and anybody can list by a tag.)");
  }

  async function tryDelete(id) {
    at("refusal").replaceChildren();
    try {
      await client.destroy("remove", id);
      at("refusal").replaceChildren(el("p", {}, `Deleted ${id}. Should that have been possible? The policy “remove” says so.`));
    } catch (error) {
      at("refusal").replaceChildren(explain(error, id));
    }
  }

  function explain(error, id) {
    const refused = error.status === 403;
    return el("div.note.bad", {},
      el("h3", {}, refused ? "Refused, before anything was signed" : "This did not work"),
      el("p", {}, el("b", {}, refused ? `${error.status} ${error.code}: ` : ""), reason(error)),
      refused ? el("p", {}, `You asked to delete `, el("code", {}, id), `. The policy “${error.policy}” allows `,
        el("code", {}, `users/{user}/**`), `, and {user} is `, el("b", {}, user),
        `: it comes from your session, never from the request. Without a signature Cloudinary does nothing, so ${other}’s picture is safe.`) : null);
  }

  async function others() {
    show(at("other-section"), other !== null);
    if (other === null) return;
    const found = ((await listed(other)) ?? []).slice(0, SHOWN);
    at("other-title").textContent = `${other}’s pictures`;
    at("other-intro").textContent = found.length > 0
      ? `Everybody may look at them. You are ${user}: try to delete one.`
      : `${other} has none yet. Try to delete one all the same, as somebody would who guesses a name:`;
    at("other").replaceChildren(...(found.length > 0 ? found : [null]).map(otherTile));
  }

  function otherTile(picture) {
    const made = picture ?? { public_id: `users/${other}/holiday`, format: "" };
    const image = picture === null ? el("div.blank", { "aria-hidden": "true" }, "?") : el("img", { alt: nameOf(made),
      loading: "lazy", width: 200, height: 150, src: place(`${base}/upload/v${made.version}/${encodeURI(made.public_id)}.${made.format}`) });
    return tile(made, image, el("button.button.small.danger", { type: "button", onclick: () => tryDelete(made.public_id) },
      "Try to delete", el("span.unseen", {}, ` ${nameOf(made)} of ${other}`)));
  }

  return {
    refresh: () => Promise.all([own(), others()]),
    // What Cloudinary answered to an upload.
    add({ public_id, version, format }, caption = "") {
      gone.delete(public_id);
      memory.add({ public_id, version, format, caption });
      return own();
    },
  };
}

function nameOf({ public_id: id, caption, context }) {
  return caption || String(context?.custom?.caption ?? "") || `Picture ${id.split("/").pop().slice(0, 8)}`;
}
