// The panels beside the graph: legend with filters, details of what is chosen, path between two entities.

const classOf = (group) => DATA.classes[group];
const several = Object.keys(DATA.plans).length > 1;

// A name that leads to its entity.
function nameButton(node) {
  return el('button', { class: 'name-button', type: 'button', lang: state.lang === 'en' && node.en ? 'en' : 'zh-CN', onclick: () => open(node) }, label(node));
}

// -- legend -----------------------------------------------------------------------------------------------------

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

// -- details ----------------------------------------------------------------------------------------------------

const fact = (words, value) => (value ? [el('dt', {}, words), el('dd', {}, value)] : []);

function sentence(e) {
  const relation = el('span', { class: 'relation' }, state.lang === 'zh' ? label(DATA.relations[e.relation]) : ` ${label(DATA.relations[e.relation])} `);
  return el('p', { class: 'sentence' }, nameButton(e.from), relation, nameButton(e.to));
}

// The quote, in its sentence where the text is at hand.
function quote(evidence) {
  if (evidence.before === undefined) return el('blockquote', { lang: 'zh-CN' }, el('mark', {}, evidence.quote));
  return el('blockquote', { lang: 'zh-CN' }, el('span', { class: 'around' }, evidence.before), el('mark', {}, evidence.quote), el('span', { class: 'around' }, evidence.after));
}

const sectionWords = (evidence) => (DATA.sections[evidence.section] || []).join(' › ');

function placeWords(e, evidence) {
  const gap = state.lang === 'zh' ? '，' : ', ';
  const parts = [t('paragraph', evidence.paragraph), t('span', evidence.start, evidence.end)];
  if (several) parts.unshift(label(DATA.plans[e.statement.plan]));
  const section = sectionWords(evidence);
  return (section ? `${section} · ` : '') + parts.join(gap);
}

const methodWords = (method) => (method === 'curated' ? t('curated') : method);

function evidenceBlock(e, evidence) {
  const doubtful = evidence.status !== 'accepted' || evidence.confidence < 1;
  const cite = (style) => el('button', { class: 'small', type: 'button', title: t('cite'), 'data-cite': style, onclick: () => copy(footnote(e, evidence, style)) },
    el('span', { class: 'unseen' }, `${t('cite')} `), t(style));
  return el('div', { class: 'evidence' }, quote(evidence), el('p', { class: 'place' }, placeWords(e, evidence), ' ',
    doubtful ? el('span', { class: `badge ${evidence.status}` }, `${t(evidence.status)} ${evidence.confidence}`) : null, ' ', cite('gbt'), cite('chicago')));
}

function claim(e) {
  return el('li', { class: 'claim', 'data-edge': e.id }, sentence(e), ...e.statement.evidence.map((x) => evidenceBlock(e, x)));
}

// What the plan says of a node: its visible statements by relation, first those it is the subject of.
function claimGroups(node) {
  const groups = new Map();
  for (const e of node.edges.filter((x) => x.shown)) {
    const relation = DATA.relations[e.relation], forward = e.from === node || relation.symmetric;
    const words = forward ? label(relation) : relation.inverse ? relation.inverse[state.lang] : t('inverseOf', label(relation));
    const key = `${forward ? 0 : 1} ${words}`;
    groups.has(key) ? groups.get(key).list.push(e) : groups.set(key, { words, list: [e] });
  }
  return [...groups].sort((a, b) => a[0][0] - b[0][0]).map(([, { words, list }]) => el('section', {},
    el('h3', {}, words, el('span', { class: 'count' }, `${list.length}`)), el('ul', {}, list.map(claim))));
}

function kindLine(group) {
  return el('p', { class: 'kind' }, swatch(group), label(classOf(group)));
}

function closeButton() {
  return el('button', { class: 'close', type: 'button', id: 'close-details', 'aria-label': t('close'), title: t('close'), onclick: closeDetails }, '×');
}

function nodeActions(node) {
  const focused = state.focus === node.id;
  const button = (words, action, id) => el('button', { type: 'button', onclick: action, id }, words);
  const bend = (by) => change({ hops: Math.min(9, Math.max(1, state.hops + by)) }, true);
  return el('div', { class: 'actions' },
    focused
      ? el('span', { class: 'stepper' }, button(t('unfocus'), () => change({ focus: '', hops: 1 }, true), 'act-focus'),
        el('button', { type: 'button', 'aria-label': t('fewerHops'), disabled: state.hops <= 1, onclick: () => bend(-1) }, '−'),
        el('span', { class: 'place' }, t('hops', state.hops)),
        el('button', { type: 'button', id: 'more-hops', 'aria-label': t('moreHops'), onclick: () => bend(1) }, '+'))
      : button(t('focus'), () => change({ focus: node.id, hops: 1 }, true), 'act-focus'),
    button(t('pathFrom'), () => change({ pathOpen: true, from: node.id }, true), 'act-from'),
    state.from && state.from !== node.id ? button(t('pathTo'), () => change({ pathOpen: true, to: node.id }, true), 'act-to') : null,
    button(t(node.pinned ? 'unpin' : 'pin'), () => pin(node, node.pinned ? null : [Math.round(node.x), Math.round(node.y)]), 'act-pin'),
    button(t('hide'), () => change({ hidden: [...state.hidden, node.id].sort(), node: '', focus: focused ? '' : state.focus }, true), 'act-hide'));
}

