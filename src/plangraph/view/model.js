// The data as the other scripts use it, the state of the view, and what follows from the two.
const DATA = JSON.parse($('data').textContent);
const LOOKS = DATA.network.options.groups;

const nodes = DATA.network.nodes.map((n, i) => {
  const entity = DATA.entities[i];
  return {
    ...entity, i, home: [n.x, n.y], x: n.x, y: n.y, size: n.size, group: n.group, top: DATA.classes[n.group].top,
    community: n.community, look: LOOKS[n.group], measures: n, radius: n.size, colour: '', edges: [], shown: true,
  };
});
const edges = DATA.network.edges.map((e, i) => ({
  i, id: e.id, from: nodes[e.from], to: nodes[e.to], relation: e.group, colour: DATA.relations[e.group].color,
  dashes: DATA.relations[e.group].dashes, bend: e.smooth ? e.smooth.roundness : 0, arrow: e.arrows !== '',
  statement: null, shown: true, lead: null, bundle: null,
}));
for (const e of edges) {
  e.own = { look: e.relation, colour: e.colour, dashes: e.dashes, width: 1, arrow: e.arrow };
  e.from.edges.push(e);
  if (e.to !== e.from) e.to.edges.push(e);
}
const nodeById = new Map(nodes.map((n) => [n.id, n]));
const edgeById = new Map(edges.map((e) => [e.id, e]));
const neighbour = (edge, node) => (edge.from === node ? edge.to : edge.from);
// The number of entities that a node is joined to on this page, for ordering where no measure is given.
for (const n of nodes) n.degree = new Set(n.edges.map((e) => neighbour(e, n))).size;

// What joins the same two entities more than once; unless unfolded it is drawn as one line.
const pairKey = (a, b) => (a.i < b.i ? `${a.id}~${b.id}` : `${b.id}~${a.id}`);
const bundles = new Map();
for (const e of edges) {
  const key = pairKey(e.from, e.to);
  bundles.has(key) ? bundles.get(key).push(e) : bundles.set(key, [e]);
}
for (const [key, members] of bundles) if (members.length < 2) bundles.delete(key);

// Statements stand in a block of their own behind the script, so that the graph can be drawn before they are read.
const NOWHERE = '-'; // stands for "no district" among the districts of a statement
function readStatements() {
  const { statements, sections, districts } = JSON.parse($('more').textContent);
  DATA.sections = sections;
  DATA.districts = districts;
  statements.forEach((s, i) => {
    edges[i].statement = s;
    // What most statements share is not written out.
    s.status ??= 'accepted';
    s.confidence ??= 1;
    s.districts ??= [NOWHERE];
    for (const x of s.evidence) {
      x.method ??= 'curated';
      x.status ??= 'accepted';
      x.confidence ??= 1;
    }
    // The evidence to show where one is shown, as everywhere in plangraph: accepted first, then the surest.
    const rank = (x) => ['accepted', 'proposed', 'rejected'].indexOf(x.status) - x.confidence / 2;
    s.surest = s.evidence.reduce((a, b) => (rank(b) < rank(a) ? b : a));
  });
}

// -- state ------------------------------------------------------------------------------------------------------

const INITIAL = {
  lang: DATA.lang, theme: '', view: 'graph', node: '', edge: '', cell: null, off: [], hidden: [], pins: {}, focus: '', hops: 1,
  unfolded: [], pathOpen: false, from: '', to: '', size: DATA.measures.includes('degree') ? 'degree' : '', colour: 'class', row: '', col: '', filter: '', sort: '',
};
let state = { ...INITIAL };
const history = [];
const listeners = [];

// Change the state and tell everybody; `undoable` changes can be taken back.
function change(patch, undoable = false) {
  if (undoable) {
    history.push(state);
    if (history.length > 100) history.shift();
  }
  const before = state;
  state = { ...state, ...patch };
  refresh();
  for (const listen of listeners) listen(before);
}

