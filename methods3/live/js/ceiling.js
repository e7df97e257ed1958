// A count with a ceiling, and one without: a binomial and a Poisson of the same mean.

import { format, sequence, within } from "./numbers.js";

/** The logarithms of 0!, 1!, … `most`!. */
function logFactorials(most) {
  const found = [0];
  for (let k = 1; k <= most; k++) found.push(found[k - 1] + Math.log(k));
  return found;
}

/** Probabilities of 0 … `most` for the two distributions with mean trials · p. */
export function ceilings(trials, p, most) {
  const log = logFactorials(Math.max(most, trials));
  const counts = sequence(0, most, most + 1);
  const mean = trials * p;
  const binomial = counts.map((k) =>
    k > trials
      ? 0
      : Math.exp(
          log[trials] - log[k] - log[trials - k] +
            k * Math.log(p) + (trials - k) * Math.log(1 - p),
        ),
  );
  const poisson = counts.map((k) => Math.exp(k * Math.log(mean) - mean - log[k]));
  return { counts, binomial, poisson };
}

export function ceiling(view, { trials, start }) {
  const state = view.begin({ n: start[0], p: start[1] });
  view.slider("p", {
    label: "probability p of a right answer", min: 0.02, max: 0.98, step: 0.01,
    text: (value) => format(value, 2),
  });
  view.slider("n", { label: "trials n, the ceiling", values: trials, text: String });
  view.legend([
    ["blue", "point", "binomial: right answers of n"],
    ["orange", "point", "Poisson with the same mean"],
    ["grey", "dashes", "the ceiling"],
  ]);
  const panel = view.panel({
    label: "Probability by number of right answers",
    x: { label: "number of right answers", domain: [0, 1] },
    y: { label: "probability", domain: [0, 1] },
    width: 560,
    height: 300,
  });

  return () => {
    const { n, p } = state;
    const most = Math.round(1.5 * n);
    const { counts, binomial, poisson } = ceilings(n, p, most);
    const top = 1.1 * Math.max(...binomial, ...poisson);
    panel.domains([-0.5, most + 0.5], [0, top]);
    panel.lines("ceiling", [[[n, 0], [n, top]]], "grey dashes");
    const points = (heights) => counts.map((k) => [k, heights[k]]);
    panel.lines("poisson", [points(poisson)], "orange");
    panel.dots("poisson-dots", points(poisson), "orange", 3);
    panel.lines("binomial", [points(binomial).slice(0, n + 1)], "blue");
    panel.dots("binomial-dots", points(binomial).slice(0, n + 1), "blue", 3);
    const below = poisson.slice(0, n + 1).reduce((sum, height) => sum + height, 0);
    const above = within(1 - below, [0, 1]);
    view.say(
      `Mean ${format(n * p, 1)} of ${n}: the standard deviation is ` +
        `${format(Math.sqrt(n * p * (1 - p)))} for the binomial and ` +
        `${format(Math.sqrt(n * p))} for the Poisson, ` +
        `${format(1 / Math.sqrt(1 - p))} times as large. The Poisson puts ` +
        `${format(above, 3)} of its probability above the ceiling.`,
    );
  };
}
