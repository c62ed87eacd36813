// Draws the graph on a canvas and turns pointer, wheel and keys into moves and choices.
//
// Places come computed, so there is no physics. What keeps it quick: only what is in view is drawn; a pan copies
// the old picture and draws the strips that come into view; labels are chosen once for a zoom level, the important
// first, so that none covers another; while zooming, arrows and most labels wait until the view rests.

const LABEL_FONT = '12px system-ui, -apple-system, "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", sans-serif';
const LINE_HEIGHT = 15;
const LABEL_WIDTH = 124;
const REACH_X = 80, REACH_Y = 70; // how far a node's label can stick out of its place, in pixels
const SHAPES = {
  dot: (p, x, y, r) => { p.moveTo(x + r, y); p.arc(x, y, r, 0, 2 * Math.PI); },
  square: (p, x, y, r) => polygon(p, x, y, r * 1.2, 4, Math.PI / 4),
  diamond: (p, x, y, r) => polygon(p, x, y, r * 1.25, 4, 0),
  triangle: (p, x, y, r) => polygon(p, x, y + r * 0.15, r * 1.3, 3, -Math.PI / 2),
  triangleDown: (p, x, y, r) => polygon(p, x, y - r * 0.15, r * 1.3, 3, Math.PI / 2),
  hexagon: (p, x, y, r) => polygon(p, x, y, r * 1.1, 6, 0),
  star: (p, x, y, r) => {
    for (let i = 0; i < 10; i += 1) {
      const a = -Math.PI / 2 + (i * Math.PI) / 5, s = i % 2 ? r * 0.62 : r * 1.35;
      p[i ? 'lineTo' : 'moveTo'](x + s * Math.cos(a), y + s * Math.sin(a));
    }
    p.closePath();
  },
};

function polygon(p, x, y, r, corners, turn) {
  for (let i = 0; i < corners; i += 1) {
    const a = turn + (2 * Math.PI * i) / corners;
    p[i ? 'lineTo' : 'moveTo'](x + r * Math.cos(a), y + r * Math.sin(a));
  }
  p.closePath();
}

const stage = {
  canvas: $('canvas'), overlay: $('overlay'), ctx: $('canvas').getContext('2d', { alpha: false }), over: $('overlay').getContext('2d'),
  width: 1, height: 1, ratio: 1, camera: { x: 0, y: 0, k: 1 }, colours: {}, labels: new Map(), labelKey: '',
  emphasis: null, hover: null, cursor: null, wanted: '', scrolled: [0, 0], moving: false, rest: 0, frames: 0,
};

// -- camera -----------------------------------------------------------------------------------------------------

const toScreen = (x, y) => [(x - stage.camera.x) * stage.camera.k + stage.width / 2, (y - stage.camera.y) * stage.camera.k + stage.height / 2];
const toWorld = (x, y) => [(x - stage.width / 2) / stage.camera.k + stage.camera.x, (y - stage.height / 2) / stage.camera.k + stage.camera.y];
const clampZoom = (k) => Math.min(4, Math.max(0.03, k));
// Nodes shrink less than the distances between them, so that they can be seen from afar.
const radiusAt = (node, k = stage.camera.k) => node.radius * Math.min(1.6, Math.max(0.3, Math.pow(k, 0.6)));

function fit(which = nodes.filter((n) => n.shown)) {
  if (!which.length) return;
  let left = Infinity, right = -Infinity, top = Infinity, bottom = -Infinity;
  for (const n of which) {
    left = Math.min(left, n.x); right = Math.max(right, n.x); top = Math.min(top, n.y); bottom = Math.max(bottom, n.y);
  }
  const margin = Math.min(70, stage.width / 8);
  const k = Math.min((stage.width - 2 * margin) / Math.max(right - left, 1), (stage.height - 2 * margin) / Math.max(bottom - top, 1), 1.2);
  stage.camera = { x: (left + right) / 2, y: (top + bottom) / 2, k: clampZoom(k) };
  redraw();
}

function zoomAt(factor, x = stage.width / 2, y = stage.height / 2) {
  const [wx, wy] = toWorld(x, y);
  const k = clampZoom(stage.camera.k * factor);
  stage.camera = { x: wx - (x - stage.width / 2) / k, y: wy - (y - stage.height / 2) / k, k };
  hurry();
}

