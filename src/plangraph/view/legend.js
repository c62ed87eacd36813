// The legend: counts, filters by what things are and by what statements say, and how the graph looks.

function countBy(items, key) {
  const counts = new Map();
  for (const item of items) counts.set(key(item), (counts.get(key(item)) || 0) + 1);
  return counts;
}

// For each name that `names(item)` gives: how many of its items are shown, and how many there are.
function tally(items, names) {
  const counts = new Map();
  for (const item of items) {
    for (const name of names(item)) {
      const count = counts.get(name) || [0, 0];
      count[0] += item.shown ? 1 : 0;
      count[1] += 1;
      counts.set(name, count);
    }
  }
  return counts;
}

const SHORT_LIST = 9; // rows of a facet before the rest is folded away
const longLists = new Set(); // facets whose every row is listed

function toggle(keys, on) {
  const off = new Set(state.off);
  for (const key of keys) on ? off.delete(key) : off.add(key);
  change({ off: [...off].sort() }, true);
}

// How many are shown, and of how many where that is not all.
const countWords = ([shown, total]) => (shown === total ? String(total) : t('shownOf', shown, total));

// One line of the legend: a box for the facet keys it stands for, a mark, words, how many, and "only".
function legendRow(keys, all, mark, words, count, sub = false, about = '') {
  const on = keys.filter((k) => !offSet.has(k)).length;
  const box = el('input', { type: 'checkbox', 'data-facet': keys.join(' '), onchange: (e) => toggle(keys, e.target.checked) });
  box.checked = on > 0;
  box.indeterminate = on > 0 && on < keys.length;
  const rest = all.filter((k) => !keys.includes(k));
  const only = el('button', { class: 'only small', type: 'button', 'aria-label': t('onlyLabel', words), onclick: () => {
    const off = new Set(state.off);
    for (const k of rest) off.add(k);
    for (const k of keys) off.delete(k);
    change({ off: [...off].sort() }, true);
  } }, t('only'));
  return el('div', { class: sub ? 'row sub' : 'row', title: about || null },
    el('label', {}, box, mark, el('span', { class: 'text' }, words)), all.length > keys.length ? only : null, el('span', { class: 'count' }, countWords(count)));
}

function legendHead(words, keys) {
  const some = keys.some((k) => offSet.has(k));
  return el('h2', {}, words, some ? el('button', { class: 'small', type: 'button', onclick: () => toggle(keys, true) }, t('all')) : null);
}

// The rows for a facet of the statements, the fullest first, "none" last; nothing where there is no choice.
function facet(kind, heading, words) {
  const counts = [...tally(edges, (e) => STATEMENT_FACETS[kind](e.statement))]
    .sort(([a, m], [b, n]) => (a === NOWHERE) - (b === NOWHERE) || n[1] - m[1] || (a < b ? -1 : 1));
  if (counts.length < 2) return [];
  const keys = counts.map(([name]) => `${kind}:${name}`), long = counts.length > SHORT_LIST + 1, all = longLists.has(kind);
  const rows = counts.map(([name, n]) => legendRow([`${kind}:${name}`], keys, null, words(name), n));
  const more = el('button', { class: 'small more', type: 'button', id: `more-${kind}`, 'aria-expanded': String(all), onclick: () => {
    all ? longLists.delete(kind) : longLists.add(kind);
    drawLegend();
  } }, all ? t('fewer') : t('moreOf', counts.length - SHORT_LIST));
  return [legendHead(heading, keys), ...(long && !all ? rows.slice(0, SHORT_LIST) : rows), ...(long ? [more] : [])];
}

const districtWords = (id) => (id === NOWHERE ? t('nowhere') : label(DATA.districts[id]));

function line(relation) {
  const ns = 'http://www.w3.org/2000/svg', svg = document.createElementNS(ns, 'svg'), path = document.createElementNS(ns, 'path');
  const { color, dashes, symmetric } = DATA.relations[relation];
  for (const [k, v] of Object.entries({ viewBox: '0 0 18 16', class: 'swatch', 'aria-hidden': 'true' })) svg.setAttribute(k, v);
  for (const [k, v] of Object.entries({ d: symmetric ? 'M1 8H17' : 'M1 8H17M13 4.5L17 8L13 11.5', fill: 'none', stroke: color, 'stroke-width': '2', 'stroke-dasharray': dashes ? '4 2' : '' })) {
    if (v) path.setAttribute(k, v);
  }
  svg.append(path);
  return svg;
}

const unfoldedClasses = new Set(); // top classes whose subclasses the legend lists

