// The graph from afar. Where single entities could no longer be told apart, communities are drawn as regions with
// the name of their best connected member, and the statements between two of them as one line; nearing unfolds them.

const FAR_ZOOM = 0.16, FAR_NODES = 600, FAR_LINES = 240, NEAR_ENOUGH = 0.07, REGION_PAD = 70;

// Whether an edge is drawn at this zoom.
const hasLine = (e) => drawn(e) && (!isFar() || (stage.camera.k > NEAR_ENOUGH && e.from.community === e.to.community));

let regionList = null; // made when needed, thrown away when places or filters change

const isFar = () => stage.camera.k < FAR_ZOOM && !state.focus && shownCount > FAR_NODES;

function regions() {
  if (regionList) return regionList;
  const members = new Map();
  for (const n of nodes) {
    if (!n.shown || !n.edges.length) continue;
    members.has(n.community) ? members.get(n.community).push(n) : members.set(n.community, [n]);
  }
  regionList = [];
  for (const [community, list] of members) {
    if (list.length < 4) continue;
    const outline = hull(hull(list.map((n) => [n.x, n.y])).flatMap(([x, y]) => around(x, y)));
    const xs = outline.map((p) => p[0]), ys = outline.map((p) => p[1]);
    const main = list.reduce((best, n) => (n.degree > best.degree ? n : best));
    const box = [Math.min(...xs), Math.min(...ys), Math.max(...xs), Math.max(...ys)];
    regionList.push({ community, members: list, outline, main, box, x: (box[0] + box[2]) / 2, y: (box[1] + box[3]) / 2 });
  }
  regionList.sort((a, b) => b.members.length - a.members.length || a.community - b.community);
  regionList.lines = strongest(regionList);
  return regionList;
}

const around = (x, y) => Array.from({ length: 8 }, (_, i) => [x + REGION_PAD * Math.cos((i * Math.PI) / 4), y + REGION_PAD * Math.sin((i * Math.PI) / 4)]);

// The convex hull of points.
function hull(points) {
  const sorted = [...points].sort((a, b) => a[0] - b[0] || a[1] - b[1]);
  const turn = (o, a, b) => (a[0] - o[0]) * (b[1] - o[1]) - (a[1] - o[1]) * (b[0] - o[0]);
  const half = (list) => {
    const found = [];
    for (const p of list) {
      while (found.length > 1 && turn(found.at(-2), found.at(-1), p) <= 0) found.pop();
      found.push(p);
    }
    found.pop();
    return found;
  };
  return sorted.length < 3 ? sorted : [...half(sorted), ...half(sorted.reverse())];
}

// The pairs of regions that most statements join, with how many.
function strongest(list) {
  const byCommunity = new Map(list.map((r) => [r.community, r])), counts = new Map();
  for (const e of edges) {
    const [a, b] = [e.from.community, e.to.community];
    if (!e.shown || a === b || !byCommunity.has(a) || !byCommunity.has(b)) continue;
    const key = Math.min(a, b) * 1e6 + Math.max(a, b);
    counts.set(key, (counts.get(key) || 0) + 1);
  }
  return [...counts].sort((a, b) => b[1] - a[1] || a[0] - b[0]).slice(0, FAR_LINES)
    .map(([key, count]) => ({ a: byCommunity.get(Math.floor(key / 1e6)), b: byCommunity.get(key % 1e6), count }));
}

function drawRegions(picture, view) {
  const weak = Boolean(stage.emphasis), byCommunity = state.colour === 'community';
  for (const { a, b, count } of regions().lines) {
    const [x1, y1] = toScreen(a.x, a.y), [x2, y2] = toScreen(b.x, b.y), width = Math.min(9, 0.8 + 0.9 * Math.log2(count));
    if (misses({ x1, y1, x2, y2, c: null, loop: width }, view)) continue;
    const path = picture.path();
    path.moveTo(x1, y1);
    path.lineTo(x2, y2);
    picture.stroke(path, stage.colours.muted, width, weak ? 0.06 : 0.18, SOLID);
  }
  for (const r of regions()) {
    if (!regionInView(r, view)) continue;
    const path = picture.path();
    r.outline.forEach(([x, y], i) => path[i ? 'lineTo' : 'moveTo'](...toScreen(x, y)));
    path.closePath();
    picture.fill(path, stage.colours.ground, 0.72);
    picture.fill(path, byCommunity ? communityColour(r.community) : stage.colours.muted, weak ? 0.05 : 0.13);
    picture.stroke(path, byCommunity ? communityColour(r.community) : stage.colours.muted, 1, weak ? 0.12 : 0.35, SOLID);
  }
}

function regionInView(r, view) {
  const [left, top] = toScreen(r.box[0], r.box[1]), [right, bottom] = toScreen(r.box[2], r.box[3]);
  return right > view[0] - REACH_X && left < view[2] + REACH_X && bottom > view[1] - REACH_Y && top < view[3] + REACH_Y;
}

// Names of the regions, the largest first, none over another.
function drawRegionNames(picture, view) {
  const boxes = new Boxes(), { k } = stage.camera;
  for (const r of regions()) {
    const { lines, width } = labelLines(label(r.main)), words = [...lines, t('members', r.members.length)];
    const high = words.length * LINE_HEIGHT, x = r.x * k, y = r.y * k - high / 2;
    if (!boxes.free(x - width / 2, y, x + width / 2, y + high, () => true)) continue;
    boxes.add(x - width / 2 - 3, y, x + width / 2 + 3, y + high, null);
    if (!regionInView(r, view)) continue;
    const [sx, sy] = toScreen(r.x, r.y);
    picture.text(words, sx, sy - high / 2, stage.colours.ink, stage.emphasis ? 0.35 : 1);
  }
}

// The region under a point of the screen.
function regionAt(px, py) {
  const [x, y] = toWorld(px, py);
  return regions().find((r) => r.outline.every(([ax, ay], i) => {
    const [bx, by] = r.outline[(i + 1) % r.outline.length];
    return (bx - ax) * (y - ay) - (by - ay) * (x - ax) >= 0;
  }));
}