function undo() {
  const last = history.pop();
  if (!last) return false;
  const { lang, theme } = state; // the reader's language and theme are not a step of the analysis
  change({ ...last, lang, theme });
  return true;
}

// -- what the state shows ---------------------------------------------------------------------------------------

// Facets switched off are kept as "kind:name", e.g. "class:Goal" or "relation:develops". Those of statements, with
// the names that a statement has in each; it stays as long as one of them is on.
const STATEMENT_FACETS = { plan: (s) => [s.plan], district: (s) => s.districts, status: (s) => [s.status] };
const isOff = (kind, name) => offSet.has(`${kind}:${name}`);
let offSet = new Set(), shownCount = nodes.length;

function refresh() {
  offSet = new Set(state.off);
  const hidden = new Set(state.hidden);
  regionList = null;
  const kinds = Object.keys(STATEMENT_FACETS).filter((kind) => state.off.some((key) => key.startsWith(`${kind}:`)));
  const allowed = (e) => !isOff('relation', e.relation)
    && !(e.statement && kinds.some((kind) => STATEMENT_FACETS[kind](e.statement).every((name) => isOff(kind, name))));
  for (const e of edges) e.shown = allowed(e);
  for (const n of nodes) {
    // An entity goes with the last of its relations, but not with its neighbours.
    n.shown = !isOff('class', n.group) && !hidden.has(n.id) && (!n.edges.length || n.edges.some((e) => e.shown));
    const pin = state.pins[n.id];
    [n.x, n.y] = pin || n.home;
    n.pinned = Boolean(pin);
  }
  for (const e of edges) e.shown = e.shown && e.from.shown && e.to.shown;
  const centre = nodeById.get(state.focus);
  if (centre && centre.shown) {
    const near = within(centre, state.hops);
    for (const n of nodes) n.shown = n.shown && near.has(n);
    for (const e of edges) e.shown = e.shown && near.has(e.from) && near.has(e.to);
    for (const [n, place] of rings(centre, near)) if (!n.pinned) [n.x, n.y] = place;
  }
  shownCount = nodes.filter((n) => n.shown).length;
  foldBundles();
  paint();
}

const EVERY = '*'; // among the unfolded: every bundle

// Let one edge stand for all visible ones between the same two nodes.
function foldBundles() {
  const unfolded = new Set(state.unfolded), none = unfolded.has(EVERY);
  for (const e of edges) { e.lead = e; e.bundle = null; e.line = e.own; }
  for (const [key, members] of bundles) {
    if (none || unfolded.has(key)) continue;
    const seen = members.filter((e) => e.shown);
    if (seen.length < 2) continue;
    for (const e of seen) e.lead = seen[0];
    seen[0].bundle = seen;
    seen[0].line = bundleLine(seen);
  }
}

// How the one line looks: as its statements do where they agree, thicker the more they are.
function bundleLine(seen) {
  const [first] = seen, alike = seen.every((e) => e.relation === first.relation), width = 1 + Math.log2(seen.length) * 0.7;
  const colour = alike ? first.colour : '#7b8794', arrow = seen.every((e) => e.arrow && e.from === first.from);
  return { look: `${colour} ${width}`, colour, dashes: alike && first.dashes, width, arrow };
}

// Whether an edge has a line of its own.
const drawn = (e) => e.shown && e.lead === e;

const isUnfolded = (key) => state.unfolded.includes(EVERY) || state.unfolded.includes(key);

// Draw each statement between two nodes as a line of its own, or all of them as one again.
function unfold(key, on) {
  const kept = state.unfolded.includes(EVERY) ? [...bundles.keys()] : state.unfolded;
  change({ unfolded: on ? [...kept, key].sort() : kept.filter((k) => k !== key) }, true);
}

// Nodes at most `hops` visible edges away from `start`, with the distance.
function within(start, hops) {
  const distance = new Map([[start, 0]]);
  for (const [n, d] of distance) { // a Map is walked in the order in which it grows
    if (d === hops) break;
    for (const e of n.edges) if (e.shown && !distance.has(neighbour(e, n))) distance.set(neighbour(e, n), d + 1);
  }
  return distance;
}

