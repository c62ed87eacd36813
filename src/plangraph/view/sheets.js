// The table of statements and the matrix of two classes.

const COLUMNS = {
  subject: (e) => label(e.from),
  relation: (e) => label(DATA.relations[e.relation]),
  object: (e) => label(e.to),
  quote: (e) => e.statement.evidence.map((x) => x.quote).join(' / '),
  section: (e) => [...new Set(e.statement.evidence.map(sectionWords))].filter(Boolean).join(' / '),
  place: (e) => e.statement.evidence[0].paragraph,
  characters: (e) => e.statement.evidence[0].start,
  plan: (e) => label(DATA.plans[e.statement.plan]),
  status: (e) => t(e.statement.status),
  confidence: (e) => e.statement.confidence,
};
const ROWS_AT_ONCE = 300;
let rowLimit = ROWS_AT_ONCE;

let settledOnce = null;
const allSettled = () => (settledOnce ??= edges.every((e) => e.statement.status === 'accepted' && e.statement.confidence === 1));

function columnNames() {
  const sections = DATA.sections.some((s) => s.length);
  const settled = allSettled();
  return Object.keys(COLUMNS).filter((c) => !(c === 'plan' && !several) && !(c === 'section' && !sections) && !(settled && (c === 'status' || c === 'confidence')));
}

// What the filter looks through: all that the row says, names in both languages and aliases. Made once a language.
const haystacks = new Map();
function haystack(e) {
  const key = `${state.lang} ${e.i}`;
  if (!haystacks.has(key)) {
    const names = [e.from, e.to].flatMap((n) => [n.zh, n.en || '', ...(n.aliases || [])]);
    haystacks.set(key, fold([...columnNames().map((c) => COLUMNS[c](e)), ...names].join('\n')));
  }
  return haystacks.get(key);
}

// Visible statements that hold the filter's words, in the order asked for.
function tableRows() {
  const words = state.filter.split(/\s+/).map(fold).filter(Boolean);
  const names = columnNames();
  const rows = edges.filter((e) => e.shown && (!words.length || words.every((w) => haystack(e).includes(w))))
    .map((e) => ({ e, cells: names.map((c) => COLUMNS[c](e)) }));
  const column = names.indexOf(state.sort.replace(/^-/, ''));
  if (column >= 0) {
    const way = state.sort.startsWith('-') ? -1 : 1, order = new Intl.Collator(state.lang === 'zh' ? 'zh-CN' : 'en', { numeric: true });
    rows.sort((a, b) => {
      const [x, y] = [a.cells[column], b.cells[column]];
      return way * (typeof x === 'number' ? x - y : order.compare(x, y)) || a.e.i - b.e.i;
    });
  }
  return rows;
}

function cell(name, { e }, value) {
  if (name === 'subject') return el('td', {}, nameButton(e.from));
  if (name === 'object') return el('td', {}, nameButton(e.to));
  if (name === 'relation') return el('td', {}, el('button', { class: 'name-button', type: 'button', onclick: () => openEdge(e) }, value));
  if (name === 'characters') return el('td', { class: 'number' }, `${e.statement.evidence[0].start}–${e.statement.evidence[0].end}`);
  return el('td', { class: typeof value === 'number' ? 'number' : name === 'quote' || name === 'section' ? 'long' : null, lang: name === 'quote' ? 'zh-CN' : null }, String(value));
}

function sortHead(name) {
  const active = state.sort.replace(/^-/, '') === name, down = state.sort.startsWith('-');
  return el('th', { scope: 'col', 'aria-sort': active ? (down ? 'descending' : 'ascending') : 'none' },
    el('button', { type: 'button', id: `sort-${name}`, onclick: () => change({ sort: active && !down ? `-${name}` : active ? '' : name }) }, t(name), active ? (down ? ' ↓' : ' ↑') : ''));
}

function drawTable() {
  const panel = $('table'), rows = tableRows(), names = columnNames();
  const kept = document.activeElement && panel.contains(document.activeElement) ? document.activeElement.id : '';
  const total = edges.filter((e) => e.shown).length;
  if (!$('table-filter')) {
    const input = el('input', { type: 'text', id: 'table-filter', oninput: (e) => { rowLimit = ROWS_AT_ONCE; change({ filter: e.target.value }); } });
    panel.append(el('div', { class: 'head' }, input, el('span', { class: 'told', id: 'table-told', role: 'status' }),
      el('button', { type: 'button', id: 'table-csv', onclick: () => exportAs('csv') })), el('div', { id: 'table-body' }));
  }
  const input = $('table-filter');
  input.setAttribute('aria-label', t('filterTable'));
  input.placeholder = t('filterTable');
  if (input.value !== state.filter) input.value = state.filter;
  $('table-csv').textContent = t('exportCsv');
  $('table-told').textContent = t('rowsOf', rows.length, total);
  const body = rows.slice(0, rowLimit).map((row) => el('tr', {}, names.map((c, i) => cell(c, row, row.cells[i]))));
  const more = rows.length - rowLimit;
  $('table-body').replaceChildren(
    el('table', {}, el('caption', { class: 'unseen' }, t('table')), el('thead', {}, el('tr', {}, names.map(sortHead))), el('tbody', {}, body)),
    ...(more > 0 ? [el('p', { class: 'actions' }, el('button', { type: 'button', onclick: () => { rowLimit += ROWS_AT_ONCE; drawTable(); } }, t('moreRows', Math.min(more, ROWS_AT_ONCE))))] : []));
  if (kept && $(kept)) $(kept).focus();
}

