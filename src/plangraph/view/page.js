// Puts the page together: draws what the state says and turns clicks into changes of state.

// Choose a node and show its details; `nearer` also brings it into view.
function open(node, nearer = true) {
  change({ node: node.id, edge: '', cell: null });
  announce(`${label(node)}，${label(classOf(node.group))}，${t('statementsCount', node.edges.length)}`);
  if (state.view === 'graph' && node.shown && (!seen(node) || (nearer && stage.camera.k < 0.5))) goTo(node);
}

function openEdge(edge) {
  change({ edge: edge.id, node: '', cell: null });
  announce(`${label(edge.from)} ${label(DATA.relations[edge.relation])} ${label(edge.to)}`);
}

// -- theme ------------------------------------------------------------------------------------------------------

const darkWished = matchMedia('(prefers-color-scheme: dark)');
const theme = () => state.theme || (darkWished.matches ? 'dark' : 'light');

function applyTheme() {
  document.documentElement.dataset.theme = theme();
  const style = getComputedStyle(document.documentElement);
  for (const name of ['ground', 'ink', 'muted', 'accent']) stage.colours[name] = style.getPropertyValue(`--${name}`).trim();
}

// -- words ------------------------------------------------------------------------------------------------------

function applyWords() {
  document.documentElement.lang = state.lang === 'zh' ? 'zh-CN' : 'en';
  document.title = DATA.title[state.lang];
  for (const node of document.querySelectorAll('[data-t]')) node.textContent = t(node.dataset.t);
  for (const node of document.querySelectorAll('[data-label]')) {
    node.setAttribute('aria-label', t(node.dataset.label));
    if (node.tagName === 'BUTTON') node.title = t(node.dataset.label);
  }
  for (const node of document.querySelectorAll('[data-hint]')) node.placeholder = t(node.dataset.hint);
  $('lang').textContent = t('otherLanguageShort');
  $('lang').lang = state.lang === 'zh' ? 'en' : 'zh-CN';
  $('title').textContent = DATA.title[state.lang];
  $('title').title = DATA.title[state.lang];
}

// -- drawing the state ------------------------------------------------------------------------------------------

function drawRibbon() {
  const centre = nodeById.get(state.focus), parts = [];
  if (centre) {
    parts.push(el('span', {}, `${t('focusOn', label(centre))} · ${t('hops', state.hops)}`),
      el('button', { type: 'button', onclick: () => change({ focus: '', hops: 1 }, true) }, t('unfocus')));
  }
  if (state.hidden.length) {
    parts.push(el('button', { type: 'button', id: 'show-hidden', onclick: () => change({ hidden: [] }, true) }, t('showHidden', state.hidden.length)));
  }
  if (!nodes.some((n) => n.shown)) parts.push(el('span', {}, t('nothingShown')));
  $('ribbon').replaceChildren(...parts);
  $('ribbon').hidden = !parts.length;
}

const SHEETS = { table: drawTable, matrix: drawMatrix };

function drawState(before = {}) {
  const changed = (...keys) => keys.some((k) => state[k] !== before[k]);
  const filtered = changed('off', 'hidden', 'focus', 'hops');
  const { lang } = before;
  if (state.lang !== lang) applyWords();
  if (changed('theme')) applyTheme();
  if (changed('lang') || filtered) {
    const shown = nodes.filter((n) => n.shown).length, linked = edges.filter((e) => e.shown).length;
    $('subtitle').textContent = t('count', t('shownOf', shown, nodes.length), t('shownOf', linked, edges.length));
    stage.overlay.setAttribute('aria-label', t('canvasLabel', shown, linked));
    drawRibbon();
  }
  if (filtered || changed('lang', 'unfolded', 'size', 'colour')) drawLegend();
  if (filtered || changed('lang', 'node', 'edge', 'cell', 'pathOpen', 'from', 'to', 'pins', 'unfolded')) drawDetails();
  if (changed('node', 'edge', 'cell', 'pathOpen') && (state.node || state.edge || state.cell)) $('details').scrollTop = 0;
  document.documentElement.dataset.shows = state.view;
  for (const name of ['graph', 'table', 'matrix']) {
    $(name).hidden = state.view !== name;
    $(`view-${name}`).setAttribute('aria-pressed', String(state.view === name));
  }
  $('path').setAttribute('aria-pressed', String(state.pathOpen));
  $('undo').disabled = !history.length;
  if (SHEETS[state.view] && (filtered || changed('lang', 'view', 'filter', 'sort', 'row', 'col'))) SHEETS[state.view]();
  stage.emphasis = emphasis();
  if (before.lang && changed('focus', 'hops')) fit();
  if (stage.hover && !stage.hover.shown) stage.hover = null;
  redraw();
  remember();
}

