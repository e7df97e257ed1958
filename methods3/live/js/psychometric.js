// A psychometric curve by hand: how often guessing is right, how often a hand slips, and
// where and how steeply the curve rises between the two; and what it costs at each place.

import { expit, format, sequence, within } from "./numbers.js";

// The threshold is where this share of answers is right.
const SHARE = 0.75;
// Costs that are drawn.
const HIGHEST = 12;
// Places of a grid, and how often it is laid anew around the best of them.
const PLACES = 30;
const ZOOMS = 14;

/** Probabilities of a right and of a wrong answer, neither as one less the other. */
export function probabilities({ guess, lapse, threshold, slope }, x) {
  const known = 1 - guess - lapse;
  const eta = Math.log((SHARE - guess) / (1 - lapse - SHARE)) + slope * (x - threshold);
  return [guess + known * expit(eta), lapse + known * expit(-eta)];
}

const part = (count, probability) => (count ? -2 * count * Math.log(probability) : 0);

/** −2 log L of rows `[x, right, answers]`. */
export function deviance(rows, curve) {
  return rows.reduce((sum, [x, right, n]) => {
    const [p, q] = probabilities(curve, x);
    return sum + part(right, p) + part(n - right, q);
  }, 0);
}

/** How much of it a curve through the share at this place would save. */
export function cost([x, right, n], curve) {
  const [p, q] = probabilities(curve, x);
  return part(right, (p * n) / right) + part(n - right, (q * n) / (n - right));
}

/** Threshold and slope with the lowest −2 log L, in reach, for a guess and a lapse rate. */
export function best(rows, { guess, lapse }, reach) {
  const whole = [reach[0], reach[1].map(Math.log)];
  let box = whole, found = null;
  for (let zoom = 0; zoom < ZOOMS; zoom++) {
    for (const threshold of sequence(...box[0], PLACES))
      for (const power of sequence(...box[1], PLACES)) {
        const curve = { guess, lapse, threshold, slope: Math.exp(power) };
        const height = deviance(rows, curve);
        if (!found || height < found.height) found = { ...curve, power, height };
      }
    box = [found.threshold, found.power].map((middle, i) => {
      const half = (box[i][1] - box[i][0]) / 5;
      return [middle - half, middle + half].map((end) => within(end, whole[i]));
    });
  }
  return found;
}

export function psychometric(view, { rows, names, reach, span, start }) {
  const state = view.begin({ ...start, lowest: {} });
  const of = (who) => rows.find(([name]) => name === who)[1];
  view.choice("who", { label: names.group, options: rows.map(([name]) => [name, name]) });
  const rate = (key, label, max, step) =>
    view.slider(key, { label, max, step, text: (value) => format(value) });
  rate("guess", "guess rate γ", 0.5, 0.05);
  rate("lapse", "lapse rate λ", 0.2, 0.01);
  const [first, last] = reach[1].map(Math.log);
  const slopes = sequence(first, last, 41).map((power) => Number(Math.exp(power).toFixed(2)));
  view.slider("slope", { label: "slope", values: slopes });
  view.button("best threshold and slope", () => {
    const { threshold, slope } = best(of(state.who), state, reach);
    Object.assign(state, { threshold, slope });
  });
  view.legend([
    ["blue", "point", "share of right answers; the larger, the more of them"],
    ["orange", "point", "the curve, and where it is right in 75 %: drag it to the side"],
  ]);
  const left = view.panel({
    label: `Share of right answers by ${names.x}`,
    x: { label: names.x, domain: span },
    y: { label: "share of right answers", domain: [0, 1.08] },
  });
  const right = view.panel({
    label: `What the curve costs at each ${names.x}`,
    x: { label: names.x, domain: span },
    y: { label: "cost, in −2 log L", domain: [0, HIGHEST] },
  });
  const apart = (span[1] - span[0]) / 12; // two numbers nearer than this would overlap
  const before = sequence(span[0], 0, 21), across = sequence(0, span[1], 161);

  return () => {
    const { who, guess, lapse, threshold, slope } = state;
    const answers = of(who);
    const most = Math.max(...answers.map(([, , n]) => n));
    const p = (x) => probabilities(state, x)[0];
    const graph = (xs) => xs.map((x) => [x, p(x)]);
    const height = deviance(answers, state);
    const known = state.lowest[who];
    if (!known || height < known.height)
      state.lowest = { ...state.lowest, [who]: { height, guess, lapse } };
    left.lines("chance", [[[span[0], 0.5], [span[1], 0.5]]], "faint");
    left.lines("blank", [[[0, 0], [0, 1.08]]], "faint");
    left.lines("before", [graph(before)], "orange dashes");
    left.lines("curve", [graph(across)], "orange strong");
    const size = (_, i) => 2 + 7 * Math.sqrt(answers[i][2] / most);
    left.dots("shares", answers.map(([x, k, n]) => [x, k / n]), "blue", size);
    left.handles(
      "threshold",
      [{ x: threshold, y: SHARE, label: "threshold", text: format(threshold) }],
      {
        free: true,
        step: [0.01, 0],
        moved: (_, x) => (state.threshold = within(x, reach[0])),
      },
      "orange",
    );
    const costs = answers.map((row) => [row[0], cost(row, state)]);
    right.lines("costs", costs.map(([x, top]) => [[x, 0], [x, top]]), "blue strong");
    const beyond = costs.filter(([, top]) => top > HIGHEST);
    const hidden = ([x, top]) =>
      beyond.some(([other, higher]) => higher > top && Math.abs(other - x) < apart);
    const told = beyond.filter((bar) => !hidden(bar));
    right.texts("beyond", told.map(([x, top]) => [x, HIGHEST, format(top, 0)]), "blue");
    const lowest = state.lowest[who];
    view.say(
      `${who}: with guess rate ${format(guess)}, lapse rate ${format(lapse)}, 75 % right at ` +
        `${names.x} ${format(threshold)} and slope ${format(slope, 1)}, −2 log L is ` +
        `${format(height)}. With nothing to see, this curve is right in ` +
        `${format(100 * p(0), 0)} %. The lowest so far is ${format(lowest.height)}, with ` +
        `guess rate ${format(lowest.guess)} and lapse rate ${format(lowest.lapse)}.`,
    );
  };
}
