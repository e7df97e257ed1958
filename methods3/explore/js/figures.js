// The live figures, by the names that the page gives them.

import { intervals } from "./intervals.js";
import { line } from "./line.js";

export const figures = { intervals, line };
