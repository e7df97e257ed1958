// Draw data sets again and again: what ML and REML make of a variance between groups.

import { chiSquared, random } from "./draws.js";
import { format, sequence, within } from "./numbers.js";

// Data sets of one press of the button; the most that are kept; bars of the histogram.
const AT_ONCE = 500;
const MOST = 5000;
const BARS = 40;

/**
 * Estimates of σ_α² from data sets of J groups of n, drawn from a stream.
 *
 * In balanced data they are max(SSB/J − s², 0)/n by ML and max(SSB/(J − 1) − s², 0)/n by
 * REML, with s² = SSE/(J(n − 1)): only the two sums of squares are drawn.
 */
export function varianceEstimates({ J, n, sigmaY, variance, count, seed }) {
  const stream = random(seed);
  const [ml, reml] = [new Float64Array(count), new Float64Array(count)];
  for (let i = 0; i < count; i++) {
    const between = (sigmaY ** 2 + n * variance) * chiSquared(J - 1, stream);
    const error = (sigmaY ** 2 * chiSquared(J * (n - 1), stream)) / (J * (n - 1));
    ml[i] = Math.max(between / J - error, 0) / n;
    reml[i] = Math.max(between / (J - 1) - error, 0) / n;
  }
  return { ml, reml };
}

export function variance(view, { groups, sizes, sigmas, most, start }) {
  const state = view.begin({ ...start, count: AT_ONCE });
  view.slider("J", { label: "groups J", values: groups, text: String });
  view.slider("n", { label: "in each, n", values: sizes, text: String });
  view.slider("sigmaY", { label: "σ_y", values: sigmas, text: String });
  view.button(`draw ${AT_ONCE} more`, () => {
    state.count = Math.min(state.count + AT_ONCE, MOST);
  });
  view.button("start again", () => {
    state.seed = (state.seed + 1) % 2 ** 31;
    state.count = AT_ONCE;
  });
  view.legend([
    ["orange", "", "the truth: drag it"],
    ["blue", "", "ML"],
    ["green", "", "REML"],
    ["grey", "dashes", "their means"],
  ]);
  const bars = view.panel({
    label: "Histograms of the estimates",
    x: { label: "estimate of σ_α² (last bar: and more)", domain: [0, most] },
    y: { label: "per cent of data sets", domain: [0, 50] },
  });
  const means = view.panel({
    label: "Means of the estimates so far",
    x: { label: "data sets drawn", domain: [0, AT_ONCE] },
    y: { label: "mean so far", domain: [0, most / 2] },
    xTicks: 4,
  });
  const width = most / BARS;

  return () => {
    const { ml, reml } = varianceEstimates(state);
    const found = [["ML", ml, "blue"], ["REML", reml, "green"]];
    const shares = found.map(([, values]) => histogram(values));
    bars.domains([0, most], [0, 1.15 * Math.max(...shares.flat())]);
    const steps = shares.map((heights) => [
      [0, 0],
      ...heights.flatMap((h, i) => [[i * width, h], [(i + 1) * width, h]]),
      [most, 0],
    ]);
    const top = bars.y.domain()[1];
    const colours = (i) => found[i][2];
    bars.areas("bars", steps, colours);
    bars.lines("edges", steps, colours);
    const averages = found.map(([, values]) => running(values));
    const upright = (x) => [[x, 0], [x, top]];
    const ends = averages.map((line) => line.at(-1)[1]);
    bars.lines("means", ends.map(upright), (i) => `${colours(i)} strong dashes`);
    bars.lines("truth", [upright(state.variance)], "orange strong");
    const text = `σ_α² ${format(state.variance, 1)}`;
    bars.handles(
      "truth",
      [{ x: state.variance, y: 0.93 * top, label: "the true variance", text }],
      {
        free: true,
        step: [0.5, 0],
        moved: (_, x) => (state.variance = within(x, [0, most / 2])),
      },
      "orange",
    );
    const highest = Math.max(state.variance, ...averages.flat().map(([, mean]) => mean));
    means.domains([0, state.count], [0, 1.1 * highest || 1]);
    means.lines("truth", [[0, state.count].map((x) => [x, state.variance])], "orange strong");
    means.lines("averages", averages, colours);
    const zeros = found.map(([, values]) => values.filter((value) => value === 0).length);
    const share = (count) => `${format((100 * count) / state.count, 0)} %`;
    view.say(
      `${state.count} data sets of ${state.J} groups of ${state.n}, true variance ` +
        `${format(state.variance, 1)}: the mean estimate is ${format(ends[0], 1)} by ML and ` +
        `${format(ends[1], 1)} by REML, the root mean squared error ` +
        `${format(error(ml), 1)} and ${format(error(reml), 1)}; ${share(zeros[0])} and ` +
        `${share(zeros[1])} of the estimates are 0.`,
    );
  };

  function histogram(values) {
    const counts = new Array(BARS).fill(0);
    for (const value of values) counts[Math.min(Math.floor(value / width), BARS - 1)]++;
    return counts.map((count) => (100 * count) / values.length);
  }

  function running(values) {
    const shown = new Set(sequence(1, values.length, 200).map(Math.round));
    const line = [];
    let sum = 0;
    values.forEach((value, i) => {
      sum += value;
      if (shown.has(i + 1)) line.push([i + 1, sum / (i + 1)]);
    });
    return line;
  }

  function error(values) {
    const squares = values.reduce((sum, value) => sum + (value - state.variance) ** 2, 0);
    return Math.sqrt(squares / values.length);
  }
}