function classRows() {
  const counts = tally(nodes, (n) => [n.group]);
  const tops = [...new Set(Object.keys(DATA.classes).filter((c) => counts.has(c)).map((c) => classOf(c).top))];
  const all = [...counts.keys()].map((c) => `class:${c}`);
  const rows = [legendHead(t('entities'), all)];
  for (const top of tops) {
    const parts = Object.keys(DATA.classes).filter((c) => classOf(c).top === top && counts.has(c));
    const total = [0, 1].map((which) => parts.reduce((sum, c) => sum + counts.get(c)[which], 0));
    const colour = state.colour === 'class' ? LOOKS[top].color : '#7b8794';
    const row = legendRow(parts.map((c) => `class:${c}`), all, swatch(top, colour), label(classOf(top)), total, false, classOf(top).about[state.lang]);
    rows.push(row);
    if (parts.length < 2) continue;
    const unfolded = unfoldedClasses.has(top);
    row.prepend(el('button', { class: 'fold', type: 'button', id: `fold-${top}`, 'aria-expanded': String(unfolded), 'aria-label': t('subclasses', label(classOf(top))), onclick: () => {
      unfolded ? unfoldedClasses.delete(top) : unfoldedClasses.add(top);
      drawLegend();
    } }, unfolded ? '▾' : '▸'));
    for (const c of unfolded ? parts : []) {
      const words = c === top ? t('otherOf', label(classOf(c))) : label(classOf(c));
      rows.push(legendRow([`class:${c}`], all, null, words, counts.get(c), true, classOf(c).about[state.lang]));
    }
  }
  return rows;
}

function select(id, words, value, options, onchange) {
  const box = el('select', { id, onchange: (e) => onchange(e.target.value) },
    options.map(([v, shown]) => el('option', { value: v }, shown)));
  box.value = value;
  return el('label', { class: 'field' }, words, box);
}

function lookRows() {
  const measures = DATA.measures.map((m) => [m, t(m)]);
  const rows = [
    el('h2', {}, t('appearance')),
    select('size-by', t('sizeBy'), state.size, [['', t('same')], ...measures], (size) => change({ size }, true)),
    select('colour-by', t('colourBy'), state.colour, [['class', t('byClass')], ['community', t('byCommunity')], ...measures], (colour) => change({ colour }, true)),
  ];
  if (bundles.size) {
    const box = el('input', { type: 'checkbox', id: 'unfold-all', onchange: (e) => change({ unfolded: e.target.checked ? [EVERY] : [] }, true) });
    box.checked = state.unfolded.includes(EVERY);
    box.indeterminate = !box.checked && state.unfolded.length > 0;
    rows.push(el('label', { class: 'check', title: t('unfoldAbout') }, box, t('unfoldAll')));
  }
  if (DATA.measures.includes(state.colour)) {
    const bar = el('div', { class: 'scale' });
    bar.style.background = `linear-gradient(90deg, ${RAMP.map((c) => `rgb(${c.join(',')})`).join(', ')})`;
    rows.push(bar, el('div', { class: 'ends' }, el('span', {}, t('low')), el('span', {}, t('high'))));
  } else if (state.colour === 'community') {
    for (const [number, members] of communities().slice(0, 24)) {
      rows.push(el('div', { class: 'row' }, swatch('', communityColour(number)), el('span', { class: 'text' }, t('communityOf', label(members[0]), members.length - 1))));
    }
  }
  return rows;
}

// Communities of two and more with their members, the best connected member first.
function communities() {
  const groups = new Map();
  for (const n of nodes) groups.has(n.community) ? groups.get(n.community).push(n) : groups.set(n.community, [n]);
  return [...groups].filter(([, m]) => m.length > 1).sort((a, b) => a[0] - b[0])
    .map(([number, members]) => [number, members.sort((a, b) => b.degree - a.degree || a.i - b.i)]);
}

function drawLegend() {
  const panel = $('legend');
  const kept = document.activeElement && document.activeElement.dataset ? document.activeElement.dataset.facet || document.activeElement.id : '';
  const top = panel.scrollTop;
  const relations = tally(edges, (e) => [e.relation]);
  const ordered = new Map(Object.keys(DATA.relations).filter((r) => relations.has(r)).map((r) => [r, relations.get(r)]));
  const relationKeys = [...ordered.keys()].map((r) => `relation:${r}`);
  panel.replaceChildren(
    ...classRows(),
    ...(ordered.size ? [legendHead(t('relations'), relationKeys)] : []),
    ...[...ordered].map(([r, n]) => legendRow([`relation:${r}`], relationKeys, line(r), label(DATA.relations[r]), n, false, DATA.relations[r].about[state.lang])),
    ...facet('plan', t('plans'), (p) => label(DATA.plans[p])),
    ...facet('district', t('districts'), districtWords),
    ...facet('status', t('statuses'), (s) => t(s)),
    ...lookRows(),
  );
  panel.scrollTop = top;
  // The rows are new; whoever was on one of them with the keyboard stays on its successor.
  const again = kept && ([...panel.querySelectorAll('[data-facet]')].find((b) => b.dataset.facet === kept) || $(kept));
  if (again && panel.contains(again)) again.focus();
}
