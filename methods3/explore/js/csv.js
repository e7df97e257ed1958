// Tables as text: reads one that somebody pastes or opens, says in words what is wrong
// with it, and writes one.

import { DataError } from "./algebra.js";

export const MOST_ROWS = 20_000;
const MISSING = new Set(["", "NA", "NaN", "nan", "N/A", "null", "."]);
const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/;

/** Lines of cells; quoted cells may hold separators, line ends, and quotes as "". */
function cellsOf(text, separator) {
  const lines = [[]];
  let cell = "";
  let quoted = false;
  for (let i = 0; i < text.length; i++) {
    const letter = text[i];
    if (quoted) {
      if (letter !== '"') cell += letter;
      else if (text[i + 1] === '"') cell += text[++i];
      else quoted = false;
    } else if (letter === '"' && cell.trim() === "") {
      quoted = true;
      cell = "";
    } else if (letter === separator || letter === "\n") {
      lines.at(-1).push(cell.trim());
      cell = "";
      if (letter === "\n") lines.push([]);
    } else cell += letter;
  }
  if (quoted) throw new DataError('a quotation mark (") is opened and never closed.');
  lines.at(-1).push(cell.trim());
  return lines.filter((line) => line.some((each) => each !== ""));
}

/** What stands between cells: what the first line has most of. */
function separatorOf(text) {
  const first = text.split("\n", 1)[0];
  const count = (mark) => first.split(mark).length;
  const best = ["\t", ";", ","].reduce((a, b) => (count(b) > count(a) ? b : a));
  if (count(best) === 1)
    throw new DataError(
      "the first line has one column only; columns are separated by commas, semicolons " +
        "or tabs, and the model needs a response, a predictor and a group.",
    );
  return best;
}

/**
 * The columns of a table: `{ names, columns, rows }`, with numbers where all cells that are
 * not missing are numbers, and else words; null is a missing cell.
 */
export function readTable(given) {
  if (given.startsWith("PK"))
    throw new DataError("this is a workbook (.xlsx); save the sheet as CSV first.");
  if (/[\0-\x08]/.test(given)) throw new DataError("this is no text; a CSV file is.");
  const text = given.replace(/^\uFEFF/, "").replace(/\r\n?/g, "\n").trim();
  if (!text) throw new DataError("there is nothing in it.");
  const separator = separatorOf(text);
  const [names, ...lines] = cellsOf(text, separator);
  if (!lines.length)
    throw new DataError("there is a first line, for the names of columns, and no other.");
  if (lines.length > MOST_ROWS)
    throw new DataError(`${lines.length} rows: this page takes ${MOST_ROWS} at most.`);
  const double = names.find((name, i) => names.indexOf(name) < i);
  if (double !== undefined) throw new DataError(`two columns are named “${double}”.`);
  const nameless = names.indexOf("");
  // R's write.csv writes no name above row names.
  if (nameless > 0) throw new DataError(`column ${nameless + 1} has no name.`);
  if (nameless === 0) names[0] = "row";
  if (names.every((name) => NUMBER.test(name)))
    throw new DataError("the first line holds numbers; it should name the columns.");
  lines.forEach((line, i) => {
    if (line.length !== names.length)
      throw new DataError(
        `row ${i + 1} has ${line.length} cells, but the first line names ` +
          `${names.length} columns.`,
      );
  });
  const columns = {};
  names.forEach((name, k) => {
    columns[name] = column(lines.map((line) => line[k]), separator === ";");
  });
  return { names, columns, rows: lines.length };
}

/** A table as text: names of columns, and rows of cells, of which null is an empty one. */
export function writeTable(names, rows) {
  const quoted = (value) =>
    /[",\n]/.test(value) ? `"${String(value).replaceAll('"', '""')}"` : `${value ?? ""}`;
  return [names, ...rows].map((line) => `${line.map(quoted).join(",")}\n`).join("");
}

function column(cells, commaIsPoint) {
  const words = cells.map((cell) => (MISSING.has(cell) ? null : cell));
  const plain = words.map((cell) => (commaIsPoint ? cell?.replace(",", ".") : cell));
  const isNumber = (cell) => NUMBER.test(cell) && Number.isFinite(Number(cell));
  const known = plain.filter((cell) => cell !== null && cell !== undefined);
  const numeric = known.length > 0 && known.every(isNumber);
  if (!numeric) return { numeric, values: words, bad: known.findIndex((c) => !isNumber(c)) };
  return { numeric, values: plain.map((cell) => (cell == null ? null : Number(cell))) };
}
