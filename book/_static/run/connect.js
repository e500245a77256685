// Which cell builds on which.
//
// A cell of the text builds on the one above it. The check of an exercise builds on the text; the reader's answer and
// the solution build each on the check, and not on each other. (Text that follows an exercise may use its solution.)

// Give each cell, from the top, the one that it builds on as `before`, and to that one's `after` the cell.
export function connect(cells) {
  let above = null;
  let text = null; // the last cell of the text
  let check = null; // of this exercise
  for (const cell of cells) {
    if (cell.kind === "text") cell.before = above;
    else cell.before = cell.kind === "check" ? text : check;
    cell.before?.after.push(cell);
    if (cell.kind === "text") text = cell;
    if (cell.kind === "check") check = cell;
    above = cell;
  }
}
