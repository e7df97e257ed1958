// The live figures, by the names that the page gives them.

import { again } from "./again.js";
import { county } from "./county.js";
import { dial } from "./dial.js";
import { drag } from "./drag.js";
import { intervals } from "./intervals.js";
import { landscape } from "./landscape.js";
import { line } from "./line.js";
import { origin } from "./origin.js";
import { rows } from "./rows.js";
import { trellis } from "./trellis.js";

export const figures = {
  again, county, dial, drag, intervals, landscape, line, origin, rows, trellis,
};