function pin(node, place) {
  const pins = { ...state.pins };
  if (place) pins[node.id] = place;
  else delete pins[node.id];
  change({ pins }, true);
}

function nodeDetails(node) {
  const other = state.lang === 'zh' ? node.en : (node.en ? node.zh : '');
  const groups = claimGroups(node);
  const away = node.edges.filter((e) => !e.shown).length;
  return [
    closeButton(), kindLine(node.group),
    el('h2', { lang: state.lang === 'en' && node.en ? 'en' : 'zh-CN' }, label(node)),
    other ? el('p', { class: 'sub', lang: state.lang === 'zh' ? 'en' : 'zh-CN' }, other) : null,
    nodeActions(node),
    el('dl', { class: 'facts' },
      fact(t('aliases'), (node.aliases || []).join(state.lang === 'zh' ? '、' : ', ')),
      fact(t('code'), node.code && t('codeSource', node.code)),
      fact(t('note'), node.note), fact(t('id'), node.id),
      ...DATA.measures.map((m) => fact(t(m), node.measures[m] === undefined ? '' : String(node.measures[m])))),
    ...groups,
    groups.length || away ? null : el('p', { class: 'hint' }, t('saysNothing')),
    away ? el('p', { class: 'hint' }, t('saysHidden', away)) : null,
  ];
}

function edgeDetails(e) {
  const s = e.statement, relation = DATA.relations[e.relation];
  const others = e.from.edges.filter((x) => x !== e && x.shown && neighbour(x, e.from) === e.to);
  return [
    closeButton(), el('p', { class: 'kind' }, line(e.relation), t('statement')),
    el('h2', {}, nameButton(e.from), el('span', { class: 'relation' }, ` ${label(relation)} `), nameButton(e.to)),
    el('dl', { class: 'facts' },
      fact(t('meaning'), relation.about[state.lang]), fact(t('plan'), label(DATA.plans[s.plan])),
      fact(t('status'), el('span', { class: `badge ${s.status}` }, t(s.status))), fact(t('confidence'), String(s.confidence)), fact(t('id'), e.id)),
    el('section', {}, el('h3', {}, t('evidence'), el('span', { class: 'count' }, `${s.evidence.length}`)),
      el('ul', {}, s.evidence.map((x) => el('li', { class: 'claim' }, evidenceBlock(e, x), el('dl', { class: 'facts' },
        fact(t('section'), sectionWords(x)), fact(t('method'), methodWords(x.method)), fact(t('confidence'), String(x.confidence)), fact(t('status'), t(x.status)),
        fact(t('decided'), [x.by, x.on].filter(Boolean).join(', ')), fact(t('reason'), x.why)))))),
    others.length ? el('section', {}, el('h3', {}, t('between')), el('ul', {}, others.map(claim))) : null,
  ];
}

function cellDetails([row, col]) {
  const a = nodeById.get(row), b = nodeById.get(col);
  const between = a.edges.filter((e) => e.shown && neighbour(e, a) === b), key = pairKey(a, b), apart = isUnfolded(key);
  return [closeButton(), el('p', { class: 'kind' }, t('statementsCount', between.length)), el('h2', {}, nameButton(a), el('span', { class: 'relation' }, ' × '), nameButton(b)),
    between.length > 1 && state.view === 'graph' ? el('div', { class: 'actions' }, el('button', { type: 'button', id: 'act-unfold', onclick: () => unfold(key, !apart) }, t(apart ? 'foldLines' : 'unfoldLines'))) : null,
    between.length ? null : el('p', { class: 'hint' }, t('matrixNone')),
    el('section', {}, el('ul', {}, between.map(claim)))];
}

function planFacts(plan) {
  const period = plan.start ? `${plan.start}–${plan.end || ''}` : '';
  return el('dl', { class: 'facts' }, fact(t('issuer'), plan.issuer), fact(t('number'), plan.number), fact(t('period'), period),
    fact(t('published'), plan.published), fact(t('publisher'), plan.publisher));
}

