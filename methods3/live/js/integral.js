// One group's share of the likelihood of a logistic mixed model: an integral over its
// random effect, Laplace's bell in its place, and nodes of quadrature.

import { eigen } from "./algebra.js";
import { expit, format, sequence } from "./numbers.js";

// Random effects that are drawn, in standard deviations.
const SPAN = [-6, 6];
// So far from the mode, in widths of the bell, nothing is left of an integrand.
const FAR = 14;
const MOST_NODES = 25;

/** log of p(y | u) φ(u), and its first two derivatives by u. */
export function logIntegrand({ eta, y }, sigma, u) {
  let value = -(u ** 2) / 2 - Math.log(2 * Math.PI) / 2, slope = -u, bend = -1;
  eta.forEach((fixed, i) => {
    const at = fixed + sigma * u, p = expit(at);
    value += y[i] * at - Math.max(at, 0) - Math.log1p(Math.exp(-Math.abs(at)));
    slope += sigma * (y[i] - p);
    bend -= sigma ** 2 * p * (1 - p);
  });
  return { value, slope, bend };
}

/** Where it is highest, and the width of a bell with its curvature there. */
export function modeOf(group, sigma) {
  let u = 0, here = logIntegrand(group, sigma, u);
  for (let step = 0; step < 100; step++) {
    let move = -here.slope / here.bend;
    if (Math.abs(move) < 1e-10) break;
    let there = logIntegrand(group, sigma, u + move);
    for (; there.value < here.value && Math.abs(move) > 1e-12; move /= 2)
      there = logIntegrand(group, sigma, u + move / 2);
    [u, here] = [u + move, logIntegrand(group, sigma, u + move)];
  }
  return { u, height: here.value, width: 1 / Math.sqrt(-here.bend) };
}

/** Nodes and weights of Gauss and Hermite, for the standard normal: Golub and Welsch. */
export function gaussHermite(n) {
  const J = sequence(0, n - 1, n).map(() => Array(n).fill(0));
  for (let i = 1; i < n; i++) J[i][i - 1] = J[i - 1][i] = Math.sqrt(i);
  const { values, vectors } = eigen(J);
  return values.map((z, i) => [z, vectors[0][i] ** 2]).sort((a, b) => a[0] - b[0]);
}

const RULES = sequence(1, MOST_NODES, MOST_NODES).map((n) => (n === 1 ? [[0, 1]] : gaussHermite(n)));

/** log of the integral by nodes that lie around the mode; one is Laplace's. */
export function byNodes(group, sigma, n) {
  const { u, height, width } = modeOf(group, sigma);
  const sum = RULES[n - 1].reduce((total, [z, weight]) => {
    const over = logIntegrand(group, sigma, u + width * z).value - height;
    return total + weight * Math.exp(over + z ** 2 / 2);
  }, 0);
  return height + Math.log(sum * width * Math.sqrt(2 * Math.PI));
}

/** log of the integral, as good as exactly: by many narrow strips. */
export function exactly(group, sigma) {
  const { height } = modeOf(group, sigma);
  const strips = sequence(-FAR, FAR, 4001);
  const sum = strips.reduce(
    (total, at) => total + Math.exp(logIntegrand(group, sigma, at).value - height), 0,
  );
  return height + Math.log(sum * (strips[1] - strips[0]));
}

export function integral(view, { groups, names, reach, start }) {
  const state = view.begin(start);
  const of = (who) => groups.find(([name]) => name === who);
  view.choice("who", { label: names.group, options: groups.map(([name, , text]) => [name, text]) });
  view.slider("sigma", { label: "σ", min: reach[0], max: reach[1], step: 0.1 });
  view.slider("nodes", { label: "nodes", min: 1, max: MOST_NODES, text: String });
  view.legend([
    ["blue", "", "what is integrated"],
    ["orange", "dashes", "Laplace's bell"],
    ["green", "point", "nodes"],
  ]);
  const left = view.panel({
    label: "What is integrated, by the random effect",
    x: { label: "random effect u, in standard deviations", domain: SPAN },
    y: { label: "height, over the highest", domain: [0, 1.1] },
  });
  const right = view.panel({
    label: "Error of −2 log L by the number of nodes",
    x: { label: "nodes", domain: [0, MOST_NODES + 1] },
    y: { label: "error of −2 log L", domain: [-0.5, 0.5] },
  });
  const across = sequence(...SPAN, 241);

  return () => {
    const { who, sigma, nodes } = state;
    const [, group, text] = of(who);
    const { u, height, width } = modeOf(group, sigma);
    const over = (at) => Math.exp(logIntegrand(group, sigma, at).value - height);
    const bell = (at) => Math.exp(-(((at - u) / width) ** 2) / 2);
    left.areas("under", [[[SPAN[0], 0], ...across.map((at) => [at, over(at)]), [SPAN[1], 0]]], "blue");
    left.lines("integrand", [across.map((at) => [at, over(at)])], "blue strong");
    left.lines("bell", [across.map((at) => [at, bell(at)])], "orange dashes");
    const places = RULES[nodes - 1].map(([z]) => u + width * z);
    left.lines("sticks", places.map((at) => [[at, 0], [at, over(at)]]), "green thin");
    left.dots("nodes", places.map((at) => [at, over(at)]), "green", 4);
    const truth = exactly(group, sigma);
    const errors = sequence(1, MOST_NODES, MOST_NODES).map((n) => [
      n, -2 * (byNodes(group, sigma, n) - truth),
    ]);
    const largest = Math.max(0.1, ...errors.map(([, error]) => Math.abs(error)));
    right.domains([0, MOST_NODES + 1], [-1.1 * largest, 1.1 * largest]);
    right.lines("none", [[[0, 0], [MOST_NODES + 1, 0]]], "faint");
    right.lines("errors", [errors], "grey");
    right.dots("all", errors, "grey", 2.5);
    right.dots("here", [errors[nodes - 1]], "green", 5);
    const named = nodes === 1 ? "1 node, which is Laplace's," : `${nodes} nodes`;
    view.say(
      `${text}, σ ${format(sigma, 1)}: the integral is ${format(Math.exp(truth), 5)}; with ` +
        `${named} it is ${format(Math.exp(byNodes(group, sigma, nodes)), 5)}, and −2 log L ` +
        `is off by ${format(errors[nodes - 1][1], 3)}. The highest place is at u ${format(u)}.`,
    );
  };
}
