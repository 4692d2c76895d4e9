// The plain page: choose, drop, watch, cancel, try again.
import { at, el, reason, say, show, size } from "./page_dom.js";

/*
 * client: of signpost.js. uploaded: called with Cloudinary's answer and the
 * caption. user: who signs the sample picture.
 */
export function plainUpload({ client, user, uploaded }) {
  const start = (files) => {
    const caption = captionNow();
    for (const file of files) send({ client, file, caption, uploaded });
    if (files.length > 1) say(`${files.length} files: uploading`);
  };
  at("files").addEventListener("change", ({ target }) => {
    start(target.files);
    target.value = "";
  });
  at("plain-form").addEventListener("submit", (event) => event.preventDefault());
  at("sample").addEventListener("click", async () => start([await samplePicture(user)]));

  const drop = at("drop");
  const over = (is) => (event) => {
    event.preventDefault();
    drop.classList.toggle("over", is);
  };
  drop.addEventListener("dragover", over(true));
  drop.addEventListener("dragleave", over(false));
  drop.addEventListener("drop", (event) => {
    over(false)(event);
    start(event.dataTransfer.files);
  });
  // A file that misses it would take the page's place, and end all uploads.
  for (const name of ["dragover", "drop"]) window.addEventListener(name, (event) => {
    if (event.dataTransfer.types.includes("Files")) event.preventDefault(); // Text may go into a field.
  });
}

const captionNow = () => at("caption").value.trim();

// Some at a time: all at once each would be slower, and its signature older.
const AT_ONCE = 3;
const line = [];
let going = 0;

function enter(signal) {
  if (going < AT_ONCE) return Promise.resolve(going++);
  return new Promise((go, fail) => {
    line.push(go);
    signal.addEventListener("abort", () => {
      if (!line.includes(go)) return;
      line.splice(line.indexOf(go), 1);
      fail(signal.reason);
    });
  });
}

function leave() {
  if (line.length > 0) line.shift()();
  else going--;
}

const readable = (file) => file.slice(0, 1).arrayBuffer().then(() => true, () => false);

async function send(job) {
  const { file } = job;
  const stop = new AbortController();
  const row = makeRow(job, stop);
  say(`${file.name}: uploading`);
  try {
    await enter(stop.signal);
    await sendNow(job, stop, row).finally(leave);
  } catch {
    row.end("cancelled", "Cancelled");
  }
}

async function sendNow({ client, file, caption, uploaded }, stop, row) {
  let part = 0;
  try {
    if (file.size === 0) throw new Error("The file is empty.");
    if (!await readable(file)) throw new Error("This can’t be read as a file.");
    row.state("Asking for a signature …");
    const answer = await client.upload("avatar", file, {
      params: caption === "" ? {} : { context: { caption } },
      onprogress: ({ loaded, total }) => row.progress(part = loaded / total),
      signal: stop.signal,
    });
    row.end("done", "Done");
    say(`${file.name}: done`);
    uploaded(answer, caption);
  } catch (error) {
    let text = reason(error);
    if (error.status === 0 && !await readable(file)) text = "The file has changed, or is gone.";
    if (stop.signal.aborted) text = part < 1 ? "Cancelled" : "Cancelled, but all was sent: it may have arrived.";
    row.end(stop.signal.aborted ? "cancelled" : "failed", text);
    say(`${file.name}: ${text}`);
  }
}

function makeRow(job, stop) {
  const { file } = job;
  const picture = URL.createObjectURL(file);
  const done = () => URL.revokeObjectURL(picture); // What is shown stays.
  const state = el("span.upload-state", {}, "Waiting for its turn …");
  const bar = el("progress", { max: 1, value: 0, "aria-label": `Progress of ${file.name}` });
  const button = el("button.button.small", { type: "button" }, "Cancel", el("span.unseen", {}, ` ${file.name}`));
  const row = el("li.upload", {},
    el("img", { src: picture, alt: "", onload: done, onerror: done }),
    el("div.upload-text", {},
      el("bdi.upload-name", { title: file.name }, file.name), el("span.quiet", {}, ` ${size(file.size)}`), bar, state),
    button);
  let act = () => stop.abort();
  button.addEventListener("click", () => act());
  at("uploads").prepend(row);

  const rename = (text) => (button.firstChild.data = text);
  return {
    state: (text) => (state.textContent = text),
    progress(part) {
      bar.value = part;
      state.textContent = part < 1 ? `Sending, ${Math.floor(part * 100)} %` : "Sent; waiting for the answer …";
    },
    end(kind, text) {
      row.classList.add(kind);
      state.textContent = text;
      show(bar, false);
      if (kind === "done") {
        rename("Dismiss");
        act = () => remove(row);
      } else {
        rename("Try again");
        act = () => {
          send({ ...job, caption: captionNow() });
          remove(row, at("uploads").querySelector("button"));
        };
      }
    },
  };
}

function remove(row, next = at("files")) {
  const focused = row.contains(document.activeElement);
  row.remove();
  if (focused) next.focus();
}

// A picture for those who have none at hand: hills, and the hour.
function samplePicture(user) {
  const canvas = el("canvas", { width: 800, height: 600 });
  const pen = canvas.getContext("2d");
  const hue = Math.floor(Math.random() * 360);
  const sky = pen.createLinearGradient(0, 0, 0, 600);
  sky.addColorStop(0, `hsl(${hue} 55% 78%)`);
  sky.addColorStop(1, `hsl(${hue + 40} 70% 92%)`);
  pen.fillStyle = sky;
  pen.fillRect(0, 0, 800, 600);
  pen.fillStyle = `hsl(${hue + 45} 90% 97%)`;
  pen.beginPath();
  pen.arc(200 + Math.random() * 400, 190, 62, 0, 7);
  pen.fill();
  for (let hill = 0; hill < 4; hill++) {
    const phase = Math.random() * 6;
    pen.fillStyle = `hsl(${hue + 150 - hill * 12} ${22 + hill * 8}% ${62 - hill * 13}%)`;
    pen.beginPath();
    pen.moveTo(0, 600);
    for (let x = 0; x <= 800; x += 10)
      pen.lineTo(x, 310 + hill * 70 + Math.sin(x / (150 - hill * 20) + phase) * (38 - hill * 4));
    pen.lineTo(800, 600);
    pen.fill();
  }
  pen.fillStyle = "rgb(255 255 255 / 0.9)";
  pen.font = "600 30px system-ui, sans-serif";
  pen.fillText(`${user}, ${new Date().toLocaleTimeString("en-GB")}`, 36, 562);
  return new Promise((made) => {
    canvas.toBlob((blob) => made(new File([blob], "sample.png", { type: "image/png" })), "image/png");
  });
}
