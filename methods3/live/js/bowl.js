// The likelihood of a logistic curve: rows multiplied one after the other, and the hill of
// their log-likelihood over the plane of β₀ and β₁, whose rings shrink as rows come.

import { scientific } from "./likelihood.js";
import { expit, format, sequence, within } from "./numbers.js";

// Powers of ten that are drawn; below the smallest number a product is 0.
const POWERS = [-1050, 30];
const FLOOR = Math.log10(Number.MIN_VALUE);
// Rows are so far apart on the path of the product.
const STEP = 20;
// Of x, for rings: rows in one of so many bands share its middle.
const COARSE = 200;
const CELLS = 96;

/** Logarithm of logit⁻¹(η), without a number that is too large or too small. */
const logExpit = (eta) => Math.min(eta, 0) - Math.log1p(Math.exp(-Math.abs(eta)));

/** The product of rows' probabilities after each row, and the sum of their logarithms. */
export function running({ x, y }, [b0, b1]) {
  let [product, sum] = [1, 0];
  return x.map((value, i) => {
    const eta = (y[i] ? 1 : -1) * (b0 + b1 * value);
    product *= expit(eta);
    sum += logExpit(eta);
    return { product, sum };
  });
}

/** Log-likelihood of the first n rows over the plane, their x a little rounded. */
function roughly({ x, y }, n) {
  const wide = Math.max(...x) / COARSE;
  const counts = new Map();
  for (let i = 0; i < n; i++) {
    const band = Math.round(x[i] / wide);
    if (!counts.has(band)) counts.set(band, [0, 0]);
    counts.get(band)[y[i]] += 1;
  }
  const rows = [...counts].map(([band, [no, yes]]) => [band * wide, no, yes]);
  return ([b0, b1]) =>
    rows.reduce((sum, [value, no, yes]) => {
      const eta = b0 + b1 * value;
      return sum + no * logExpit(-eta) + yes * logExpit(eta);
    }, 0);
}