// Move by whole device pixels, so that the old picture can be copied.
function pan(dx, dy) {
  const px = Math.round(dx * stage.ratio), py = Math.round(dy * stage.ratio);
  if (!px && !py) return;
  stage.camera.x -= px / stage.ratio / stage.camera.k;
  stage.camera.y -= py / stage.ratio / stage.camera.k;
  stage.scrolled[0] += px; stage.scrolled[1] += py;
  want('scroll');
  cameraMoved();
}

// How much of the canvas the details cover, where they lie over it (on a narrow screen).
function covered() {
  const panel = $('details');
  return getComputedStyle(panel).position === 'absolute' && panel.classList.contains('open') ? panel.offsetHeight : 0;
}

// Bring a node into view, nearer if the view is far off.
function goTo(node) {
  const k = Math.max(stage.camera.k, 0.8);
  stage.camera = { x: node.x, y: node.y + covered() / 2 / k, k };
  redraw();
}

// Whether a node can be seen without moving.
function seen(node) {
  const [x, y] = toScreen(node.x, node.y);
  return x > 60 && y > 40 && x < stage.width - 60 && y < stage.height - covered() - 60;
}

function resize() {
  const box = stage.canvas.parentElement.getBoundingClientRect();
  if (!box.width || !box.height) return false;
  stage.ratio = Math.min(2, window.devicePixelRatio || 1);
  stage.width = box.width; stage.height = box.height;
  for (const c of [stage.canvas, stage.overlay]) {
    c.width = Math.round(box.width * stage.ratio); c.height = Math.round(box.height * stage.ratio);
  }
  redraw();
  return true;
}

// -- when to draw -----------------------------------------------------------------------------------------------

function want(what) {
  if (!stage.wanted) requestAnimationFrame(frame);
  if (stage.wanted !== 'all') stage.wanted = what === 'over' && stage.wanted ? stage.wanted : what;
}

function redraw() { stage.labelKey = ''; want('all'); cameraMoved(); }

// Draw simply now and in full when the view has rested.
function hurry() {
  stage.moving = true;
  clearTimeout(stage.rest);
  stage.rest = setTimeout(() => { stage.moving = false; want('all'); }, 140);
  want('all');
  cameraMoved();
}

function frame() {
  const what = stage.wanted;
  stage.wanted = '';
  stage.frames += 1;
  if (what === 'all') drawAll();
  else if (what === 'scroll') drawScrolled();
  stage.scrolled = [0, 0];
  drawOverlay();
}

function drawAll() {
  stage.ctx.setTransform(1, 0, 0, 1, 0, 0);
  drawPart(0, 0, stage.canvas.width, stage.canvas.height);
}

// Copy the old picture to its new place and draw what has come into view.
function drawScrolled() {
  const { ctx, canvas } = stage, [dx, dy] = stage.scrolled, w = canvas.width, h = canvas.height;
  if (Math.abs(dx) >= w || Math.abs(dy) >= h) { drawAll(); return; }
  ctx.setTransform(1, 0, 0, 1, 0, 0);
  ctx.drawImage(canvas, dx, dy);
  if (dx) drawPart(dx > 0 ? 0 : w + dx, 0, Math.abs(dx), h);
  if (dy) drawPart(Math.max(0, dx), dy > 0 ? 0 : h + dy, w - Math.abs(dx), Math.abs(dy));
}

// Draw the part of the picture with these device pixels.
function drawPart(x, y, w, h) {
  const { ctx, ratio } = stage;
  ctx.save();
  ctx.beginPath();
  ctx.rect(x, y, w, h);
  ctx.clip();
  ctx.fillStyle = stage.colours.ground;
  ctx.fillRect(x, y, w, h);
  ctx.scale(ratio, ratio);
  const view = [x / ratio, y / ratio, (x + w) / ratio, (y + h) / ratio];
  const picture = new CanvasPicture(ctx);
  drawScene(picture, view, stage.moving);
  ctx.restore();
}

// -- the scene, on anything that can draw lines, shapes and words -------------------------------------------------

