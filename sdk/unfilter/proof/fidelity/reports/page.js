"use strict";
const { report, engines, pictures, regressions } = data;

const looser = (a, b) => {
  const pair = [report.tolerances[a], report.tolerances[b]];
  return pair[0].round_trip_db >= pair[1].round_trip_db ? pair[0] : pair[1];
};
const tripPhotos = report.photos.filter((photo) => photo.round_trip);
const trips = new Map(report.round_trips.map((t) => [`${engineName(t.forward)}>${engineName(t.inverse)}`, t]));
const tripOf = (forward, inverse) => trips.get(`${forward}>${inverse}`);
const lossOf = (trip) => (number(trip.restored_db) === number(report.reference_db) ? 0 : number(report.reference_db) - number(trip.restored_db));

// ---- head ---------------------------------------------------------------------------------------------------------------

function head() {
  const all = [...report.graphs, ...report.round_trips];
  const count = (verdict) => all.filter((result) => result.verdict === verdict).length;
  const worse = regressions ? regressions.length : 0;
  const failed = report.failures.length + worse > 0;
  const worst = report.round_trips.reduce((a, b) => (a && number(a.restored_db) <= number(b.restored_db) ? a : b), null);
  const tile = (value, unit, text) => el("div", { class: "card tile" }, el("b", {}, value, el("small", {}, ` ${unit}`)), el("span", {}, text));
  document.getElementById("head").append(
    el("h1", {}, report.filter, el("span", { class: `pill ${failed ? "fail" : "pass"}` }, failed ? "✕ does not pass" : count("pass") === all.length ? "✓ restores" : "✓ nothing fails")),
    el("p", { class: "meta" }, `restoration ${report.restoration.slice(0, 12)} · ${report.machine}${report.note ? ` · ${report.note}` : ""}`),
    el("p", { class: "meta" }, Object.entries(report.tools).map(([name, version]) => `${name} ${version}`).join(" · ")),
    el("div", { class: "tiles" },
      tile(db(report.reference_db), "dB", `restored by the reference, ${tripPhotos.length} photo${tripPhotos.length > 1 ? "s" : ""}`),
      worst ? tile(db(worst.restored_db), "dB", `least: ${engineName(worst.forward)} → ${engineName(worst.inverse)}`) : null,
      tile(String(count("pass")), `of ${all.length}`, "checks pass"),
      count("unverified on device") ? tile(String(count("unverified on device")), "", "unverified on device: right here, but not run by the vendor's own runtime") : null,
      count("not engaged") ? tile(String(count("not engaged")), "", "not engaged: a delegate gave the CPU's bytes") : null,
      tile(String(count("fail") + report.broken.length + report.unsound.length), "", "fail")));
}

function alarms() {
  const cards = [];
  if (report.failures.length) {
    const card = section("What fails", null, el("ul", {}, report.failures.map((line) => el("li", {}, line))));
    card.classList.add("alarm");
    cards.push(card);
  }
  if (regressions && regressions.length) {
    const body = regressions.map((one) => [one.what, one.metric, one.before, one.now, one.allowed]);
    const card = section("Worse than the baseline", null,
      rows(["", "", "before", "now", "allowed"], body, ["", "", "number", "number", "number"]));
    card.classList.add("alarm");
    cards.push(card);
  } else if (regressions) {
    cards.push(section("Nothing is worse than in the baseline", null));
  }
  return cards;
}

// ---- matrix -------------------------------------------------------------------------------------------------------------