// Places for the nodes around `centre`: one ring a hop, each branch in a sector as wide as it has ends.
function rings(centre, distance) {
  const children = new Map([...distance.keys()].map((n) => [n, []]));
  for (const [n, d] of distance) {
    if (!d) continue;
    const parent = n.edges.map((e) => e.shown && neighbour(e, n)).find((m) => m && distance.get(m) === d - 1);
    children.get(parent).push(n);
  }
  const ends = new Map();
  for (const n of [...distance.keys()].reverse()) ends.set(n, children.get(n).reduce((sum, c) => sum + ends.get(c), 0) || 1);
  const most = Math.max(...distance.values());
  const radius = [0]; // wide enough for labels, whole rings and the ring inside
  for (let d = 1; d <= most; d += 1) {
    const onRing = [...distance.values()].filter((v) => v === d).length;
    radius.push(Math.max(radius[d - 1] + 120, (onRing * 84) / (2 * Math.PI), d === 1 ? 130 : 0));
  }
  const places = new Map();
  const put = (n, from, to) => {
    const d = distance.get(n), angle = (from + to) / 2;
    places.set(n, [centre.x + radius[d] * 1.25 * Math.cos(angle), centre.y + radius[d] * Math.sin(angle)]);
    let at = from;
    for (const c of children.get(n)) {
      const share = ((to - from) * ends.get(c)) / ends.get(n);
      put(c, at, at + share);
      at += share;
    }
  };
  put(centre, -Math.PI / 2, 1.5 * Math.PI);
  return places;
}

// The edges of a shortest path between two nodes along visible edges, in order; null without one.
function shortestPath(start, end) {
  const reached = new Map([[start, null]]);
  for (const n of reached.keys()) {
    if (n === end) break;
    for (const e of n.edges) if (e.shown && !reached.has(neighbour(e, n))) reached.set(neighbour(e, n), e);
  }
  if (!reached.has(end)) return null;
  const path = [];
  for (let n = end; reached.get(n); n = neighbour(reached.get(n), n)) path.unshift(reached.get(n));
  return path;
}

function currentPath() {
  const a = nodeById.get(state.from), b = nodeById.get(state.to);
  return a && b && a !== b && a.shown && b.shown ? shortestPath(a, b) : null;
}

// Nodes and edges that the view puts forward, everything else stepping back; null when nothing is put forward.
function emphasis() {
  const path = state.pathOpen ? currentPath() : null;
  if (path) return { nodes: new Set(path.flatMap((e) => [e.from, e.to])), edges: new Set(path.map((e) => e.lead)) };
  if (state.cell) {
    const [a, b] = state.cell.map((id) => nodeById.get(id));
    return { nodes: new Set([a, b]), edges: new Set(a.edges.filter((e) => drawn(e) && neighbour(e, a) === b)) };
  }
  const edge = edgeById.get(state.edge);
  if (edge && edge.shown) return { nodes: new Set([edge.from, edge.to]), edges: new Set([edge]) };
  const node = nodeById.get(state.node);
  if (node && node.shown) {
    const own = node.edges.filter(drawn);
    return { nodes: new Set([node, ...own.map((e) => neighbour(e, node))]), edges: new Set(own) };
  }
  return null;
}

// -- size and colour --------------------------------------------------------------------------------------------

const RAMP = [[120, 144, 190], [63, 141, 176], [46, 163, 126], [178, 160, 46], [222, 120, 44], [196, 52, 62]];

const measured = (node, name) => node.measures[name] || 0;
const highest = (name) => Math.max(...nodes.map((n) => measured(n, name)), 1e-12);

function rampColour(share) {
  const at = Math.min(share, 0.9999) * (RAMP.length - 1), low = Math.floor(at);
  const mix = RAMP[low].map((c, i) => Math.round(c + (RAMP[low + 1][i] - c) * (at - low)));
  return `rgb(${mix.join(',')})`;
}