function drawScene(picture, view, simple) {
  const strong = stage.emphasis, k = stage.camera.k, linked = edges.filter((e) => e.shown && !(strong && strong.edges.has(e)));
  // Lines no wider than a device pixel are drawn several times as fast.
  const thin = simple || k < 0.35 || linked.length > 800;
  drawEdges(picture, view, linked, {
    alpha: strong ? 0.14 : k < 0.35 ? 0.65 : 0.8, width: thin ? 1 / stage.ratio : 1.2, arrows: !simple && k > 0.4 && !strong, simple,
  });
  if (strong) drawEdges(picture, view, [...strong.edges], { alpha: 1, width: 2.2, arrows: true, simple: false });
  const plain = nodes.filter((n) => n.shown && inView(n, view));
  drawNodes(picture, strong ? plain.filter((n) => !strong.nodes.has(n)) : plain, strong ? 0.22 : 1);
  if (strong) drawNodes(picture, plain.filter((n) => strong.nodes.has(n)), 1);
  if (strong && !simple) drawEdgeNames(picture, view, [...strong.edges]);
  drawLabels(picture, plain, simple);
}

function inView(n, view) {
  const [x, y] = toScreen(n.x, n.y);
  return x > view[0] - REACH_X && x < view[2] + REACH_X && y > view[1] - REACH_Y && y < view[3] + REACH_Y;
}

// The curve of an edge on the screen: ends, control point (null for a straight line), loop.
function curve(e) {
  const [x1, y1] = toScreen(e.from.x, e.from.y), [x2, y2] = toScreen(e.to.x, e.to.y);
  if (e.from === e.to) return { x1, y1, x2, y2, loop: radiusAt(e.from) * (1 + 2 * e.bend) };
  if (!e.bend) return { x1, y1, x2, y2, c: null };
  return { x1, y1, x2, y2, c: [(x1 + x2) / 2 + (y2 - y1) * e.bend, (y1 + y2) / 2 - (x2 - x1) * e.bend] };
}

function misses(g, view) {
  const reach = (g.loop || 0) * 3 + 3;
  const xs = g.c ? [g.x1, g.x2, g.c[0]] : [g.x1, g.x2], ys = g.c ? [g.y1, g.y2, g.c[1]] : [g.y1, g.y2];
  return Math.max(...xs) < view[0] - reach || Math.min(...xs) > view[2] + reach || Math.max(...ys) < view[1] - reach || Math.min(...ys) > view[3] + reach;
}

function drawEdges(picture, view, which, how) {
  const lines = new Strokes(picture, (path, e) => picture.stroke(path, e.colour, how.width, how.alpha, e.dashes && !how.simple ? DASHES : SOLID));
  const heads = new Strokes(picture, (path, e) => picture.fill(path, e.colour, how.alpha));
  for (const e of which) {
    const g = curve(e);
    if (misses(g, view)) continue;
    trace(lines.path(e.relation, e), g, how.simple);
    if (how.arrows && e.arrow && e.from !== e.to) arrowHead(heads.path(e.relation, e), g, radiusAt(e.to) * 1.15 + 1, how.width);
  }
  lines.finish();
  heads.finish();
}

const DASHES = [5, 4], SOLID = [];

// Things of one look gathered into paths that are drawn a few at a time: one by one costs calls, but a single
// path of thousands of pieces costs much more, since its pieces are worked out against each other.
class Strokes {
  constructor(picture, draw) { this.picture = picture; this.draw = draw; this.open = new Map(); }
  path(look, sample) {
    let group = this.open.get(look);
    if (group && group.pieces === 24) { this.draw(group.path, group.sample); group = undefined; }
    if (!group) { group = { path: this.picture.path(), sample, pieces: 0 }; this.open.set(look, group); }
    group.pieces += 1;
    return group.path;
  }
  finish() { for (const { path, sample } of this.open.values()) this.draw(path, sample); }
}

function trace(path, g, simple) {
  if (g.loop) {
    const r = g.loop;
    path.moveTo(g.x1, g.y1);
    path.bezierCurveTo(g.x1 + r * 2.4, g.y1 - r * 0.6, g.x1 + r * 0.6, g.y1 - r * 2.6, g.x1, g.y1);
    return;
  }
  path.moveTo(g.x1, g.y1);
  if (g.c && !simple) path.quadraticCurveTo(g.c[0], g.c[1], g.x2, g.y2);
  else path.lineTo(g.x2, g.y2);
}