const METRICS = {
  restored: { name: "restored", text: (t) => db(t.restored_db), heat: (t) => lossOf(t) / looser(t.forward.precision, t.inverse.precision).round_trip_db,
    legend: ["as the reference", "all that is allowed"], lead: "PSNR of the restored photo against the photo, mean over photos, in dB." },
  loss: { name: "loss", text: (t) => (Math.abs(lossOf(t)) < 0.0005 ? "0" : lossOf(t).toFixed(3)),
    heat: (t) => lossOf(t) / looser(t.forward.precision, t.inverse.precision).round_trip_db,
    legend: ["none", "all that is allowed"], lead: "How many dB less than the reference's own round trip gives." },
  psnr: { name: "against the reference", text: (t) => db(t.psnr, 1), heat: (t) => (Number.isFinite(number(t.psnr)) ? (100 - number(t.psnr)) / 60 : 0),
    legend: ["equal bytes", "40 dB"], lead: "PSNR of the restored bytes against those that the reference restores, over all photos, in dB." },
  levels: { name: "largest difference", text: (t) => String(t.levels), heat: (t) => Math.log2(1 + t.levels) / Math.log2(33),
    legend: ["none", "32 levels"], lead: "How far a restored byte lies from the reference's at most, in levels of 8 bits." },
  differing: { name: "differing bytes", text: (t) => share(t.differing), heat: (t) => Math.sqrt(t.differing),
    legend: ["none", "all"], lead: "Share of restored bytes that are not the reference's." },
};

function matrix(chosen) {
  const lead = el("p", { class: "lead" });
  const table = el("table", { class: "matrix" });
  const detail = el("div", { class: "detail", "aria-live": "polite" });
  const low = el("span"), high = el("span");
  let metric = METRICS.restored, selected = null;

  const twoLines = (name) => { const at = name.lastIndexOf(" "); return [name.slice(0, at), el("small", {}, name.slice(at + 1))]; };
  const draw = () => {
    lead.textContent = `${metric.lead} The forward graph of a row filters, the 8-bit file is saved, the inverse of a column restores.`;
    [low.textContent, high.textContent] = metric.legend;
    table.replaceChildren(
      el("thead", {}, el("tr", {}, el("th", { class: "corner" }, "inverse →", el("br"), "forward ↓"), engines.map((e) => el("th", { scope: "col" }, twoLines(e))))),
      el("tbody", {}, engines.map((forward) => el("tr", {}, el("th", { scope: "row" }, twoLines(forward)),
        engines.map((inverse) => el("td", {}, cell(forward, inverse)))))));
  };
  const cell = (forward, inverse) => {
    const trip = tripOf(forward, inverse);
    if (!trip) return el("div", { class: "cell absent" }, "–");
    const { mark, said: verdict } = VERDICTS[trip.verdict];
    const label = `${forward} to ${inverse}: ${metric.text(trip)}, ${verdict}`;
    return el("button", { type: "button", class: `cell ${trip.verdict === "fail" ? "over" : ""}`, style: `--heat:${clamp(metric.heat(trip)).toFixed(3)}`,
      "aria-label": label, title: label, "aria-pressed": String(trip === selected), click: () => select(trip) }, metric.text(trip), mark ? el("i", {}, mark) : null);
  };
  const select = (trip) => {
    const again = document.activeElement && table.contains(document.activeElement);
    selected = trip;
    draw();
    if (again) table.querySelector("[aria-pressed=true]").focus();
    const tolerance = looser(trip.forward.precision, trip.inverse.precision);
    const top = Math.max(...trip.photos_db.concat(tripPhotos.map((p) => p.reference_db)).map(number).filter(Number.isFinite), 1);
    detail.replaceChildren(
      el("h3", {}, `${engineName(trip.forward)} → ${engineName(trip.inverse)}`), said(trip.verdict),
      el("dl", {}, ...Object.entries({
        "restored": `${db(trip.restored_db)} dB`, "the reference": `${db(report.reference_db)} dB`,
        "loss (allowed)": `${lossOf(trip).toFixed(3)} (${tolerance.round_trip_db})`, "against its bytes": Number.isFinite(number(trip.psnr)) ? `${db(trip.psnr, 1)} dB` : "equal",
        "largest difference": `${trip.levels} level${trip.levels === 1 ? "" : "s"}`, "differing bytes": share(trip.differing),
      }).flatMap(([term, value]) => [el("dt", {}, term), el("dd", {}, value)])),
      el("div", { class: "bars" }, tripPhotos.map((photo, index) => bar(photo.name, db(trip.photos_db[index]), number(trip.photos_db[index]) / top,
        { tick: number(photo.reference_db) / top, title: `${photo.name}: ${db(trip.photos_db[index])} dB, the reference ${db(photo.reference_db)} dB` }))),
      el("p", { class: "meta" }, "bars: dB of each photo; lines: the reference's"));
    chosen(trip);
  };
  const legend = el("div", { class: "legend" }, el("span", {}, low, el("i", { class: "ramp" }), high), el("span", {}, el("i", { class: "swatch" }), "✕ fail"),
    el("span", {}, "? unverified on device"), report.round_trips.some((t) => t.verdict === "not engaged") ? el("span", {}, "= not engaged") : null);
  const metrics = choice("number in the matrix", Object.entries(METRICS).map(([key, { name }]) => [key, name]), "restored", (key) => { metric = METRICS[key]; draw(); });
  const whole = section("Forward on one engine, inverse on another", null, lead,
    el("div", { class: "controls" }, metrics),
    el("div", { class: engines.length > 8 ? "split wide" : "split" }, el("div", {}, el("div", { class: "scroll" }, table), legend), detail));
  draw();
  return { whole, select };
}

