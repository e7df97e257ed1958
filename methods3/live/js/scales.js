// A thermometer to build: its zero and the size of its degrees, and what they change.

import { format, within } from "./numbers.js";

// How near to the zero of a scale that has a name one is taken for it, in °C.
const NEAR = 0.9;
// Lower end of the axis, in °C, and the lowest zero to drag to there: below Fahrenheit's.
// Only a scale that begins lower needs more.
const [CLOSE, LOWEST] = [-40, -30];

export function scales(view, { temperatures, named, start }) {
  const state = view.begin({ zero: start, unit: 1, far: start < LOWEST });
  const known = Object.entries(named);
  for (const [name, [zero, unit]] of known) {
    view.button(name, () => Object.assign(state, { zero, unit, far: zero < LOWEST }));
  }
  view.slider("unit", { label: "its degrees in one °C", min: 0.5, max: 3, step: 0.1 });
  const third = temperatures[2];
  const coldest = Math.min(...known.map(([, [zero]]) => zero));
  const axis = () => [state.far ? coldest - 45 : CLOSE, third + (state.far ? 30 : 10)];
  const panel = view.panel({
    label: "Three temperatures on the scale",
    x: { label: "", domain: [-0.5, 2.9] },
    y: { label: "temperature in °C", domain: axis() },
    width: 520,
    height: 360,
    xTicks: 0,
  });
  view.legend([["orange", "point", "the zero of the scale: drag it"]]);
  const move = (value) => {
    const kept = within(value, [state.far ? coldest : LOWEST, temperatures[0] - 1]);
    const near = known.find(([, [zero]]) => Math.abs(zero - kept) < NEAR);
    state.zero = near ? near[1][0] : Math.round(kept);
  };

  return () => {
    const { zero, unit } = state;
    const [bottom, top] = axis();
    panel.domains(panel.x.domain(), [bottom, top]);
    const numbers = temperatures.map((value) => unit * (value - zero));
    const bar = (t, i) => [[i - 0.3, zero], [i - 0.3, t], [i + 0.3, t], [i + 0.3, zero]];
    panel.areas("bars", temperatures.map(bar), "blue");
    const tops = temperatures.map((t, i) => [[i - 0.3, t], [i + 0.3, t]]);
    panel.lines("tops", tops, "blue strong");
    panel.lines("zero", [[[-0.5, zero], [2.9, zero]]], "orange strong");
    const over = (t, i, text) => [i - 0.25, t + 0.02 * (top - bottom), text];
    const names = temperatures.map((t, i) => over(bottom, i, `${format(t, 0)} °C`));
    panel.texts("names", names);
    panel.texts("numbers", temperatures.map((t, i) => over(t, i, format(numbers[i]))));
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