function arrowHead(path, g, gap, width) {
  const [cx, cy] = g.c || [g.x1, g.y1];
  const length = Math.hypot(g.x2 - cx, g.y2 - cy);
  if (length < gap + 8) return;
  const ux = (g.x2 - cx) / length, uy = (g.y2 - cy) / length, s = 4.5 + width * 1.6;
  const tipX = g.x2 - ux * gap, tipY = g.y2 - uy * gap;
  path.moveTo(tipX, tipY);
  path.lineTo(tipX - ux * s - uy * s * 0.42, tipY - uy * s + ux * s * 0.42);
  path.lineTo(tipX - ux * s + uy * s * 0.42, tipY - uy * s - ux * s * 0.42);
  path.closePath();
}

// The middle of an edge on the screen.
function middle(g) {
  if (g.loop) return [g.x1 + g.loop * 1.1, g.y1 - g.loop * 1.2];
  return g.c ? [(g.x1 + g.x2) / 4 + g.c[0] / 2, (g.y1 + g.y2) / 4 + g.c[1] / 2] : [(g.x1 + g.x2) / 2, (g.y1 + g.y2) / 2];
}

function drawEdgeNames(picture, view, which) {
  const boxes = new Boxes();
  for (const e of which) {
    const g = curve(e), words = label(DATA.relations[e.relation]), [x, y] = middle(g), half = words.length * 6;
    if (misses(g, view) || Math.hypot(g.x2 - g.x1, g.y2 - g.y1) < 2 * half + 50) continue;
    if (!boxes.free(x - half, y - 8, x + half, y + 8, () => true)) continue;
    boxes.add(x - half, y - 8, x + half, y + 8, null);
    picture.text([words], x, y - 7, stage.colours.muted, 1);
  }
}

function drawNodes(picture, which, alpha) {
  const outlined = stage.camera.k > 0.3 || which.length < 400;
  const marks = new Strokes(picture, (path, n) => {
    picture.fill(path, n.colour, alpha);
    if (outlined) picture.stroke(path, stage.colours.ground, 1, 1, SOLID);
  });
  for (const n of which) {
    const [x, y] = toScreen(n.x, n.y);
    (SHAPES[n.look.shape] || SHAPES.dot)(marks.path(n.look.shape + n.colour, n), x, y, radiusAt(n));
  }
  marks.finish();
  for (const n of which) {
    if (!n.pinned) continue;
    const path = picture.path(), [x, y] = toScreen(n.x, n.y);
    SHAPES.dot(path, x, y, Math.max(2, radiusAt(n) * 0.35));
    picture.fill(path, stage.colours.ground, 1);
  }
}

// -- labels -----------------------------------------------------------------------------------------------------

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

// A picture on a canvas; the SVG export has another with the same four verbs.
class CanvasPicture {
  constructor(ctx) { this.ctx = ctx; }
  path() { return new Path2D(); }
  stroke(path, colour, width, alpha, dashes) {
    const { ctx } = this;
    ctx.globalAlpha = alpha; ctx.strokeStyle = colour; ctx.lineWidth = width;
    ctx.setLineDash(dashes);
    ctx.stroke(path);
    ctx.globalAlpha = 1;
  }
  fill(path, colour, alpha) {
    this.ctx.globalAlpha = alpha; this.ctx.fillStyle = colour;
    this.ctx.fill(path);
    this.ctx.globalAlpha = 1;
  }
  text(lines, x, y, colour, alpha) {
    const { ctx } = this;
    ctx.font = LABEL_FONT; ctx.textAlign = 'center'; ctx.textBaseline = 'top'; ctx.lineJoin = 'round';
    ctx.setLineDash(SOLID);
    ctx.globalAlpha = alpha;
    ctx.strokeStyle = stage.colours.ground; ctx.lineWidth = 3.5; ctx.fillStyle = colour;
    lines.forEach((line, i) => {
      ctx.strokeText(line, x, y + i * LINE_HEIGHT);
      ctx.fillText(line, x, y + i * LINE_HEIGHT);
    });
    ctx.globalAlpha = 1;
  }
}

