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
}

const captionNow = () => at("caption").value.trim();

async function send(job) {
  const { client, file, caption, uploaded } = job;
  const stop = new AbortController();
  const row = makeRow(job, stop);
  say(`${file.name}: uploading`);
  try {
    const answer = await client.upload("avatar", file, {
      params: caption === "" ? {} : { context: { caption } },
      onprogress: ({ loaded, total }) => row.progress(loaded / total),
      signal: stop.signal,
    });
    row.end("done", "Done");
    say(`${file.name}: done`);
    uploaded(answer, caption);
  } catch (error) {
    const text = stop.signal.aborted ? "Cancelled" : reason(error);
    row.end(stop.signal.aborted ? "cancelled" : "failed", text);
    say(`${file.name}: ${text}`);
  }
}

function makeRow(job, stop) {
  const { file } = job;
  const picture = URL.createObjectURL(file);
  const state = el("span.upload-state", {}, "Asking for a signature …");
  const bar = el("progress", { max: 1, value: 0, "aria-label": `Progress of ${file.name}` });
  const button = el("button.button.small", { type: "button" }, "Cancel", el("span.unseen", {}, ` ${file.name}`));
  const row = el("li.upload", {},
    el("img", { src: picture, alt: "" }),
    el("div.upload-text", {},
      el("span.upload-name", {}, file.name), el("span.quiet", {}, ` ${size(file.size)}`), bar, state),
    button);
  let act = () => stop.abort();
  button.addEventListener("click", () => act());
  at("uploads").prepend(row);

  const rename = (text) => (button.firstChild.data = text);
  return {
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
        act = () => remove(row, picture);
      } else {
        rename("Try again");
        act = () => {
          remove(row, picture);
          send({ ...job, caption: captionNow() });
        };
      }
    },
  };
}

function remove(row, picture) {
  const focused = row.contains(document.activeElement);
  row.remove();
  URL.revokeObjectURL(picture);
  if (focused) at("files").focus();
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
