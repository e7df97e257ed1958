// Counts of two groups that do not differ, drawn again, with three intervals of their ratio.
//
// A Poisson model of two groups has its estimates in closed form.  Quasi-Poisson multiplies
// the standard error by the root of the dispersion.  The third model gives each row a
// normal effect; its likelihood is Laplace's approximation, as that of mlm.glmer.

import { chiSquared, random } from "./draws.js";
import { format, moments, sequence } from "./numbers.js";

const Z = 1.959963984540054;
const KINDS = ["Poisson", "quasi-Poisson", "row effect"];
const COLOURS = ["orange", "blue", "green"];
// Studies of one press of the second button, and those kept.
const AT_ONCE = 50, MOST = 500;
// Where the standard deviation of rows is searched, how exactly, and what counts as none.
const WIDEST = 3, EXACT = 1e-5, NONE = 1e-3;
const STEP = 1e-3;

const sum = (values) => values.reduce((total, value) => total + value, 0);

/** A count with a rate. */
function poisson(rate, { uniform }) {
  let count = 0;
  for (let time = -Math.log(uniform()); time < rate; time -= Math.log(uniform())) count++;
  return count;
}

/** Two groups of counts whose variance is ω times their mean: two arrays. */
export function drawn({ mean, people, omega }, seed) {
  const stream = random(seed);
  const one = () => {
    if (omega === 1) return poisson(mean, stream);
    // A gamma variable with this mean, and a variance of ω − 1 times that.
    const rate = (chiSquared((2 * mean) / (omega - 1), stream) * (omega - 1)) / 2;
    return poisson(rate, stream);
  };
  return [0, 1].map(() => Array.from({ length: people }, one));
}

/** Log likelihood of counts with log mean η + σu, u normal, by Laplace; without log y!. */
function marginal(counts, eta, sigma) {
  let total = 0;
  for (const y of counts) {
    let u = 0;
    for (let step = 0; step < 50; step++) {
      const mu = Math.exp(eta + sigma * u);
      const move = (sigma * (y - mu) - u) / (1 + sigma ** 2 * mu);
      // Steps are short where the exponential would run away.
      u += Math.max(Math.min(move, 2), -2);
      if (Math.abs(move) < 1e-10) break;
    }
    const mu = Math.exp(eta + sigma * u);
    total += y * (eta + sigma * u) - mu - u ** 2 / 2 - Math.log(1 + sigma ** 2 * mu) / 2;
  }
  return total;
}

/** The best η of one group for a σ, by Newton's method with differences. */
function bestEta(counts, sigma) {
  let eta = Math.log(moments(counts).mean) - sigma ** 2 / 2;
  for (let step = 0; step < 30; step++) {
    const [below, here, above] = [-1, 0, 1].map((k) => marginal(counts, eta + k * STEP, sigma));
    const move = ((above - below) * STEP) / 2 / (2 * here - above - below);
    eta += Math.max(Math.min(move, 0.5), -0.5);
    if (Math.abs(move) < 1e-7) break;
  }
  return eta;
}

/** Log ratio and its standard error with a normal effect of each row, or null at σ = 0. */
export function rowEffect(groups) {
  const value = (sigma) => sum(groups.map((y) => marginal(y, bestEta(y, sigma), sigma)));
  // Golden section.
  const share = (Math.sqrt(5) - 1) / 2;
  let [low, high] = [0, WIDEST];
  let [a, b] = [high - share * (high - low), low + share * (high - low)];
  let [fa, fb] = [value(a), value(b)];
  while (high - low > EXACT) {
    if (fa > fb) {
      [high, b, fb] = [b, a, fa];
      a = high - share * (high - low);
      fa = value(a);
    } else {
      [low, a, fa] = [a, b, fb];
      b = low + share * (high - low);
      fb = value(b);
    }
  }
  const sigma = (low + high) / 2;
  if (sigma < NONE) return null;
  const etas = groups.map((y) => bestEta(y, sigma));
  // Second derivatives of the log likelihood, with their signs changed.
  const at = (y, eta) => (i, k) => marginal(y, eta + i * STEP, sigma + k * STEP);
  const parts = groups.map((y, g) => {
    const f = at(y, etas[g]), middle = f(0, 0);
    return {
      eta: (2 * middle - f(1, 0) - f(-1, 0)) / STEP ** 2,
      both: -(f(1, 1) - f(1, -1) - f(-1, 1) + f(-1, -1)) / (4 * STEP ** 2),
      sigma: (2 * middle - f(0, 1) - f(0, -1)) / STEP ** 2,
    };
  });
  const lean = parts.map(({ eta, both }) => both / eta);
  const rest = sum(parts.map((part, g) => part.sigma - part.both * lean[g]));
  const variance = sum(parts.map(({ eta }) => 1 / eta)) + (lean[1] - lean[0]) ** 2 / rest;
  return { ratio: etas[1] - etas[0], se: Math.sqrt(variance), sigma };
}

