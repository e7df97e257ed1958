// Tables as text: reads one that somebody pastes or opens, says in words what is wrong
// with it, and writes one.

import { DataError } from "./algebra.js";

export const MOST_ROWS = 20_000;
// Enough for 20 000 rows of fifty columns; what is longer would stop the page for seconds.
const MOST_LETTERS = 10_000_000;
// Of a file, so much is read: more letters than are taken, in every encoding.
export const MOST_BYTES = 4 * (MOST_LETTERS + 1);
// What pandas takes for missing, and a point.
const MISSING = new Set(
  "|NA|NaN|nan|-NaN|-nan|N/A|n/a|#N/A|#NA|<NA>|NULL|null|None|.".split("|"),
);
// Larger numbers have squares that none is.
const LARGEST = 1e150;
const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/;

/** The text of a file: in UTF-16 if it says so, UTF-8, or what Windows had before. */
export function textOf(bytes) {
  const [first, second] = new Uint8Array(bytes);
  if (first === 0xff && second === 0xfe) return new TextDecoder("utf-16le").decode(bytes);
  if (first === 0xfe && second === 0xff) return new TextDecoder("utf-16be").decode(bytes);
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return new TextDecoder("windows-1252").decode(bytes);
  }
}

/** A table as a file: `readTable`, pandas and R read the same of it. */
export function writeTable(names, rows) {
  const quoted = (value) =>
    /[",\n]/.test(value) ? `"${String(value).replaceAll('"', '""')}"` : `${value ?? "NA"}`;
  return [names, ...rows].map((row) => `${row.map(quoted).join(",")}\n`).join("");
}

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
  if (given.length > MOST_LETTERS)
    throw new DataError("it is too long for this page: keep the columns of the model.");
  const whole = given.replace(/^\uFEFF/, "").replace(/\r\n?/g, "\n").trim();
  // A first line for Excel, which says what separates cells.
  const [line, told] = /^sep=([\t;,])(?:\n|$)/i.exec(whole) ?? [""];
  const text = whole.slice(line.length);
  if (!text) throw new DataError("there is nothing in it.");
  const separator = told ?? separatorOf(text);
  const [names, ...lines] = cellsOf(text, separator);
  if (!lines.length)
    throw new DataError("there is a first line, for the names of columns, and no other.");
  if (lines.length > MOST_ROWS)
    throw new DataError(`${lines.length} rows: this page takes ${MOST_ROWS} at most.`);
  const double = names.find((name, i) => names.indexOf(name) < i);
  if (double !== undefined) throw new DataError(`two columns are named “${double}”.`);
  const odd = names.find((name) => name.includes("`") || name === "(Intercept)");
  if (odd !== undefined)
    throw new DataError(`a column cannot be called “${odd}” in a formula: rename it.`);
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
    columns[name] = column(lines.map((line) => line[k]), separator);
  });
  return { names, columns, rows: lines.length };
}

/**
 * A column: numbers where every cell is one, else words.  `bad` is the first cell that is
 * none where most are, which readers should know.
 */
function column(cells, separator) {
  const words = cells.map((cell) => (MISSING.has(cell) ? null : cell));
  const known = words.filter((cell) => cell !== null);
  const plain = commaIsPoint(known, separator) ? (cell) => cell.replace(",", ".") : (cell) => cell;
  const isNumber = (cell) => {
    const text = plain(cell);
    // Digits that a number would lose are somebody's label.
    const isLabel = /^\d{16,}$/.test(text) && !Number.isSafeInteger(Number(text));
    return NUMBER.test(text) && Math.abs(Number(text)) < LARGEST && !isLabel;
  };
  const count = known.filter(isNumber).length;
  if (count > 0 && count === known.length)
    return {
      numeric: true,
      values: words.map((cell) => (cell === null ? null : Number(plain(cell)))),
    };
  const row = cells.findIndex((_, i) => words[i] !== null && !isNumber(words[i]));
  const bad = count > known.length / 2 ? { row: row + 1, cell: cells[row] } : null;
  return { numeric: false, values: words, bad };
}

/** Whether 1,5 is one and a half: not where all commas could stand between thousands. */
function commaIsPoint(cells, separator) {
  if (separator !== "\t") return separator === ";";
  const withComma = cells.filter((cell) => cell.includes(","));
  return !withComma.every((cell) => /^[+-]?\d{1,3}(,\d{3})+(\.\d*)?$/.test(cell));
}