export function bowl(view, { x, y: text, names, reach, sizes, tops, drops, start, ...rest }) {
  const { few, bands } = rest;
  const data = { x, y: [...text].map(Number) };
  const [xName, happened, one, many] = names;
  const state = view.begin({ b0: start[0], b1: start[1], n: start[2] });
  const inside = ([b0, b1]) => [b0, b1].every((b, k) => b === within(b, reach[k]));
  const topOf = () => tops[sizes.indexOf(state.n)];
  const moveTo = (b0, b1) => {
    state.b0 = within(b0, reach[0]);
    state.b1 = within(b1, reach[1]);
  };
  view.slider("n", { label: many, values: sizes, text: String });
  view.button("to the largest", () => moveTo(...topOf()), () => inside(topOf()));
  view.legend([
    ["orange", "point", "this curve: drag it, or its β₀ and β₁"],
    ["blue", "", `how probable it was that a ${one} ${happened}`],
    ["grey", "", "… or that it did not"],
    ["green", "point", `largest likelihood of these ${many}`],
  ]);
  const most = Math.max(...x);
  const span = [0, 1.03 * most];
  // Where the curve is held.
  const held = [0, 0.6 * most];
  const curve = view.panel({
    label: `Probability that a ${one} ${happened}, by ${xName}`,
    x: { label: xName, domain: span },
    y: { label: `probability: ${happened}`, domain: [-0.03, 1.03] },
  });
  const plane = view.panel({
    label: "Log-likelihood by β₀ and β₁",
    x: { label: "β₀", domain: reach[0] },
    y: { label: "β₁", domain: reach[1] },
  });
  const powers = view.panel({
    label: `Power of ten of the product, ${one} by ${one}`,
    x: { label: `${many} multiplied`, domain: [0, 1.02 * sizes.at(-1)] },
    y: { label: "power of ten", domain: POWERS },
    xTicks: 4,
  });
  const end = powers.x.domain()[1];
  powers.lines("floor", [[0, end].map((at) => [at, FLOOR])], "grey dashes");
  powers.texts("floor", [[0.5 * end, FLOOR + 22, "below this line is 0"]]);
  powers.texts("sum", [[0.08 * end, -650, "sum of logarithms"]], "orange");
  powers.texts("product", [[0.15 * end, -40, "the product itself"]], "blue");
  const tell = view.numbers("What these rows say of this curve");
  let drawn;

  // Rings stay while the curve moves.
  function drawRings(n, top) {
    if (drawn === n) return;
    drawn = n;
    const levels = drops.map((drop) => top[2] - drop).reverse();
    plane.contours("rings", roughly(data, n), levels, "grey thin", CELLS);
    plane.dots("top", inside(top) ? [top] : [], "green", 5);
  }

  // Rows one by one, each as long as what it did is probable; or their proportions.
  function drawRows(n, probability) {
    const single = n <= few ? [...Array(n).keys()] : [];
    const bars = (value) =>
      single
        .filter((i) => data.y[i] === value)
        .map((i) => [[x[i], 1 - value], [x[i], probability(x[i])]]);
    curve.lines("stayed", bars(0), "grey");
    curve.lines("happened", bars(1), "blue");
    const sums = Array.from({ length: bands }, () => [0, 0, 0]);
    for (let i = 0; n > few && i < n; i++) {
      const sum = sums[Math.min(bands - 1, Math.floor((bands * x[i]) / most))];
      [1, x[i], data.y[i]].forEach((term, k) => (sum[k] += term));
    }
    const seen = sums.filter(([count]) => count).map(([count, a, b]) => [a / count, b / count]);
    curve.dots("proportions", seen, "blue open", 4);
  }

  // The place of β₀ and β₁ when the curve is dragged to η where it is held.
  function turn(i, eta) {
    const { b0, b1 } = state;
    if (i) return moveTo(b0, (eta - b0) / held[1]);
    const at = within(eta, reach[0]);
    return moveTo(at, (b0 + b1 * held[1] - at) / held[1]);
  }

  return () => {
    const { b0, b1, n } = state;
    const top = topOf();
    const probability = (value) => expit(b0 + b1 * value);
    drawRings(n, top);
    drawRows(n, probability);
    const points = sequence(...span, 81).map((value) => [value, probability(value)]);
    curve.lines("curve", [points], "orange strong");
    curve.handles(
      "curve",
      held.map((value) => ({
        x: value,
        y: probability(value),
        label: `the curve at ${format(value, 1)}`,
        text: format(probability(value)),
      })),
      {
        moved: (i, _, y) => {
          const p = within(y, [0.001, 0.999]);
          turn(i, Math.log(p / (1 - p)));
        },
      },
      "orange",
    );
    plane.handles(
      "here",
      [{ x: b0, y: b1, label: "β₀ and β₁", text: `β₀ ${format(b0)}, β₁ ${format(b1)}` }],
      { free: true, moved: (_, a, b) => moveTo(a, b) },
      "orange",
    );
    const rows = running(data, [b0, b1]);
    const zero = rows.findIndex(({ product }) => product === 0);
    const path = (last) =>
      [...rows.keys()]
        .filter((i) => i < last && (i % STEP === 0 || i === last - 1))
        .map((i) => [i + 1, rows[i].sum / Math.LN10]);
    powers.lines("all", [path(rows.length)], "orange thin");
    powers.lines("known", [path(n)], "orange");
    powers.lines("multiplied", [path(zero < 0 ? n : Math.min(n, zero))], "blue strong");
    const { product, sum } = rows[n - 1];
    powers.dots("now", [[n, sum / Math.LN10]], "orange", 4);
    const computed = product === 0 ? "0" : scientific(Math.log(product));
    tell([
      ["the product", scientific(sum)],
      ["as computed", computed],
      ["log-likelihood", format(sum)],
      ["the largest", format(top[2])],
    ]);
    view.say(
      `With β₀ ${format(b0)} and β₁ ${format(b1)}, the first ${n} probabilities multiply to ` +
        `${scientific(sum)}; the computer says ${computed}. Their logarithms add up to ` +
        `${format(sum)}, and the largest possible is ${format(top[2])}, ` +
        (inside(top)
          ? `at β₀ ${format(top[0])} and β₁ ${format(top[1])}.`
          : "outside this plane.") +
        (zero < 0 ? "" : ` The product is 0 from ${one} ${zero + 1} on.`),
    );
  };
}
