// Which rows a question keeps: each is a square, and lights up where the answer is True.

import { format } from "./numbers.js";

const TEXT = ["==", "!="], NUMBER = ["==", "!=", "<", ">"];

/** Answers of a column's values to a comparison, as Python gives them. */
export function answers(values, sign, value) {
  const asked = {
    // Of different kinds nothing is equal: "308" is not 308.
    "==": (own) => own === value,
    "!=": (own) => own !== value,
    "<": (own) => own < value,
    ">": (own) => own > value,
  };
  return values.map(asked[sign]);
}

const literal = (value) => (typeof value === "string" ? `"${value}"` : String(value));

export function kept(view, { table, columns, values, places, labels, names, start }) {
  const [column, sign, value] = start;
  const state = view.begin({ column, sign, value: values[column].indexOf(value) });
  const signs = () => (typeof columns[state.column][0] === "string" ? TEXT : NUMBER);
  view.choice("column", {
    label: "column", options: Object.keys(columns).map((name) => [name, `"${name}"`]),
    after: () => {
      if (!signs().includes(state.sign)) state.sign = "==";
      state.value = 0;
    },
  });
  view.choice("sign", { label: "sign", options: () => signs().map((each) => [each, each]) });
  view.choice("value", {
    label: "value",
    options: () => values[state.column].map((each, i) => [String(i), literal(each)]),
  });
  view.legend([["blue", "", "True: the row is kept"], ["faint", "", "False"]]);
  const panel = view.panel({
    label: "The rows of the table, one square each",
    x: { label: names[1], domain: [-0.6, labels[1].length - 0.4] },
    y: { label: names[0], domain: [labels[0].length - 0.3, -0.7] },
    width: 420,
    height: 460,
    xTicks: labels[1].length,
    yTicks: 0,
  });
  const square = ([x, y]) => {
    const [a, b] = [0.42, 0.36];
    return [[x - a, y - b], [x + a, y - b], [x + a, y + b], [x - a, y + b], [x - a, y - b]];
  };
  panel.areas("rows", places.map(square), "grey");

  return () => {
    const asked = values[state.column][state.value];
    const found = answers(columns[state.column], state.sign, asked);
    panel.areas("kept", places.filter((_, i) => found[i]).map(square), "blue solid");
    panel.texts("groups", labels[0].map((label, j) => [panel.x.invert(-32), j + 0.2, label]));
    const count = found.filter(Boolean).length;
    view.say(
      `${table}[${table}["${state.column}"] ${state.sign} ${literal(asked)}] keeps ` +
        `${format(count, 0)} of ${found.length} rows.`,
    );
  };
}
