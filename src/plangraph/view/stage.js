// The canvas: where the reader stands, and what must be drawn when.
//
// Places come computed, so there is no physics. What keeps it quick: only what is in view is drawn; a pan copies
// the old picture and draws the strips that come into view; labels are chosen once for a zoom level, the important
// first, so that none covers another; while zooming, arrows and most labels wait until the view rests.

const stage = {
  canvas: $('canvas'), overlay: $('overlay'), ctx: $('canvas').getContext('2d', { alpha: false }), over: $('overlay').getContext('2d'),
  width: 1, height: 1, ratio: 1, camera: { x: 0, y: 0, k: 1 }, colours: {}, labels: new Map(), labelKey: '',
  emphasis: null, hover: null, cursor: null, wanted: '', scrolled: [0, 0], moving: false, rest: 0, ready: false,
};

// -- camera -----------------------------------------------------------------------------------------------------

const toScreen = (x, y) => [(x - stage.camera.x) * stage.camera.k + stage.width / 2, (y - stage.camera.y) * stage.camera.k + stage.height / 2];
const toWorld = (x, y) => [(x - stage.width / 2) / stage.camera.k + stage.camera.x, (y - stage.height / 2) / stage.camera.k + stage.camera.y];
const clampZoom = (k) => Math.min(4, Math.max(0.03, k));
// Nodes shrink less than the distances between them, so that they can be seen from afar.
const radiusAt = (node, k = stage.camera.k) => node.radius * Math.min(1.6, Math.max(0.16, Math.pow(k, 0.6)));

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
  cameraMoved(false);
}

function zoomAt(factor, x = stage.width / 2, y = stage.height / 2) {
  const [wx, wy] = toWorld(x, y);
  const k = clampZoom(stage.camera.k * factor);
  stage.camera = { x: wx - (x - stage.width / 2) / k, y: wy - (y - stage.height / 2) / k, k };
  hurry();
  cameraMoved(true);
}

// Move by whole device pixels, so that the old picture can be copied.
function pan(dx, dy) {
  const px = Math.round(dx * stage.ratio), py = Math.round(dy * stage.ratio);
  if (!px && !py) return;
  stage.camera.x -= px / stage.ratio / stage.camera.k;
  stage.camera.y -= py / stage.ratio / stage.camera.k;
  stage.scrolled[0] += px; stage.scrolled[1] += py;
  want('scroll');
  cameraMoved(true);
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
  cameraMoved(true);
}

// Whether a node can be seen without moving.
function seen(node) {
  const [x, y] = toScreen(node.x, node.y);
  return x > 60 && y > 40 && x < stage.width - 60 && y < stage.height - covered() - 60;
}

// Give the canvas as many pixels as it has room for; returns whether that changed anything.
function resize() {
  const box = stage.canvas.parentElement.getBoundingClientRect(), ratio = Math.min(2, window.devicePixelRatio || 1);
  if (!box.width || !box.height || (box.width === stage.width && box.height === stage.height && ratio === stage.ratio)) return false;
  stage.ratio = ratio;
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

function redraw() { stage.labelKey = ''; want('all'); }

// Draw simply now and in full when the view has rested.
function hurry() {
  stage.moving = true;
  clearTimeout(stage.rest);
  stage.rest = setTimeout(() => { stage.moving = false; want('all'); }, 140);
  want('all');
}

function frame() {
  const what = stage.wanted;
  stage.wanted = '';
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
