// What the graph looks like: edges, nodes and labels, on anything that can draw lines, shapes and words.

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

function drawScene(picture, view, simple) {
  const strong = stage.emphasis, k = stage.camera.k, far = isFar();
  const linked = edges.filter((e) => hasLine(e) && !(strong && strong.edges.has(e)));
  if (far) drawRegions(picture, view);
  // Lines no wider than a device pixel are drawn several times as fast.
  const thin = simple || k < 0.35 || linked.length > 800;
  drawEdges(picture, view, linked, {
    alpha: strong ? 0.14 : far ? 0.4 : k < 0.35 ? 0.65 : 0.8, width: thin ? 1 / stage.ratio : 1.2, arrows: !simple && k > 0.4 && !strong, simple,
  });
  if (strong) drawEdges(picture, view, [...strong.edges], { alpha: 1, width: 2.2, arrows: true, simple: false });
  const plain = nodes.filter((n) => n.shown && inView(n, view));
  drawNodes(picture, strong ? plain.filter((n) => !strong.nodes.has(n)) : plain, strong ? 0.22 : far ? 0.62 : 1);
  if (strong) drawNodes(picture, plain.filter((n) => strong.nodes.has(n)), 1);
  if (strong && !simple) drawEdgeNames(picture, view, [...strong.edges]);
  else if (k > 0.5 && !simple) drawCounts(picture, view);
  if (far) drawRegionNames(picture, view);
  drawLabels(picture, far ? plain.filter((n) => strong && strong.nodes.has(n)) : plain, simple);
}

function inView(n, view) {
  const [x, y] = toScreen(n.x, n.y);
  return x > view[0] - REACH_X && x < view[2] + REACH_X && y > view[1] - REACH_Y && y < view[3] + REACH_Y;
}

// The curve of an edge on the screen: ends, control point (null for a straight line), loop.
function curve(e) {
  const [x1, y1] = toScreen(e.from.x, e.from.y), [x2, y2] = toScreen(e.to.x, e.to.y);
  if (e.from === e.to) return { x1, y1, x2, y2, loop: radiusAt(e.from) * (1 + 2 * e.bend) };
  if (!e.bend || e.bundle || e.lead !== e) return { x1, y1, x2, y2, c: null };
  return { x1, y1, x2, y2, c: [(x1 + x2) / 2 + (y2 - y1) * e.bend, (y1 + y2) / 2 - (x2 - x1) * e.bend] };
}

function misses(g, view) {
  const reach = (g.loop || 0) * 3 + 3;
  const xs = g.c ? [g.x1, g.x2, g.c[0]] : [g.x1, g.x2], ys = g.c ? [g.y1, g.y2, g.c[1]] : [g.y1, g.y2];
  return Math.max(...xs) < view[0] - reach || Math.min(...xs) > view[2] + reach || Math.max(...ys) < view[1] - reach || Math.min(...ys) > view[3] + reach;
}

function drawEdges(picture, view, which, how) {
  const lines = new Strokes(picture, (path, e) => picture.stroke(path, e.line.colour, how.width * e.line.width, how.alpha, e.line.dashes && !how.simple ? DASHES : SOLID));
  const heads = new Strokes(picture, (path, e) => picture.fill(path, e.line.colour, how.alpha));
  for (const e of which) {
    const g = curve(e);
    if (misses(g, view)) continue;
    trace(lines.path(e.line.look, e), g, how.simple);
    if (how.arrows && e.line.arrow && e.from !== e.to) arrowHead(heads.path(e.line.look, e), g, radiusAt(e.to) * 1.15 + 1, how.width * e.line.width);
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
  chooseLabels();
  for (const [n, above] of stage.labels) { // the names of the ends go before
    if (!stage.emphasis.nodes.has(n)) continue;
    const [x, y] = toScreen(n.x, n.y), { lines, width } = labelLines(label(n)), top = y + labelTop(n, above, lines.length);
    boxes.add(x - width / 2, top, x + width / 2, top + lines.length * LINE_HEIGHT, null);
  }
  for (const e of which) {
    const g = curve(e), words = edgeWords(e), [x, y] = middle(g), half = words.length * 6;
    if (misses(g, view) || Math.hypot(g.x2 - g.x1, g.y2 - g.y1) < 2 * half + 50) continue;
    if (!boxes.free(x - half, y - 8, x + half, y + 8, () => true)) continue;
    boxes.add(x - half, y - 8, x + half, y + 8, null);
    picture.text([words], x, y - 7, stage.colours.muted, 1);
  }
}

// The relation of an edge, or those of all that it stands for.
const edgeWords = (e) => [...new Set((e.bundle || [e]).map((x) => label(DATA.relations[x.relation])))].join(' / ');

// On a line that stands for several statements, how many.
function drawCounts(picture, view) {
  for (const key of bundles.keys()) {
    const [lead] = bundles.get(key).filter((e) => e.bundle), g = lead && curve(lead);
    if (!g || misses(g, view) || Math.hypot(g.x2 - g.x1, g.y2 - g.y1) < 60) continue;
    const [x, y] = middle(g);
    picture.text([`×${lead.bundle.length}`], x, y - 7, stage.colours.muted, 1);
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
    picture.text([edgeWords(hover) + (hover.bundle ? ` ×${hover.bundle.length}` : '')], x, y - 7, stage.colours.ink, 1);
  }
}
