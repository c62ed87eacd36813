// Which names are shown at a zoom level, and where they stand.

const measure = $('canvas').getContext('2d');
const wrapped = new Map();

// Width of a text at the label's size. Adding up characters comes close enough and is many times as fast.
const charWidths = new Map();
function textWidth(text) {
  let width = 0;
  for (const c of text) {
    const key = c > '\u2e7f' && c < '\ua000' ? '国' : c; // Chinese characters are all as wide
    if (!charWidths.has(key)) {
      measure.font = LABEL_FONT;
      charWidths.set(key, measure.measureText(key).width);
    }
    width += charWidths.get(key);
  }
  return width;
}

function breakLines(text, limit) {
  const lines = [];
  let line = '', width = 0;
  for (const piece of text.match(/[A-Za-z0-9&.,()'’+/-]+\s*|\s+|[^]/gu) || []) {
    if (line && width + textWidth(piece.trimEnd()) > limit) {
      lines.push(line.trim());
      line = '';
      width = 0;
    }
    line += piece;
    width += textWidth(piece);
  }
  if (line.trim()) lines.push(line.trim());
  return lines;
}

// A name in lines of about equal length that fit the label's width; at most three, the last one cut short.
function labelLines(text) {
  if (wrapped.has(text)) return wrapped.get(text);
  const total = textWidth(text), wished = Math.ceil(total / LABEL_WIDTH);
  let lines = wished > 1 ? breakLines(text, total / wished + 14) : [text];
  if (lines.length > wished) lines = breakLines(text, LABEL_WIDTH);
  if (lines.length > 3) lines.splice(2, lines.length, `${lines[2].slice(0, -1)}…`);
  const found = { lines, width: Math.min(LABEL_WIDTH + 20, Math.max(0, ...lines.map(textWidth))) };
  wrapped.set(text, found);
  return found;
}

// Rectangles on the screen, kept in a grid of 64-pixel cells, to ask whether a place is still free.
class Boxes {
  constructor() { this.grid = new Map(); }
  add(x1, y1, x2, y2, owner) {
    const box = { x1, y1, x2, y2, owner };
    for (let x = Math.floor(x1 / 64), right = Math.floor(x2 / 64); x <= right; x += 1) {
      for (let y = Math.floor(y1 / 64), bottom = Math.floor(y2 / 64); y <= bottom; y += 1) {
        const cell = this.grid.get(x * 65536 + y);
        if (cell) cell.push(box);
        else this.grid.set(x * 65536 + y, [box]);
      }
    }
  }
  // Whether no box that `counts` lies on the rectangle.
  free(x1, y1, x2, y2, counts) {
    for (let x = Math.floor(x1 / 64), right = Math.floor(x2 / 64); x <= right; x += 1) {
      for (let y = Math.floor(y1 / 64), bottom = Math.floor(y2 / 64); y <= bottom; y += 1) {
        for (const b of this.grid.get(x * 65536 + y) || []) {
          if (b.x1 < x2 && b.x2 > x1 && b.y1 < y2 && b.y2 > y1 && counts(b.owner)) return false;
        }
      }
    }
    return true;
  }
}

// Where a label's first line stands: below its node, or above it.
const labelTop = (n, above, lines) => (above ? -radiusAt(n) - 3 - lines * LINE_HEIGHT : radiusAt(n) + 3);

// Nodes in the order in which they get labels: those put forward first, then the well connected.
function labelOrder() {
  const strong = stage.emphasis;
  const rank = (n) => (n.id === state.node ? 1e10 : strong && strong.nodes.has(n) ? 1e9 : 0) + (state.size ? n.radius : n.degree);
  return nodes.filter((n) => n.shown).map((n) => [rank(n), n]).sort((a, b) => b[0] - a[0] || a[1].i - b[1].i).map(([, n]) => n);
}

// Choose the labels for this zoom. None covers another, nor another node, except that a hub's label may cover
// lesser nodes. They do not depend on what is in view, so they stay while the view is moved.
function chooseLabels() {
  const key = `${stage.camera.k}|${state.lang}`;
  if (stage.labelKey === key || (stage.moving && stage.labels.size)) return;
  stage.labelKey = key;
  stage.labels = new Map();
  const k = stage.camera.k, strong = stage.emphasis, boxes = new Boxes(), order = labelOrder();
  for (const n of order) {
    const r = radiusAt(n);
    boxes.add(n.x * k - r, n.y * k - r, n.x * k + r, n.y * k + r, n);
  }
  for (const n of order) {
    const { lines, width } = labelLines(label(n)), left = n.x * k - width / 2 - 2, right = left + width + 4;
    const hub = n.degree > 5 || (strong && strong.nodes.has(n)), covers = hub ? Math.min(6, n.degree) : 0;
    const counts = (owner) => owner === null || (owner !== n && owner.degree >= covers);
    for (const above of [false, true]) {
      const top = n.y * k + labelTop(n, above, lines.length), bottom = top + lines.length * LINE_HEIGHT;
      if (!boxes.free(left, top, right, bottom, counts)) continue;
      boxes.add(left, top, right, bottom, null);
      stage.labels.set(n, above);
      break;
    }
  }
}

function drawLabels(picture, which, simple) {
  chooseLabels();
  let left = simple ? 60 : Infinity;
  for (const n of which) {
    if (!stage.labels.has(n) || (left -= 1) < 0) continue;
    const [x, y] = toScreen(n.x, n.y), { lines } = labelLines(label(n));
    const weak = stage.emphasis && !stage.emphasis.nodes.has(n);
    picture.text(lines, x, y + labelTop(n, stage.labels.get(n), lines.length), stage.colours.ink, weak ? 0.25 : 1);
  }
}
