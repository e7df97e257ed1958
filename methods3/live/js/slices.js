// x[start:stop] in R, which numbers boxes, and in Python, which numbers the cuts between.

import { within } from "./numbers.js";

// Lower edges of the two rows of boxes, each as high as it is wide.
const BELOW = { R: 2.4, Python: 0 };

/** Indices, from 0, that R and Python take; R counts down if start is behind stop. */
export function taken(start, stop) {
  const step = start > stop ? -1 : 1;
  const R = Array.from({ length: Math.abs(stop - start) + 1 }, (_, i) => start - 1 + i * step);
  const Python = Array.from({ length: Math.max(stop - start, 0) }, (_, i) => start + i);
  return { R, Python };
}

export function slices(view, { x, start }) {
  const state = view.begin({ start: start[0], stop: start[1] });
  const n = x.length;
  const panel = view.panel({
    label: "What R and Python take",
    x: { label: "", domain: [-0.6, n + 0.3] },
    y: { label: "", domain: [-1, 4.2] },
    width: 480,
    height: 400,
    xTicks: 0,
    yTicks: 0,
  });
  view.legend([
    ["blue", "point", "R numbers the boxes"],
    ["orange", "point", "Python numbers the cuts: drag them"],
  ]);
  const box = (i, below) => [
    [i, below], [i + 1, below], [i + 1, below + 1], [i, below + 1], [i, below],
  ];
  const tall = (i, below) => [[i, below - 0.25], [i, below + 1.15]];

  return () => {
    const { start, stop } = state;
    const found = taken(start, stop);
    const said = (indices) => indices.map((i) => x[i]).join(", ") || "nothing";
    for (const [language, colour] of [["R", "blue"], ["Python", "orange"]]) {
      const below = BELOW[language];
      const full = found[language].map((i) => box(i, below));
      panel.areas(`${language} taken`, full, `${colour} full`);
      panel.lines(`${language} boxes`, x.map((_, i) => box(i, below)), "grey");
      const values = x.map((value, i) => [i + 0.5, below + 0.42, String(value)]);
      panel.texts(`${language} values`, values, "middle");
      const text = `${language}: x[${start}:${stop}] is ${said(found[language])}`;
      panel.texts(`${language} said`, [[0, below + 1.3, text]], colour);
    }
    const positions = x.map((_, i) => [i + 0.5, BELOW.R - 0.35, String(i + 1)]);
    panel.texts("positions", positions, "middle blue");
    const cuts = [...x, 0].map((_, i) => [i, BELOW.Python - 0.9, String(i)]);
    panel.texts("cuts", cuts, "middle orange");
    panel.lines("ends", [start, stop].map((cut) => tall(cut, BELOW.Python)), "orange strong");
    const handle = (name) => ({
      x: state[name], y: BELOW.Python - 0.4, label: name, text: String(state[name]),
    });
    panel.handles(
      "cuts",
      ["start", "stop"].map(handle),
      {
        free: true,
        step: [1, 0],
        moved: (i, at) => (state[i ? "stop" : "start"] = within(Math.round(at), [1, n])),
      },
      "orange",
    );
    view.say(
      `x[${start}:${stop}]: R gives ${said(found.R)}; Python gives ${said(found.Python)}.`,
    );
  };
}
