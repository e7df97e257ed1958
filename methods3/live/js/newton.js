// Newton's method from a start that readers drag: the tangents, and where each start ends.

import { format, sequence, within } from "./numbers.js";

// Most steps that are drawn; steps after which a start counts as lost; starts that are tried.
const DRAWN = 12;
const MOST = 60;
const STARTS = 600;
// What is not drawn, and told as "far away".
const FAR = 1e6;
const COLOURS = ["blue", "orange", "green"];

/** Van der Waals' equation of state less p, and its derivative, at volume V. */
export function gas(V, { T, p }) {
  const below = 3 * V - 1;
  return [(8 * T) / below - 3 / V ** 2 - p, (-24 * T) / below ** 2 + 6 / V ** 3];
}

/**
 * First and second derivative by θ of the REML criterion of one random effect,
 * Σ log(1 + θ²λᵢ) + (n − p) log(rest + Σ ηᵢ² / (1 + θ²λᵢ)): λᵢ and ηᵢ² are `roots` and
 * `squares`, n − p is `df`.
 */
export function criterionSlope(theta, { roots, squares, rest, df }) {
  let [first, second] = [0, 0]; // of the sum of logarithms
  let [r, r1, r2] = [rest, 0, 0]; // the sum of squares and its derivatives
  roots.forEach((root, i) => {
    const d = 1 + theta ** 2 * root;
    const [d1, d2] = [2 * theta * root, 2 * root];
    first += d1 / d;
    second += d2 / d - (d1 / d) ** 2;
    r += squares[i] / d;
    r1 -= (squares[i] * d1) / d ** 2;
    r2 += squares[i] * ((2 * d1 ** 2) / d ** 3 - d2 / d ** 2);
  });
  return [first + (df * r1) / r, second + df * (r2 / r - (r1 / r) ** 2)];
}

const CURVES = { gas, criterion: criterionSlope };

/** Places that the notes' program stands on, and the root that it finds, or null. */
export function search(curve, start) {
  const path = [start];
  for (let k = 0; k < MOST; k++) {
    const [value, slope] = curve(path.at(-1));
    const step = value / slope;
    if (!Number.isFinite(step)) return { path, root: null };
    if (Math.abs(step) <= 1e-8) return { path, root: path.at(-1) };
    path.push(path.at(-1) - step);
  }
  return { path, root: null };
}

export function newton(view, { curve, numbers, span, height, names, start }) {
  const state = view.begin({ start, steps: DRAWN });
  const of = (x) => CURVES[curve](x, numbers);
  const ends = sequence(...span, STARTS).map((x) => [x, search(of, x).root]);
  const roots = [];
  const indexOf = (root) => roots.findIndex((known) => Math.abs(known - root) < 1e-5);
  for (const [, root] of ends) if (root !== null && indexOf(root) < 0) roots.push(root);
  roots.sort((a, b) => a - b);
  view.slider("steps", { label: "steps drawn", max: DRAWN, text: String });
  view.legend([["orange", "point", "the start: drag it"], ["green", "point", "where it ends"]]);
  const plane = view.panel({
    label: `${names[1]} by ${names[0]}, with Newton's tangents`,
    x: { label: names[0], domain: span },
    y: { label: names[1], domain: height },
    width: 640,
    height: 300,
  });
  const strips = view.panel({
    label: "Which root each start finds",
    x: { label: "start, with the root that it finds", domain: span },
    y: { label: "", domain: [-0.6, roots.length - 0.4] },
    width: 640,
    height: 62 + 20 * roots.length,
    yTicks: 0,
  });
  const colour = (i) => COLOURS[i % COLOURS.length];
  const go = (x) => (state.start = x);
  plane.clicked(go);
  strips.clicked(go);
  const graph = pieces(sequence(...span, STARTS).map((x) => [x, of(x)[0]]));
  const half = (span[1] - span[0]) / (2 * (STARTS - 1));
  const runs = roots.map((_, i) =>
    pieces(ends.map(([x, root]) => [x, root !== null && indexOf(root) === i ? i : NaN])).map(
      (run) => [[run[0][0] - half, i], [run.at(-1)[0] + half, i]],
    ),
  );

  return () => {
    const { path, root } = search(of, state.start);
    plane.lines("zero", [span.map((x) => [x, 0])], "grey thin");
    plane.lines("graph", graph, "blue");
    plane.dots("roots", roots.map((x) => [x, 0]), "grey open", 4);
    const drawn = path.slice(0, state.steps + 1);
    // Browsers refuse numbers that are too far outside.
    const lost = drawn.findIndex((x) => Math.max(Math.abs(x), Math.abs(of(x)[0])) > FAR);
    const stood = drawn.slice(0, lost < 0 ? -1 : lost).map((x) => [x, of(x)[0]]);
    plane.lines("up", stood.map(([x, y]) => [[x, 0], [x, y]]), "grey dashes");
    const meets = (i) => [within(path[i + 1], [-FAR, FAR]), 0];
    plane.lines("tangents", stood.map((point, i) => [point, meets(i)]), "orange");
    plane.dots("stood", stood, "orange", 3.5);
    plane.texts("steps", numbered(stood, span, height));
    plane.dots("end", root === null ? [] : [[root, 0]], "green", 6);
    const where = `${names[0]} ${format(state.start, 2)}`;
    const handle = { x: state.start, y: 0, label: "the start", text: where };
    const size = (span[1] - span[0]) / 200;
    const handlers = { free: true, step: [size, 0], moved: (_, x) => go(x) };
    plane.handles("start", [handle], handlers, "orange");
    runs.forEach((run, i) => strips.lines(`root${i}`, run, `${colour(i)} band`));
    const left = strips.x.invert(-52);
    strips.texts("roots", roots.map((x, i) => [left, i - 0.2, format(x, 3)]));
    strips.lines("here", [[[state.start, -1], [state.start, roots.length]]], "orange dashes");
    const told = path.slice(1, 4).map((x) => format(x, 3));
    const drawnOf = ` Steps drawn: at most ${state.steps}.`;
    const last = Math.abs(path.at(-1)) < FAR ? format(path.at(-1), 2) : "far away";
    view.say(
      root === null
        ? `From ${where} the steps lead to ${told.join(", ") || "nowhere"}: after ` +
            `${path.length - 1} steps the search has found no root, and stands ` +
            `${last === "far away" ? last : `at ${last}`}.` + drawnOf
        : `From ${where} the steps lead to ${told.join(", ") || "no other place"}: the ` +
            `search ends at ${format(root, 6)}, after ${path.length - 1} steps.` +
            drawnOf,
    );
  };
}

// The numbers of the steps, beside where they are taken, as far as they can be told apart.
function numbered(stood, span, height) {
  const [wide, high] = [span, height].map(([low, top]) => (top - low) / 40);
  return stood
    .map(([x, y], step) => [x + wide / 2, y + high, `${step}`])
    .filter(([x, y], step) => {
      const apart = !step || Math.abs(stood[step][0] - stood[step - 1][0]) > wide;
      const inside = span[0] < x && x < span[1] && height[0] < y && y < height[1] - high;
      return apart && inside;
    });
}

// A curve without the points that are no numbers: what lies between them.
function pieces(points) {
  const found = [[]];
  for (const point of points) {
    if (Number.isFinite(point[1])) found.at(-1).push(point);
    else if (found.at(-1).length) found.push([]);
  }
  return found.filter((piece) => piece.length);
}
