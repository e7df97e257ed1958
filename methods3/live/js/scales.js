// A thermometer to build: its zero and the size of its degrees, and what they change.

import { format, within } from "./numbers.js";

// How near to the zero of a scale that has a name one is taken for it, in °C.
const NEAR = 0.9;

export function scales(view, { temperatures, named, start }) {
  const state = view.begin({ zero: start, unit: 1 });
  const known = Object.entries(named);
  for (const [name, [zero, unit]] of known) {
    view.button(name, () => Object.assign(state, { zero, unit }));
  }
  view.slider("unit", { label: "its degrees in one °C", min: 0.5, max: 3, step: 0.1 });
  const third = temperatures[2];
  const lowest = Math.min(...known.map(([, [zero]]) => zero));
  const panel = view.panel({
    label: "Three temperatures on the scale",
    x: { label: "", domain: [-0.5, 2.9] },
    y: { label: "temperature in °C", domain: [lowest - 45, third + 30] },
    width: 520,
    height: 360,
    xTicks: 0,
  });
  view.legend([["orange", "point", "the zero of the scale: drag it"]]);
  const move = (value) => {
    const rounded = Math.round(within(value, [lowest, temperatures[0] - 1]));
    const near = known.find(([, [zero]]) => Math.abs(zero - value) < NEAR);
    state.zero = near ? near[1][0] : rounded;
  };

  return () => {
    const { zero, unit } = state;
    const numbers = temperatures.map((value) => unit * (value - zero));
    const bar = (top, i) => [[i - 0.3, zero], [i - 0.3, top], [i + 0.3, top], [i + 0.3, zero]];
    panel.areas("bars", temperatures.map(bar), "blue");
    const tops = temperatures.map((top, i) => [[i - 0.3, top], [i + 0.3, top]]);
    panel.lines("tops", tops, "blue strong");
    panel.lines("zero", [[[-0.5, zero], [2.9, zero]]], "orange strong");
    const below = temperatures.map((t, i) => [i - 0.25, lowest - 38, `${format(t, 0)} °C`]);
    panel.texts("names", below);
    panel.texts("numbers", temperatures.map((top, i) => [i - 0.25, top + 8, format(numbers[i])]));
    const text = `${format(zero, 2)} °C`;
    panel.handles(
      "zero",
      [{ x: 2.6, y: zero, label: "zero of the scale", text }],
      { step: [0, 1], moved: (_, __, value) => move(value) },
      "orange",
    );
    const name = known.find(
      ([, [z, u]]) => Math.abs(z - zero) < 1e-9 && Math.abs(u - unit) < 1e-9,
    )?.[0];
    const [a, b, c] = numbers;
    const shown = numbers.map((value) => format(value));
    view.say(
      `${name ? `The scale of ${name}` : "A scale of our own, with its zero at " + text}: ` +
        `${shown[0]}, ${shown[1]} and ${shown[2]}. The second is ${format(b / a, 4)} times ` +
        `the first; the second step is ${format((c - b) / (b - a), 4)} times the first step.`,
    );
  };
}
