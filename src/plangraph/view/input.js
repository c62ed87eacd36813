// Pointer, wheel and keys on the canvas, turned into moves and choices.

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
    if (!hasLine(e)) continue;
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

// `act` says what happens when something is chosen, chosen twice or dropped: {choose(node, edge, byKey, point),
// twice(node, edge), drop(node, x, y), tell(node)}.
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
      act.choose(node, node ? null : edgeAt(...at(event), slack(event) + 2), false, at(event));
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
  overlay.addEventListener('dblclick', (event) => {
    const node = nodeAt(...at(event), 4), edge = node ? null : edgeAt(...at(event), 6);
    if (!node && !(edge && bundles.has(pairKey(edge.from, edge.to)))) zoomAt(1.6, ...at(event));
    else act.twice(node, edge);
  });
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