// Rings around what the pointer is over, what is chosen and where the keys are; full name of what is hovered.
function drawOverlay() {
  const { over, ratio, overlay } = stage;
  over.setTransform(1, 0, 0, 1, 0, 0);
  over.clearRect(0, 0, overlay.width, overlay.height);
  over.scale(ratio, ratio);
  const picture = new CanvasPicture(over);
  const ring = (n, colour, width, gap) => {
    const path = picture.path();
    SHAPES.dot(path, ...toScreen(n.x, n.y), radiusAt(n) * 1.2 + gap);
    picture.stroke(path, colour, width, 1, SOLID);
  };
  const chosen = nodeById.get(state.node);
  if (chosen && chosen.shown) ring(chosen, stage.colours.accent, 2.5, 3);
  if (stage.cursor && stage.cursor.shown && document.activeElement === overlay) ring(stage.cursor, stage.colours.ink, 1.5, 7);
  const { hover } = stage;
  if (!hover) return;
  if (hover.edges) {
    ring(hover, stage.colours.accent, 1.5, 3);
    const [x, y] = toScreen(hover.x, hover.y), { lines } = labelLines(label(hover));
    picture.text(lines, x, y + labelTop(hover, stage.labels.get(hover) || false, lines.length), stage.colours.ink, 1);
  } else {
    const path = picture.path(), g = curve(hover);
    trace(path, g, false);
    picture.stroke(path, stage.colours.accent, 3, 0.9, SOLID);
    const [x, y] = middle(g);
    picture.text([label(DATA.relations[hover.relation])], x, y - 7, stage.colours.ink, 1);
  }
}

// -- what is under a point ----------------------------------------------------------------------------------------

function nodeAt(px, py, slack) {
  let found = null, best = Infinity;
  for (const n of nodes) {
    if (!n.shown) continue;
    const [x, y] = toScreen(n.x, n.y);
    const gap = Math.hypot(px - x, py - y) - radiusAt(n);
    if (gap < slack && gap < best) { found = n; best = gap; }
    if (best > 0 && stage.labels.has(n) && Math.abs(py - y) < radiusAt(n) + 50) {
      const { lines, width } = labelLines(label(n));
      const below = py - y - labelTop(n, stage.labels.get(n), lines.length);
      if (Math.abs(px - x) < width / 2 && below >= 0 && below < lines.length * LINE_HEIGHT) { found = n; best = 0.01; }
    }
  }
  return found;
}

function edgeAt(px, py, slack) {
  let found = null, best = slack;
  for (const e of edges) {
    if (!e.shown) continue;
    const g = curve(e);
    if (misses(g, [px - slack, py - slack, px + slack, py + slack])) continue;
    const d = distanceTo(g, px, py);
    if (d < best) { found = e; best = d; }
  }
  return found;
}

function distanceTo(g, px, py) {
  if (g.loop) return Math.abs(Math.hypot(px - g.x1 - g.loop * 0.75, py - g.y1 + g.loop * 0.8) - g.loop);
  const at = (s) => (g.c
    ? [(1 - s) ** 2 * g.x1 + 2 * s * (1 - s) * g.c[0] + s * s * g.x2, (1 - s) ** 2 * g.y1 + 2 * s * (1 - s) * g.c[1] + s * s * g.y2]
    : [g.x1 + (g.x2 - g.x1) * s, g.y1 + (g.y2 - g.y1) * s]);
  const steps = g.c ? 16 : 1;
  let best = Infinity, [ax, ay] = at(0);
  for (let i = 1; i <= steps; i += 1) {
    const [bx, by] = at(i / steps);
    const l2 = (bx - ax) ** 2 + (by - ay) ** 2 || 1;
    const s = Math.min(1, Math.max(0, ((px - ax) * (bx - ax) + (py - ay) * (by - ay)) / l2));
    best = Math.min(best, Math.hypot(px - ax - s * (bx - ax), py - ay - s * (by - ay)));
    [ax, ay] = [bx, by];
  }
  return best;
}

// -- pointer, wheel and keys ------------------------------------------------------------------------------------