// Hues a golden angle apart, so that any number of communities get colours that differ.
const communityColour = (number) => `hsl(${Math.round(215 + number * 137.508) % 360} ${number % 2 ? 48 : 62}% ${[50, 42, 56][number % 3]}%)`;

// Give each node its radius and colour.
function paint() {
  const most = DATA.measures.includes(state.size) ? highest(state.size) : 0;
  const hottest = DATA.measures.includes(state.colour) ? highest(state.colour) : 0;
  for (const n of nodes) {
    n.radius = most ? 6.5 + 12.5 * Math.sqrt(measured(n, state.size) / most) : n.size;
    if (hottest) n.colour = rampColour(Math.sqrt(measured(n, state.colour) / hottest));
    else n.colour = state.colour === 'community' ? communityColour(n.community) : n.look.color;
  }
}

// -- permalink --------------------------------------------------------------------------------------------------

// The state as the part of an address after "#"; what is as it was in the beginning is left out.
function toHash(camera) {
  const out = new URLSearchParams();
  for (const key of ['lang', 'theme', 'view', 'node', 'edge', 'focus', 'from', 'to', 'size', 'colour', 'row', 'col', 'filter', 'sort']) {
    if (state[key] !== INITIAL[key]) out.set(key, state[key]);
  }
  if (state.focus) out.set('hops', state.hops);
  if (state.pathOpen) out.set('path', '1');
  if (state.off.length) out.set('off', state.off.join(','));
  if (state.hidden.length) out.set('hidden', state.hidden.join(','));
  if (state.unfolded.length) out.set('unfolded', state.unfolded.join(','));
  if (state.cell) out.set('between', state.cell.join('~'));
  const pins = Object.entries(state.pins).map(([id, [x, y]]) => `${id}@${x}@${y}`);
  if (pins.length) out.set('pins', pins.join(','));
  if (camera) out.set('at', camera.map((v, i) => (i === 2 ? v.toFixed(4) : Math.round(v))).join(','));
  return out.toString();
}

// A state patch and a camera from such a part; what means nothing here is passed over.
function fromHash(hash) {
  const given = new URLSearchParams(hash.replace(/^#/, ''));
  const patch = { ...INITIAL };
  const take = (key, valid) => { if (given.has(key) && valid(given.get(key))) patch[key] = given.get(key); };
  const known = (v) => nodeById.has(v);
  const list = (key) => (given.get(key) || '').split(',').filter(Boolean);
  take('lang', (v) => v === 'zh' || v === 'en');
  take('theme', (v) => v === 'light' || v === 'dark');
  take('view', (v) => ['table', 'matrix'].includes(v));
  for (const key of ['node', 'focus', 'from', 'to']) take(key, known);
  take('edge', (v) => edgeById.has(v));
  take('size', (v) => v === '' || DATA.measures.includes(v));
  take('colour', (v) => v === 'community' || DATA.measures.includes(v));
  for (const key of ['row', 'col']) take(key, (v) => Object.hasOwn(DATA.classes, v));
  take('filter', () => true);
  take('sort', (v) => /^-?[a-z]+$/.test(v));
  patch.hops = Math.min(9, Math.max(1, parseInt(given.get('hops'), 10) || 1));
  patch.pathOpen = given.get('path') === '1';
  patch.off = list('off').filter((v) => /^(class|relation|plan|district|status):[\w/-]+$/.test(v));
  patch.hidden = list('hidden').filter(known);
  patch.unfolded = list('unfolded').filter((key) => key === EVERY || bundles.has(key));
  const between = (given.get('between') || '').split('~');
  patch.cell = between.length === 2 && between.every(known) ? between : null;
  patch.pins = {};
  for (const [id, x, y] of list('pins').map((p) => p.split('@'))) {
    if (known(id) && Number.isFinite(+x) && Number.isFinite(+y)) patch.pins[id] = [+x, +y];
  }
  const at = (given.get('at') || '').split(',').map(Number);
  return { patch, camera: at.length === 3 && at.every(Number.isFinite) && at[2] > 0 ? at : null };
}
