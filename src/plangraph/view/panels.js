// The panel of details: what is chosen, what the plans say of it, the path between two entities.

const classOf = (group) => DATA.classes[group];
const several = Object.keys(DATA.plans).length > 1;

// A name that leads to its entity.
function nameButton(node) {
  return el('button', { class: 'name-button', type: 'button', lang: state.lang === 'en' && node.en ? 'en' : 'zh-CN', onclick: () => open(node) }, label(node));
}

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
  if (![plan.issuer, plan.number, period, plan.published, plan.publisher].some(Boolean)) return null;
  return el('dl', { class: 'facts' }, fact(t('issuer'), plan.issuer), fact(t('number'), plan.number), fact(t('period'), period),
    fact(t('published'), plan.published), fact(t('publisher'), plan.publisher));
}

function overview() {
  const shown = nodes.filter((n) => n.shown), linked = edges.filter((e) => e.shown);
  const degree = new Map(shown.map((n) => [n, new Set(n.edges.filter((e) => e.shown).map((e) => neighbour(e, n))).size]));
  const most = shown.filter((n) => degree.get(n)).sort((a, b) => degree.get(b) - degree.get(a) || a.i - b.i).slice(0, 8);
  const stated = new Map();
  for (const e of edges) stated.set(e.statement.plan, (stated.get(e.statement.plan) || 0) + 1);
  const plans = Object.entries(DATA.plans).filter(([id]) => stated.has(id) || !stated.size);
  return [
    el('p', { class: 'kind' }, t('overview')), el('h2', {}, DATA.title[state.lang]),
    el('p', { class: 'sub' }, t('count', shown.length, linked.length)),
    ...(plans.length === 1 ? [planFacts(plans[0][1])] : plans.map(([id, p]) => el('section', {}, el('h3', {}, label(p), el('span', { class: 'count' }, `${stated.get(id) || 0}`)), planFacts(p)))),
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