// `act` says what happens when something is chosen or dropped: {choose(node, edge), drop(node, x, y), tell(node)}.
function listen(act) {
  const { overlay } = stage;
  const down = new Map(); // pointers on the canvas
  let grip = null, travelled = 0, spread = 0;
  const at = (event) => {
    const box = overlay.getBoundingClientRect();
    return [event.clientX - box.left, event.clientY - box.top];
  };
  const slack = (event) => (event.pointerType === 'touch' ? 12 : 4);
  overlay.addEventListener('pointerdown', (event) => {
    if (event.button) return;
    try { overlay.setPointerCapture(event.pointerId); } catch { /* the pointer has gone already */ }
    down.set(event.pointerId, at(event));
    if (down.size === 1) { grip = nodeAt(...at(event), slack(event)); travelled = 0; }
    else { grip = null; travelled = 99; spread = 0; }
  });
  overlay.addEventListener('pointermove', (event) => {
    const [x, y] = at(event);
    const last = down.get(event.pointerId);
    if (!last) { hover(x, y, slack(event)); return; }
    const dx = x - last[0], dy = y - last[1];
    travelled += Math.abs(dx) + Math.abs(dy);
    if (down.size === 2) {
      down.set(event.pointerId, [x, y]);
      const [a, b] = [...down.values()];
      const now = Math.hypot(a[0] - b[0], a[1] - b[1]);
      if (spread) zoomAt(now / spread, (a[0] + b[0]) / 2, (a[1] + b[1]) / 2);
      spread = now;
      pan(dx / 2, dy / 2);
      return;
    }
    if (travelled < 5) return; // a trembling hand is not a drag
    down.set(event.pointerId, [x, y]);
    overlay.classList.add('dragging');
    if (grip) {
      [grip.x, grip.y] = toWorld(x, y);
      hurry();
    } else pan(dx, dy);
  });
  const up = (event) => {
    if (!down.delete(event.pointerId)) return;
    overlay.classList.remove('dragging');
    if (down.size) return;
    if (event.type === 'pointerup' && travelled < 5) {
      const node = nodeAt(...at(event), slack(event));
      act.choose(node, node ? null : edgeAt(...at(event), slack(event) + 2));
    } else if (grip && travelled >= 5) act.drop(grip, Math.round(grip.x), Math.round(grip.y));
    grip = null;
  };
  overlay.addEventListener('pointerup', up);
  overlay.addEventListener('pointercancel', up);
  overlay.addEventListener('pointerleave', () => { if (stage.hover) { stage.hover = null; want('over'); } });
  overlay.addEventListener('wheel', (event) => {
    event.preventDefault();
    const pixels = event.deltaY * (event.deltaMode ? 30 : 1);
    zoomAt(Math.exp(-Math.max(-200, Math.min(200, pixels)) * 0.0022), ...at(event));
  }, { passive: false });
  overlay.addEventListener('dblclick', (event) => { if (!nodeAt(...at(event), 4)) zoomAt(1.6, ...at(event)); });
  overlay.addEventListener('keydown', (event) => keyed(event, act));
  for (const type of ['focus', 'blur']) overlay.addEventListener(type, () => want('over'));
}

function hover(x, y, slack) {
  const found = nodeAt(x, y, slack) || edgeAt(x, y, slack + 1);
  if (found === stage.hover) return;
  stage.hover = found;
  stage.overlay.classList.toggle('over', Boolean(found));
  want('over');
}

const ARROWS = { ArrowRight: [1, 0], ArrowLeft: [-1, 0], ArrowDown: [0, 1], ArrowUp: [0, -1] };

function keyed(event, act) {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const way = ARROWS[event.key];
  if (way) {
    const next = nearestTowards(way);
    if (next) {
      stage.cursor = next;
      const [x, y] = toScreen(next.x, next.y);
      if (x < 40 || y < 40 || x > stage.width - 40 || y > stage.height - 40) pan(stage.width / 2 - x, stage.height / 2 - y);
      act.tell(next);
      want('over');
    }
  } else if (event.key === 'Enter' || event.key === ' ') {
    if (stage.cursor) act.choose(stage.cursor, null, true);
  } else if (event.key === '+' || event.key === '=') zoomAt(1.3);
  else if (event.key === '-') zoomAt(1 / 1.3);
  else if (event.key === '0') fit();
  else return;
  event.preventDefault();
}

// The visible node nearest in a direction: what lies aside counts double.
function nearestTowards([wx, wy]) {
  const from = stage.cursor && stage.cursor.shown ? stage.cursor : nodeById.get(state.node);
  const start = from && from.shown ? from : null;
  const [ox, oy] = start ? [start.x, start.y] : [stage.camera.x, stage.camera.y];
  let found = null, best = Infinity;
  for (const n of nodes) {
    if (!n.shown || n === start) continue;
    const dx = n.x - ox, dy = n.y - oy, ahead = dx * wx + dy * wy, aside = Math.abs(dx * wy) + Math.abs(dy * wx);
    if (start && ahead <= 0) continue;
    const cost = start ? ahead + 2 * aside : Math.hypot(dx, dy);
    if (cost < best) { found = n; best = cost; }
  }
  return found;
}