// ---- pictures -----------------------------------------------------------------------------------------------------------

async function pixels(address) {
  const image = new Image();
  image.src = address;
  await image.decode();
  const canvas = el("canvas", { width: image.naturalWidth, height: image.naturalHeight });
  const context = canvas.getContext("2d", { willReadFrequently: true });
  context.drawImage(image, 0, 0);
  return context.getImageData(0, 0, canvas.width, canvas.height);
}

/** What differs from `base` by `address` modulo 256; "" is no difference. */
async function moved(base, address) {
  if (!address) return base;
  const difference = await pixels(address);
  const result = new ImageData(base.width, base.height);
  for (let at = 0; at < base.data.length; at += 1) result.data[at] = at % 4 === 3 ? 255 : (base.data[at] + difference.data[at]) & 255;
  return result;
}

function magnified(a, b, gain) {
  const result = new ImageData(a.width, a.height);
  for (let at = 0; at < a.data.length; at += 1) result.data[at] = at % 4 === 3 ? 255 : Math.min(255, Math.abs(a.data[at] - b.data[at]) * gain);
  return result;
}

function psnr(a, b) {
  let squares = 0;
  for (let at = 0; at < a.data.length; at += 1) if (at % 4 !== 3) squares += (a.data[at] - b.data[at]) ** 2;
  return squares ? 10 * Math.log10((255 * 255 * a.data.length * 0.75) / squares) : Infinity;
}

function put(canvas, image) {
  if (canvas.width !== image.width || canvas.height !== image.height) [canvas.width, canvas.height] = [image.width, image.height];
  canvas.getContext("2d").putImageData(image, 0, 0);
}

const PARTS = { photo: "photo", filtered: "filtered", restored: "restored", difference: "difference" };

