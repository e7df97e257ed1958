// The live figures, by the names that the page gives them.

import { drag } from "./drag.js";
import { intervals } from "./intervals.js";
import { line } from "./line.js";
import { playground } from "./playground.js";

export const figures = { drag, intervals, line, playground };