function overview() {
  const shown = nodes.filter((n) => n.shown), linked = edges.filter((e) => e.shown);
  const degree = new Map(shown.map((n) => [n, new Set(n.edges.filter((e) => e.shown).map((e) => neighbour(e, n))).size]));
  const most = shown.filter((n) => degree.get(n)).sort((a, b) => degree.get(b) - degree.get(a) || a.i - b.i).slice(0, 8);
  const used = new Set(edges.map((e) => e.statement.plan));
  const plans = Object.entries(DATA.plans).filter(([id]) => used.has(id) || !used.size);
  return [
    el('p', { class: 'kind' }, t('overview')), el('h2', {}, DATA.title[state.lang]),
    el('p', { class: 'sub' }, t('count', shown.length, linked.length)),
    ...(plans.length === 1 ? [planFacts(plans[0][1])] : plans.map(([, p]) => el('section', {}, el('h3', {}, label(p)), planFacts(p)))),
    el('p', { class: 'hint' }, t('overviewText')),
    most.length ? el('section', {}, el('h3', {}, t('mostConnected')),
      el('ol', { class: 'ranking' }, most.map((n) => el('li', {}, swatch(n.group), nameButton(n), el('span', { class: 'value' }, String(degree.get(n))))))) : null,
    el('section', {}, el('h3', {}, t('measuredOn')), el('p', { class: 'hint' }, DATA.projection[state.lang])),
    el('section', {}, el('h3', {}, t('shortcuts')), el('dl', { class: 'facts keys' }, t('shortcutList').split('\n').map((row) => row.split('\t')).flatMap(([keys, words]) => [el('dt', {}, el('kbd', {}, keys)), el('dd', {}, words)]))),
  ];
}

// -- path -------------------------------------------------------------------------------------------------------

function pathEnd(key) {
  const chosen = nodeById.get(state[key]);
  const input = el('input', { type: 'text', id: `path-${key}`, autocomplete: 'off', placeholder: t('searchHint') });
  const list = el('div', { class: 'options', id: `path-${key}-options`, hidden: true, 'aria-label': t(key) });
  input.value = chosen ? label(chosen) : '';
  combobox(input, list, (node) => { change({ [key]: node.id, node: '', edge: '' }, true); const next = $(key === 'from' && !state.to ? 'path-to' : `path-${key}`); if (next) next.focus(); });
  return el('div', {}, el('label', { for: `path-${key}` }, t(key)), el('div', { class: 'search' }, input, list));
}

function pathPanel() {
  const a = nodeById.get(state.from), b = nodeById.get(state.to);
  const found = currentPath();
  let result = [el('p', { class: 'hint' }, t('pathHint'))];
  if (a && b) {
    if (a === b) result = [el('p', { class: 'hint' }, t('pathSame'))];
    else if (!found) result = [el('p', { class: 'hint' }, t('pathNone'))];
    else {
      let at = a;
      result = [el('p', { class: 'hint', id: 'path-length' }, t('pathSteps', found.length)), el('ol', {}, found.flatMap((e) => {
        const next = neighbour(e, at);
        const same = at.edges.filter((x) => x.shown && neighbour(x, at) === next); // all that joins the two, as one hop
        at = next;
        return el('li', { class: 'hop' }, el('ul', {}, same.map(claim)));
      }))];
    }
  }
  return [
    el('button', { class: 'close', type: 'button', id: 'close-details', 'aria-label': t('close'), title: t('close'), onclick: () => change({ pathOpen: false }) }, '×'),
    el('h2', {}, t('pathTitle')),
    el('div', { class: 'path-form' }, pathEnd('from'), pathEnd('to'),
      el('div', { class: 'actions' },
        el('button', { type: 'button', onclick: () => change({ from: state.to, to: state.from }, true) }, t('swap')),
        el('button', { type: 'button', onclick: () => change({ from: '', to: '' }, true) }, t('clear')))),
    ...result,
  ];
}

function drawDetails() {
  const panel = $('details');
  const kept = document.activeElement && panel.contains(document.activeElement) ? document.activeElement.id : '';
  const node = nodeById.get(state.node), edge = edgeById.get(state.edge);
  const chosen = Boolean(node || edge || state.cell || state.pathOpen);
  const content = state.pathOpen && !node && !edge ? pathPanel() : node ? nodeDetails(node) : edge ? edgeDetails(edge) : state.cell ? cellDetails(state.cell) : overview();
  panel.replaceChildren(...content.flat().filter(Boolean));
  panel.classList.toggle('open', chosen);
  if (kept && $(kept)) $(kept).focus();
}

// Back to what was there before: the path if it is open, else the overview.
function closeDetails() {
  change({ node: '', edge: '', cell: null });
  (state.view === 'graph' ? stage.overlay : $(state.view)).focus();
}