function viewer() {
  if (!pictures) return { whole: section("Pictures", "This page was made from a saved report, which holds numbers only. unfilter verify --html makes one with pictures."), show: () => {} };
  const state = { photo: 0, left: "filtered", right: "restored", gain: 32, trip: null, images: null };
  const caption = el("p", { class: "lead" });
  const stage = { left: el("canvas"), right: el("canvas") };
  const tags = { left: el("span", { class: "side left" }), right: el("span", { class: "side right" }) };
  const frame = el("div", { class: "stage" }, stage.left, stage.right, tags.left, tags.right, el("div", { class: "line" }),
    el("input", { type: "range", min: 0, max: 100, step: 0.1, value: 50, "aria-label": "how much of the left picture is seen",
      input: (event) => frame.style.setProperty("--wipe", `${event.target.value}%`) }));
  const panels = Object.fromEntries(Object.keys(PARTS).map((part) => {
    const canvas = el("canvas"), name = el("b"), text = el("span");
    const button = el("button", { type: "button", class: "panel", "data-part": part, "aria-pressed": "false", click: () => { state.right = part; draw(); } }, canvas, name, text);
    return [part, { canvas, name, text, button }];
  }));
  const gainText = el("output", {}, "×32");
  const gain = el("input", { type: "range", min: 0, max: 6, step: 1, value: 5, "aria-label": "magnification of the difference",
    input: (event) => { state.gain = 2 ** Number(event.target.value); draw(); } });

  const load = async () => {
    const shown = pictures.photos[state.photo], trip = state.trip;
    const key = `${state.photo} ${trip ? engineName(trip.forward) + ">" + engineName(trip.inverse) : ""}`;
    state.key = key;
    const [photo, filtered, restored] = await Promise.all([shown.photo, shown.filtered, shown.restored].map(pixels));
    const kept = trip && state.photo === 0 && pictures.pairs.find((p) => p.forward === engineName(trip.forward) && p.inverse === engineName(trip.inverse));
    const images = kept
      ? { photo, filtered: await moved(filtered, pictures.differences[kept.filtered]), restored: await moved(restored, pictures.differences[kept.restored]) }
      : { photo, filtered, restored };
    if (state.key !== key) return; // another one was chosen meanwhile
    state.images = images;
    state.by = kept ? `${engineName(trip.forward)} → ${engineName(trip.inverse)}` : "the reference";
    draw();
  };
  const draw = () => {
    const { images } = state;
    if (!images) return;
    const drawn = { ...images, difference: magnified(images.restored, images.photo, state.gain) };
    const shown = pictures.photos[state.photo];
    const cut = shown.size[0] > images.photo.height || shown.size[1] > images.photo.width;
    const other = state.trip && state.by === "the reference" ? " Pictures of single pairs are kept of the first photo." : "";
    caption.textContent = `${shown.name}, ${shown.size[1]} × ${shown.size[0]}${cut ? ", its middle" : ""}; filtered and restored by ${state.by}.${other}`;
    const texts = {
      photo: ["photo", "what went in"],
      filtered: ["filtered", `all that is saved; ${db(psnr(images.filtered, images.photo), 1)} dB from the photo`],
      restored: ["restored", `from the filtered bytes; ${db(psnr(images.restored, images.photo), 1)} dB`],
      difference: [`difference ×${state.gain}`, "photo and restored"],
    };
    for (const [part, { canvas, name, text, button }] of Object.entries(panels)) {
      put(canvas, drawn[part]);
      [name.textContent, text.textContent] = texts[part];
      button.setAttribute("aria-pressed", String(part === state.right));
    }
    for (const side of ["left", "right"]) {
      put(stage[side], drawn[state[side]]);
      tags[side].textContent = texts[state[side]][0];
    }
    gainText.textContent = `×${state.gain}`;
    frame.dataset.by = state.by;
  };
  const photos = choice("photo", pictures.photos.map((p, index) => [String(index), p.name]), "0", (name) => { state.photo = Number(name); load(); });
  const left = choice("left picture", Object.entries(PARTS), "filtered", (name) => { state.left = name; draw(); });
  const whole = section("What it looks like", null, caption,
    el("div", { class: "controls" }, pictures.photos.length > 1 ? photos : null, el("label", {}, "left", left),
      el("label", {}, "difference", gain, gainText)),
    el("div", { class: "viewer" }, frame, el("div", { class: "panels" }, Object.values(panels).map(({ button }) => button))));
  return { whole, show: (trip) => { state.trip = trip; load(); } };
}

// ---- the rest -----------------------------------------------------------------------------------------------------------

function graphs() {
  const place = (value) => clamp((Math.log10(Math.max(value, 1e-8)) + 8) / 8);
  const axis = (result) => {
    const tolerance = report.tolerances[result.engine.precision].error;
    if (result.error === null) return "not measured without torch";
    return el("div", { class: "track", title: `error ${error(result.error)}, at most ${error(tolerance)}` },
      el("u", { style: `width:${place(number(result.error)) * 100}%` }), el("s", { class: "limit", style: `left:${place(tolerance) * 100}%` }));
  };
  const body = report.graphs.map((r) => [`${engineName(r.engine)} ${r.direction}`, axis(r), error(r.error), db(r.psnr, 1), String(r.levels), share(r.differing), said(r.verdict)]);
  return section("Each graph against PyTorch", `Largest difference of any value from the reference's, on a scale from 1e-8 to 1; the line is what is allowed. Compared with ${report.reference}.`,
    rows(["graph", "error", "", "bytes, dB", "levels", "differing", ""], body, ["name", "axis", "number", "number spare", "number spare", "number", "verdict"]));
}

