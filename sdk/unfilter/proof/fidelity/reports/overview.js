"use strict";
const head = el("h1", {}, data.rows.length === 1 ? "One filter" : `${data.rows.length} filters`,
  data.rows.some((row) => row.fails) ? el("span", { class: "pill fail" }, "✕ not all pass") : el("span", { class: "pill pass" }, "✓ nothing fails"));
document.getElementById("head").append(head, el("p", { class: "meta" }, data.machines.join(" · ")));

const values = data.rows.flatMap((row) => [row.reference, row.least, row.filtered]).map(number).filter(Number.isFinite);
const highest = Math.max(...values, 1);
const body = data.rows.map((row) => [
  el("a", { href: row.page }, row.filter), row.fails ? el("span", { class: "fail" }, `✕ ${row.fails} fail`) : el("span", { class: "pass" }, "nothing fails"),
  el("div", { class: "track", title: `filtered ${db(row.filtered)}, restored ${db(row.least)} at least, by the reference ${db(row.reference)} dB` },
    el("u", { class: "light", style: `width:${(number(row.least) / highest) * 100}%` }), el("u", { style: `width:${clamp(number(row.filtered) / highest) * 100}%` }),
    el("s", { style: `left:${clamp(number(row.reference) / highest) * 100}%` })),
  db(row.filtered), db(row.reference), db(row.least), row.pair, error(row.error), `${row.counts.pass} / ${row.counts["unverified on device"]} / ${row.counts.fail}`, size(row.bytes),
]);
document.getElementById("main").append(section("Do they restore?",
  "PSNR against the photo in dB: of the filtered file (dark bar), of what the worst pair of engines restores from it (light bar), and of what the reference restores (line).",
  rows(["filter", "", "", "filtered", "reference", "least", "by", "max error", "pass / unverified / fail", "graphs"], body,
    ["name", "verdict", "axis", "number", "number", "number", "spare name", "number spare", "number spare", "number spare"])));
