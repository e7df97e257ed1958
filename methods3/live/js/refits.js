// Studies drawn again and again, each with three intervals: which hold the truth?
//
// The share of people in the variance (ICC) of a balanced study depends on one ratio of
// mean squares, between and within people: (ratio − 1) / (ratio − 1 + days), or 0.  The
// ratio over the true one follows an F distribution, so no model needs to be fitted.

import { chiSquared, random } from "./draws.js";
import { format, sequence, within } from "./numbers.js";

const REFITS = 1000, BARS = 40;
// Studies of one press of the second button; those kept, and those drawn.
const AT_ONCE = 100, MOST = 500, SHOWN = 50;
const KINDS = ["percentile", "turned round", "exact"];
const COLOURS = { percentile: "blue", "turned round": "grey", exact: "green" };

/** The share that belongs to a ratio of mean squares. */
export function shareOf(ratio, days) {
  const above = Math.max(ratio, 1) - 1;
  return above / (above + days);
}

/** Quantile of sorted numbers, between two of them in proportion. */
export function quantile(sorted, p) {
  const place = p * (sorted.length - 1);
  const before = Math.floor(place);
  const after = Math.min(before + 1, sorted.length - 1);
  return sorted[before] + (place - before) * (sorted[after] - sorted[before]);
}

/**
 * A study of people whose true share is `truth`, its refits, and its intervals by kind.
 * `limits` are the quantiles of F, at 97.5 and 2.5 per cent.
 */
export function studied({ people, truth, days, limits }, seed) {
  const stream = random(seed);
  const [above, below] = [people - 1, people * (days - 1) - 1];
  const F = () => (chiSquared(above, stream) * below) / (chiSquared(below, stream) * above);
  const ratio = (1 + (days * truth) / (1 - truth)) * F();
  const estimate = shareOf(ratio, days);
  const refits = new Float64Array(REFITS).map(() => shareOf(Math.max(ratio, 1) * F(), days));
  refits.sort();
  const percentile = [quantile(refits, 0.025), quantile(refits, 0.975)];
  const intervals = {
    percentile,
    "turned round": [2 * estimate - percentile[1], 2 * estimate - percentile[0]],
    exact: limits.map((limit) => shareOf(ratio / limit, days)),
  };
  return { estimate, refits, intervals };
}

export function refits(view, { start, days, limits, seed }) {
  const state = view.begin({ ...start, draw: 0, kind: KINDS[0], studies: [] });
  const [least, most] = [limits[0][0], limits.at(-1)[0]];
  const renew = () => (state.studies = []);
  view.slider("people", { label: "people", min: least, max: most, text: String, after: renew });
  view.choice("kind", { label: "watch", options: KINDS.map((kind) => [kind, kind]) });
  view.button("draw again", next);
  view.button(`draw ${AT_ONCE}`, () => sequence(1, AT_ONCE, AT_ONCE).forEach(next));
  view.legend([
    ["orange", "", "the truth: drag it"],
    ...KINDS.map((kind) => [COLOURS[kind], "", kind]),
  ]);
  const tell = view.numbers("Intervals that hold the truth");
  const bars = view.panel({
    label: "Refits of the last study, and its intervals",
    x: { label: "ICC of 1000 refits of the last study", domain: [0, 1] },
    y: { label: "per cent of refits", domain: [0, 20] },
    width: 400,
  });
  const strip = view.panel({
    label: "Intervals of the last studies",
    x: { label: "ICC", domain: [0, 1] },
    y: { label: `last ${SHOWN} studies (thick: misses)`, domain: [0, SHOWN + 1] },
    width: 400,
    yTicks: 0,
  });
  let last = null;

  function study() {
    const { people, truth } = state;
    const ends = limits.find(([size]) => size === people).slice(1);
    last = studied({ people, truth, days, limits: ends }, seed + state.draw);
    return KINDS.map((kind) => last.intervals[kind]);
  }
  function next() {
    state.draw += 1;
    state.studies = [...state.studies, study()].slice(-MOST);
  }

  return () => {
    if (state.studies.length === 0) next();
    else if (last === null) study();
    const { truth, studies } = state;
    const k = KINDS.indexOf(state.kind);
    const counts = KINDS.map((_, i) => ({
      low: studies.filter((ends) => ends[i][1] < truth).length,
      high: studies.filter((ends) => ends[i][0] > truth).length,
    }));
    const holds = ({ low, high }) => studies.length - low - high;
    const of = studies.length;
    tell(KINDS.map((kind, i) => [kind, `${holds(counts[i])} of ${of} hold the truth`]));
    showBars();
    const shown = studies.slice(-SHOWN).map((ends) => ends[k]);
    const misses = ([low, high]) => high < truth || low > truth;
    strip.lines("truth", [[[truth, 0], [truth, SHOWN + 1]]], "orange strong");
    strip.lines(
      "intervals",
      shown.map(([low, high], i) => [[low, i + 1], [high, i + 1]]),
      (i) => (misses(shown[i]) ? `${COLOURS[state.kind]} strong` : "faint"),
    );
    const [low, high] = last.intervals[state.kind].map((end) => format(end, 2));
    const kinds = `${state.kind[0].toUpperCase()}${state.kind.slice(1)}`;
    view.say(
      `${state.people} people, true ICC ${format(truth, 2)}. The last study finds ` +
        `${format(last.estimate, 2)}, ${state.kind} interval ${low} to ${high}. ${kinds} ` +
        `intervals so far: ${holds(counts[k])} with the truth inside, ${counts[k].low} ` +
        `too low, ${counts[k].high} too high.`,
    );
  };

  function showBars() {
    const heights = new Array(BARS).fill(0);
    for (const value of last.refits)
      heights[Math.min(Math.floor(value * BARS), BARS - 1)] += 100 / REFITS;
    const highest = Math.max(...heights);
    const top = 1.55 * highest;
    bars.domains([0, 1], [0, top]);
    const steps = heights.flatMap((h, i) => [[i / BARS, h], [(i + 1) / BARS, h]]);
    bars.areas("refits", [[[0, 0], ...steps, [1, 0]]], "blue");
    bars.lines("truth", [[[state.truth, 0], [state.truth, top]]], "orange strong");
    bars.lines("estimate", [[[last.estimate, 0], [last.estimate, highest]]], "faint dashes");
    const at = (i) => (1.1 + 0.1 * i) * highest;
    bars.lines(
      "intervals",
      KINDS.map((kind, i) => last.intervals[kind].map((end) => [end, at(i)])),
      (i) => `${COLOURS[KINDS[i]]} strong`,
    );
    const text = `true ICC ${format(state.truth, 2)}`;
    bars.handles(
      "truth",
      [{ x: state.truth, y: 0.95 * top, label: "the true ICC", text }],
      {
        free: true,
        step: [0.01, 0],
        moved: (_, x) => {
          state.truth = within(Math.round(100 * x) / 100, [0, 0.95]);
          renew();
        },
      },
      "orange",
    );
  }
}