function sizesAndSpeeds() {
  if (!report.sizes.length && !report.speeds.length) return null;
  const most = Math.max(...report.sizes.map((s) => s.bytes), 1), fastest = Math.max(...report.speeds.map((s) => s.megapixels_per_second), 1e-9);
  const speed = (s) => bar(`${engineName(s.engine)} ${s.direction}`, `${s.megapixels_per_second.toFixed(2)} MP/s`, s.megapixels_per_second / fastest, { light: s.direction === "inverse" });
  return section("Size and speed", "Speed is what was seen in passing on this machine, best photo of the run; unfilter bench measures it.",
    el("div", { class: "two" },
      el("div", {}, el("h3", {}, "On disk"), el("div", { class: "bars" }, report.sizes.map((s) => bar(s.path, size(s.bytes), s.bytes / most, { title: `${s.path}: ${s.precision}, ${s.directions.join(" and ")}` })))),
      el("div", {}, el("h3", {}, "Megapixels per second"), report.speeds.length ? el("div", { class: "bars" }, report.speeds.map(speed)) : el("p", { class: "lead" }, "not in this report"))));
}

function coverage() {
  if (!report.coverage.length) return null;
  const unique = (values) => [...new Set(values)];
  const precisions = unique(report.coverage.map((c) => c.precision));
  const word = (c) => c.taken === null ? "–" : c.taken === 0 ? "none" : c.taken < c.operations || c.partitions !== 1
    ? `${c.taken} of ${c.operations}, ${c.partitions} part${c.partitions === 1 ? "" : "s"}` : `all ${c.operations}`;
  const told = (c) => [`${c.path} ${c.direction}: ${word(c)}`, c.left.length ? `left to the CPU: ${c.left.join(", ")}` : "", c.note, c.source].filter(Boolean).join("; ");
  const part = (graphs) => graphs.length ? el("div", { title: graphs.map(told).join("\n") },
    graphs.some((c) => c.taken === null) ? null : el("div", { class: "track" },
      el("u", { style: `width:${clamp(Math.min(...graphs.map((c) => c.taken / Math.max(1, c.operations)))) * 100}%` })),
    el("small", {}, unique(graphs.map(word)).join(" / "))) : "–";
  const body = unique(report.coverage.map((c) => `${c.runtime} ${c.delegate}`)).map((name) => {
    const graphs = report.coverage.filter((c) => `${c.runtime} ${c.delegate}` === name);
    return [name, ...precisions.map((precision) => part(graphs.filter((c) => c.precision === precision))), unique(graphs.map((c) => c.evidence)).join(", ")];
  });
  return section("What a GPU or NPU would run", "Operations that the delegate takes, of the forward graph / of the inverse; all in one part is the goal.",
    rows(["delegate", ...precisions, "on whose word"], body, ["name", ...precisions.map(() => "part"), ""]));
}

function refused() {
  if (!report.refused.length) return null;
  return section("What does not ship", "Precisions that were made and missed their tolerance.",
    el("ul", { class: "plain" }, report.refused.map((one) => el("li", {}, el("b", {}, `${one.format} ${one.precision}`), `: ${one.reason}`))));
}

function engineList() {
  if (!report.not_run.length) return null;
  return section("What did not run here", null, el("ul", { class: "plain" }, report.not_run.map((one) => el("li", {}, el("b", {}, one.runtime), `: ${one.reason}`))));
}

function tolerances() {
  const body = Object.entries(report.tolerances).flatMap(([precision, bounds]) =>
    Object.entries(bounds).filter(([metric]) => metric !== "reasons").map(([metric, limit]) => [precision, metric.replaceAll("_", " "), String(limit), bounds.reasons[metric] || ""]));
  return el("section", {}, el("details", {}, el("summary", {}, "What is allowed, and why"),
    rows(["precision", "number", "at most", "reason"], body, ["", "", "number", ""])));
}

head();
const pictured = viewer();
const crossed = matrix(pictured.show);
document.getElementById("main").append(...[...alarms(), crossed.whole, pictured.whole, graphs(), sizesAndSpeeds(), coverage(), refused(), engineList(), tolerances()].filter(Boolean));
const first = report.round_trips.find((trip) => trip.verdict === "fail") ?? report.round_trips.reduce((a, b) => (a && number(a.restored_db) <= number(b.restored_db) ? a : b), null);
if (first) crossed.select(first);
else pictured.show(null);
