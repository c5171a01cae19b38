"use strict";

const TOTAL = 1000000;
const LATEST = 8;
const TICK = 250;
const TICKS = 240;
const SLOW_PAUSE = 20;

const byId = (id) => document.getElementById(id);
const number = new Intl.NumberFormat("en-US");
const clock = () => new Date().toLocaleTimeString("en-GB");
const pause = (millis) => new Promise((resolve) => setTimeout(resolve, millis));

// ---- rows -----------------------------------------------------------------------------------------------------------

let reading = null; // the AbortController of the stream that runs
let rows = 0;
let bytes = 0;
let latest = [];
const history = [];

/** Reads the table line by line. A slow reader pauses after every chunk, and never holds more than one. */
async function stream() {
  const abort = new AbortController();
  reading = abort;
  rows = 0;
  bytes = 0;
  latest = [];
  showButtons();
  const begin = performance.now();
  try {
    const response = await fetch("/rows?limit=" + TOTAL, { signal: abort.signal });
    if (!response.ok) {
      throw new Error("HTTP " + response.status);
    }
    await read(response.body.getReader());
    const seconds = (performance.now() - begin) / 1000;
    notify(number.format(rows) + " rows reached a browser in " + seconds.toFixed(1) + " s");
  } catch (error) {
    if (error.name !== "AbortError") {
      notify("the stream of rows broke off: " + error.message);
    }
  } finally {
    reading = null;
    showButtons();
  }
}

async function read(reader) {
  const decoder = new TextDecoder();
  let rest = "";
  for (;;) {
    const { done, value } = await reader.read();
    if (done) {
      return;
    }
    bytes += value.length;
    const lines = (rest + decoder.decode(value, { stream: true })).split("\n");
    rest = lines.pop();
    rows += lines.length;
    latest = latest.concat(lines.slice(-LATEST)).slice(-LATEST);
    if (byId("slow").checked) {
      await pause(SLOW_PAUSE);
    }
  }
}

function showButtons() {
  byId("start").disabled = reading !== null;
  byId("stop").disabled = reading === null;
}

byId("start").addEventListener("click", stream);
byId("stop").addEventListener("click", () => reading && reading.abort());

// ---- figures --------------------------------------------------------------------------------------------------------

let shownRows = 0;
let shownAt = performance.now();

function tick() {
  const now = performance.now();
  const came = rows >= shownRows ? rows - shownRows : rows;
  history.push((came * 1000) / (now - shownAt));
  if (history.length > TICKS) {
    history.shift();
  }
  shownRows = rows;
  shownAt = now;
  const lastSecond = history.slice(-4);
  byId("rate").textContent = number.format(Math.round(lastSecond.reduce((a, b) => a + b, 0) / lastSecond.length));
  byId("count").textContent = number.format(rows);
  byId("bytes").textContent = (bytes / 1e6).toFixed(1);
  byId("progress").style.width = (100 * rows) / TOTAL + "%";
  showLatest();
  draw();
}

function showLatest() {
  const body = byId("rows");
  body.replaceChildren();
  for (const line of latest) {
    const row = JSON.parse(line);
    const tr = body.insertRow();
    cell(tr, number.format(row.id), "n");
    cell(tr, number.format(row.serial), "n");
    cell(tr, row.label, "");
    cell(tr, row.taken.replace("T", " ").replace("Z", ""), "");
    cell(tr, row.amount.toFixed(2), "n");
    cell(tr, row.level.toFixed(4), "n");
  }
}

function cell(tr, text, kind) {
  const td = tr.insertCell();
  td.textContent = text;
  td.className = kind;
}

function draw() {
  const canvas = byId("chart");
  const scale = window.devicePixelRatio || 1;
  const width = canvas.clientWidth;
  const height = canvas.clientHeight;
  canvas.width = width * scale;
  canvas.height = height * scale;
  const paint = canvas.getContext("2d");
  paint.scale(scale, scale);
  const style = getComputedStyle(document.documentElement);
  const top = niceCeiling(Math.max(1000, ...history));
  const x = (i) => ((TICKS - history.length + i) / (TICKS - 1)) * width;
  const y = (value) => height - 1 - (value / top) * (height - 18);
  paint.strokeStyle = style.getPropertyValue("--line");
  paint.fillStyle = style.getPropertyValue("--soft");
  paint.font = "11px system-ui, sans-serif";
  for (const value of [0, top / 2, top]) {
    line(paint, [[0, y(value)], [width, y(value)]]);
    paint.fillText(number.format(value), 0, y(value) - 4);
  }
  if (history.length < 2) {
    return;
  }
  const points = history.map((value, i) => [x(i), y(value)]);
  paint.strokeStyle = style.getPropertyValue("--accent");
  paint.fillStyle = style.getPropertyValue("--fill");
  paint.lineWidth = 2;
  line(paint, points);
  paint.lineTo(width, height);
  paint.lineTo(points[0][0], height);
  paint.fill();
}

function line(paint, points) {
  paint.beginPath();
  points.forEach(([x, y]) => paint.lineTo(x, y));
  paint.stroke();
}

function niceCeiling(value) {
  const power = 10 ** Math.floor(Math.log10(value));
  return [1, 2, 4, 6, 8, 10].find((step) => step * power >= value) * power;
}

async function showVitals() {
  try {
    const vitals = await (await fetch("/vitals")).json();
    byId("heap").textContent = (vitals.heap / 1e6).toFixed(0);
    byId("heap-limit").textContent = "of " + (vitals.heapLimit / 1e6).toFixed(0) + " MB heap";
    const waiting = vitals.streams.some((each) => each.waits === "ClientWrite");
    const word = byId("wait");
    word.textContent = vitals.streams.length === 0 ? "idle" : waiting ? "waiting" : "sending";
    word.className = vitals.streams.length === 0 ? "word" : waiting ? "word waits" : "word works";
  } catch (unreachable) {
    byId("wait").textContent = "unreachable";
  }
  setTimeout(showVitals, 1000);
}

// ---- events ---------------------------------------------------------------------------------------------------------

function notify(text) {
  return fetch("/notify", { method: "POST", headers: { "Content-Type": "text/plain" }, body: text });
}

function showEvent(message) {
  const event = JSON.parse(message.data);
  const item = document.createElement("li");
  const origin = document.createElement("small");
  const missed = event.missed > 0 ? ", " + event.missed + " missed before" : "";
  const gap = event.afterReconnect ? ", after a reconnect" : "";
  item.className = "new";
  item.textContent = event.payload;
  origin.textContent = clock() + " from session " + event.processId + missed + gap;
  item.append(origin);
  byId("events").prepend(item);
  while (byId("events").children.length > 50) {
    byId("events").lastChild.remove();
  }
}

function link(text, open) {
  byId("link").textContent = text;
  byId("link").classList.toggle("open", open);
}

let greeted = false;
const source = new EventSource("/events");
source.addEventListener("notification", showEvent);
source.addEventListener("error", () => link("connecting again", false));
source.addEventListener("open", () => {
  link("listening", true);
  if (!greeted) {
    greeted = true;
    notify("a browser listens");
  }
});

byId("form").addEventListener("submit", (submitted) => {
  submitted.preventDefault();
  notify(byId("text").value);
  byId("text").value = "";
});

document.querySelectorAll(".here").forEach((each) => (each.textContent = location.origin + "/"));
setInterval(tick, TICK);
showVitals();
stream();