// -- matrix -----------------------------------------------------------------------------------------------------

// Pairs of classes that statements join directly, the fullest first; the matrix opens with the first.
function fullestPair() {
  const counts = new Map();
  for (const e of edges) {
    const [a, b] = [e.from.top, e.to.top].sort();
    if (a !== b) counts.set(`${a} ${b}`, (counts.get(`${a} ${b}`) || 0) + 1);
  }
  const order = Object.keys(DATA.classes);
  const wished = ['Domain', 'Park'].every((c) => nodes.some((n) => n.top === c)) && counts.has('Domain Park');
  const best = wished ? ['Domain', 'Park'] : ([...counts].sort((a, b) => b[1] - a[1])[0] || [''])[0].split(' ');
  return best.sort((a, b) => order.indexOf(a) - order.indexOf(b));
}

const isOfClass = (node, name) => node.group === name || node.top === name;

let matrixLimit = 40; // columns; twice as many rows

function drawMatrix() {
  const panel = $('matrix');
  const kept = document.activeElement && panel.contains(document.activeElement) ? document.activeElement.id : '';
  const [row0, col0] = fullestPair();
  const row = state.row || row0, col = state.col || col0;
  const cells = new Map(); // "row col" node numbers to edges
  for (const e of edges) {
    if (!e.shown) continue;
    const add = (a, b) => { const key = `${a.i} ${b.i}`; cells.has(key) ? cells.get(key).push(e) : cells.set(key, [e]); };
    if (isOfClass(e.from, row) && isOfClass(e.to, col)) add(e.from, e.to);
    else if (isOfClass(e.to, row) && isOfClass(e.from, col)) add(e.to, e.from);
  }
  // The fullest rows and columns, as many as a browser shows with ease.
  const fullest = (keys, which) => [...countBy(keys, (key) => nodes[key.split(' ')[which]])].sort((a, b) => b[1] - a[1] || a[0].i - b[0].i).map(([n]) => n);
  const allCols = fullest(cells.keys(), 1), cols = allCols.slice(0, matrixLimit);
  const kept1 = new Set(cols.map((n) => n.i)), allRows = fullest([...cells.keys()].filter((key) => kept1.has(Number(key.split(' ')[1]))), 0);
  // Rows by the first column they have something in, so that what belongs together stands together.
  const first = new Map(allRows.map((a) => [a, cols.findIndex((b) => cells.has(`${a.i} ${b.i}`))]));
  const rows = allRows.slice(0, 2 * matrixLimit).sort((a, b) => first.get(a) - first.get(b));
  const cut = rows.length < allRows.length || cols.length < allCols.length;
  const used = Object.keys(DATA.classes).filter((c) => nodes.some((n) => isOfClass(n, c))).map((c) => [c, label(classOf(c))]);
  const choose = (key, value) => select(`matrix-${key}`, t(key === 'row' ? 'rows' : 'columns'), value, used, (v) => change({ [key]: v }));
  const body = rows.map((a) => el('tr', {}, el('th', { scope: 'row' }, nameButton(a)), cols.map((b) => el('td', {}, matrixCell(a, b, cells.get(`${a.i} ${b.i}`))))));
  panel.replaceChildren(
    el('div', { class: 'head' }, choose('row', row), choose('col', col), el('span', { class: 'told', role: 'status' }, rows.length ? t('matrixTold', rows.length, cols.length, cells.size) : t('matrixNone')),
      cut ? el('button', { type: 'button', id: 'matrix-more', onclick: () => { matrixLimit *= 2; drawMatrix(); } }, t('matrixMore')) : null),
    ...(rows.length ? [el('table', {}, el('caption', { class: 'unseen' }, t('cellTitle', label(classOf(row)), label(classOf(col)))),
      el('thead', {}, el('tr', {}, el('td', {}), cols.map((b) => el('th', { scope: 'col' }, nameButton(b))))), el('tbody', {}, body))] : []));
  if (kept && $(kept)) $(kept).focus();
}

function matrixCell(a, b, found) {
  if (!found) return null;
  return el('button', { type: 'button', onclick: () => change({ cell: [a.id, b.id], node: '', edge: '' }) },
    el('span', { class: 'relation' }, [...new Set(found.map((e) => label(DATA.relations[e.relation])))].join(' / '), found.length > 1 ? ` ×${found.length}` : ''),
    el('span', { lang: 'zh-CN' }, found[0].statement.surest.quote));
}