// -- permalink --------------------------------------------------------------------------------------------------

let rememberTimer = 0, moved = false, written = '';

// `away`: the reader has moved; otherwise the view shows everything, on whatever screen it is opened.
function cameraMoved(away) {
  moved = away;
  clearTimeout(rememberTimer);
  rememberTimer = setTimeout(remember, 250);
}

function permalink() {
  const { x, y, k } = stage.camera;
  return toHash(moved ? [x, y, k] : null);
}

// Write the view into the address, so that a reload or a copied link restores it.
function remember() {
  written = permalink();
  try {
    window.history.replaceState(null, '', written ? `#${written}` : window.location.pathname + window.location.search);
  } catch { /* a frame without an address of its own */ }
}

function restore(hash) {
  const { patch, camera } = fromHash(hash);
  const first = !stage.ready;
  state = { ...state, ...patch };
  refresh();
  applyTheme();
  if (camera) {
    stage.camera = { x: camera[0], y: camera[1], k: clampZoom(camera[2]) };
    redraw();
  } else fit();
  moved = Boolean(camera);
  stage.ready = true;
  if (!first) drawState({});
}

// -- wiring -----------------------------------------------------------------------------------------------------

function wireMenu() {
  const button = $('export'), menu = $('export-menu');
  const show = (on) => {
    menu.hidden = !on;
    button.setAttribute('aria-expanded', String(on));
  };
  button.addEventListener('click', () => show(menu.hidden));
  menu.addEventListener('click', (event) => {
    const kind = event.target.dataset.export;
    if (kind) { show(false); button.focus(); exportAs(kind); }
  });
  document.addEventListener('pointerdown', (event) => { if (!menu.parentElement.contains(event.target)) show(false); });
  menu.parentElement.addEventListener('keydown', (event) => {
    if (event.key === 'Escape' && !menu.hidden) { show(false); button.focus(); event.stopPropagation(); }
  });
}