/** Dispersion, and the log ratio with its interval by each kind; `t` is Student's quantile. */
export function studied(groups, t) {
  const means = groups.map((y) => moments(y).mean);
  const ratio = Math.log(means[1] / means[0]);
  const se = Math.sqrt(sum(groups.map((y) => 1 / sum(y))));
  const squares = groups.flatMap((y, g) => y.map((count) => (count - means[g]) ** 2 / means[g]));
  const dispersion = sum(squares) / (squares.length - 2);
  const row = rowEffect(groups) ?? { ratio, se };
  const around = (middle, reach) => [middle - reach, middle + reach];
  const intervals = [
    around(ratio, Z * se),
    around(ratio, t * se * Math.sqrt(dispersion)),
    around(row.ratio, Z * row.se),
  ];
  return { means, dispersion, intervals, middles: [ratio, ratio, row.ratio] };
}

export function counts(view, { start, mean, largest, names, quantiles, seed }) {
  const state = view.begin({ ...start, draw: 0, studies: [] });
  const renew = () => (state.studies = []);
  view.slider("omega", {
    label: "variance, in means (ω)", min: 1, max: largest, step: 0.5, after: renew,
  });
  view.slider("people", {
    label: "in each group", values: quantiles.map(([n]) => n), text: String,
    after: renew,
  });
  view.button("draw again", next);
  view.button(`draw ${AT_ONCE}`, () => sequence(1, AT_ONCE, AT_ONCE).forEach(next));
  view.legend([
    ["grey", "", "the truth: no difference"],
    ...KINDS.map((kind, k) => [COLOURS[k], "", kind]),
  ]);
  const data = view.panel({
    label: "Counts of the last study, by group",
    x: { label: "count", domain: [0, 1] },
    y: { label: "", domain: [-0.5, 1.5] },
    yTicks: 0,
  });
  const bars = view.panel({
    label: "Three intervals of the last study",
    x: { label: "ratio of the means", domain: [0.4, 2] },
    y: { label: "", domain: [-0.6, 2.7] },
    yTicks: 0,
  });
  const tell = view.numbers("Intervals that hold the truth");
  let known = {};

  function study() {
    const { people, omega, draw } = state;
    const key = JSON.stringify([people, omega, draw]);
    if (known.key !== key) {
      const groups = drawn({ mean, people, omega }, seed + draw);
      const t = quantiles.find(([n]) => n === people)[1];
      known = { key, groups, ...studied(groups, t) };
    }
    return known;
  }
  function next() {
    state.draw += 1;
    const holds = study().intervals.map(([low, high]) => Number(low <= 0 && high >= 0));
    state.studies = [...state.studies, holds].slice(-MOST);
  }

  return () => {
    if (state.studies.length === 0) next();
    const { groups, means, dispersion, intervals, middles } = study();
    const widest = 1.05 * Math.max(...groups.flat(), 3 * mean);
    data.domains([-0.03 * widest, widest], [-0.5, 1.5]);
    // Beside each other, so that equal counts are seen: by their order in the group.
    const dots = groups.map((y, g) => y.map((x, i) => [x, g + 0.5 * ((i + 0.5) / y.length - 0.5)]));
    data.dots("counts", dots.flat(), "grey", 3);
    data.lines("means", means.map((m, g) => [[m, g - 0.35], [m, g + 0.35]]), "blue strong");
    data.texts("names", names.map((name, g) => [0.72 * widest, g + 0.36, name]));
    bars.lines("truth", [[[1, -0.6], [1, 2.7]]], "grey strong");
    const ends = intervals.map((pair) => pair.map(Math.exp));
    bars.lines("bars", ends.map((pair, k) => pair.map((x) => [x, 2 - k])), (k) => `${COLOURS[k]} strong`);
    bars.dots("middles", middles.map((x, k) => [Math.exp(x), 2 - k]), (k) => COLOURS[k], 5);
    bars.texts("kinds", KINDS.map((kind, k) => [0.42, 2.25 - k, kind]));
    const held = KINDS.map((_, k) => sum(state.studies.map((holds) => holds[k])));
    const of = state.studies.length;
    tell(KINDS.map((kind, k) => [kind, `${held[k]} of ${of} hold the truth`]));
    const said = KINDS.map((kind, k) => `${kind} ${ends[k].map((x) => format(x)).join(" to ")}`);
    view.say(
      `Ratio of ${names[1]} to ${names[0]} ${format(Math.exp(middles[0]))}, dispersion ` +
        `${format(dispersion)}. Intervals: ${said.join(", ")}. With the truth inside so far: ` +
        `${KINDS.map((kind, k) => `${kind} ${held[k]}`).join(", ")} of ${of}.`,
    );
  };
}