function wire() {
  combobox($('search'), $('search-options'), (node) => {
    const patch = node.shown ? {} : reveal(node);
    if (Object.keys(patch).length) change(patch, true);
    $('search').value = label(node);
    open(node);
  });
  for (const button of document.querySelectorAll('[data-view]')) button.addEventListener('click', () => change({ view: button.dataset.view, cell: null }));
  $('undo').addEventListener('click', takeBack);
  $('path').addEventListener('click', () => {
    const node = nodeById.get(state.node);
    change({ pathOpen: !state.pathOpen, ...(state.pathOpen ? {} : { from: node ? node.id : state.from, node: '', edge: '' }) });
    const input = state.pathOpen && $(state.from ? 'path-to' : 'path-from');
    if (input) input.focus();
  });
  $('link').addEventListener('click', () => { remember(); copy(window.location.href.split('#')[0] + (written ? `#${written}` : '')); });
  $('theme').addEventListener('click', () => change({ theme: theme() === 'dark' ? 'light' : 'dark' }));
  $('lang').addEventListener('click', () => change({ lang: state.lang === 'zh' ? 'en' : 'zh' }));
  $('zoom-in').addEventListener('click', () => zoomAt(1.35));
  $('zoom-out').addEventListener('click', () => zoomAt(1 / 1.35));
  $('fit').addEventListener('click', () => fit());
  $('skip').addEventListener('click', (event) => { event.preventDefault(); stage.overlay.focus(); });
  $('open-legend').addEventListener('click', () => {
    const on = $('legend').classList.toggle('open');
    $('open-legend').setAttribute('aria-expanded', String(on));
    if (on) { change({ node: '', edge: '', cell: null, pathOpen: false }); $('legend').focus(); }
  });
  wireMenu();
  listen({
    choose(node, edge, byKey, point) {
      closeLegend();
      const region = !byKey && isFar() && !state.node && !state.edge && regionAt(...point);
      if (region) { fit(region.members); cameraMoved(true); announce(t('communityOf', label(region.main), region.members.length - 1)); }
      else if (node && state.pathOpen && !(state.from && state.to)) change({ [state.from ? 'to' : 'from']: node.id, node: '', edge: '', cell: null }, true);
      else if (node) open(node, false);
      else if (edge && edge.bundle) change({ cell: [edge.from.id, edge.to.id], node: '', edge: '' });
      else if (edge) openEdge(edge);
      else if (state.node || state.edge || state.cell) change({ node: '', edge: '', cell: null });
      if (byKey) $('details').focus();
    },
    twice(node, edge) {
      if (node) change(state.focus === node.id ? { focus: '', hops: 1 } : { focus: node.id, hops: 1, node: node.id }, true);
      else { const key = pairKey(edge.from, edge.to); unfold(key, !isUnfolded(key)); }
    },
    drop: (node, x, y) => pin(node, [x, y]),
    tell: (node) => announce(`${label(node)}，${label(classOf(node.group))}，${t('statementsCount', node.edges.filter((e) => e.shown).length)}`),
  });
  document.addEventListener('keydown', (event) => {
    const typing = /^(INPUT|TEXTAREA|SELECT)$/.test(event.target.tagName);
    if ((event.ctrlKey || event.metaKey) && event.key === 'z' && !event.shiftKey && !(typing && event.target.type === 'text')) { event.preventDefault(); takeBack(); }
    else if (event.key === '/' && !typing) { event.preventDefault(); $('search').focus(); }
    else if (event.key === 'Escape' && (state.node || state.edge || state.cell)) closeDetails();
    else if (event.key === 'Escape') closeLegend();
  });
  new ResizeObserver(() => { if (resize() && !moved) fit(); }).observe($('graph'));
  window.addEventListener('hashchange', () => { if (window.location.hash.slice(1) !== written) restore(window.location.hash); });
  darkWished.addEventListener('change', () => { applyTheme(); redraw(); });
}

function closeLegend() {
  $('legend').classList.remove('open');
  $('open-legend').setAttribute('aria-expanded', 'false');
}

function takeBack() { if (undo()) announce(t('undone')); }

// What must change for a node that is filtered out to be seen.
function reveal(node) {
  const off = state.off.filter((k) => k !== `class:${node.group}` && !k.startsWith('relation:') && !k.startsWith('plan:') && !k.startsWith('status:'));
  return { off: isOff('class', node.group) || node.edges.length ? off : state.off, hidden: state.hidden.filter((id) => id !== node.id), focus: '', hops: 1 };
}

listeners.push(drawState);
// The graph first: it is what the reader came for. Panels follow once it is on the screen.
applyTheme();
resize();
restore(window.location.hash);
frame();
document.documentElement.dataset.drawn = 'true';
function ready() {
  readStatements();
  refresh();
  wire();
  drawState({});
  const chosen = nodeById.get(state.node);
  if (chosen && chosen.shown && !moved && !seen(chosen)) goTo(chosen); // the details may have covered it
  document.documentElement.dataset.ready = 'true';
}
const whenShown = () => requestAnimationFrame(() => setTimeout(ready, 20));
if (document.readyState === 'loading') document.addEventListener('DOMContentLoaded', whenShown);
else whenShown();
