(() => {
'use strict';
const data = JSON.parse(document.getElementById('data').textContent);
const WORDS = {
  zh: {
    summary: '概览', thing: '事物', relation: '关系', count: '所述数量', similarity: '相似度', leads: '谁领先', about: '说明',
    other: 'English', what: '内容', kind: '类或关系', name: '名称', standing: '比较', total: '合计', all: '全部', allKinds: '全部类别',
    differences: '只看差异', search: '按名称或引文查找', rows: (n, m) => `${n} / ${m} 条`, more: (n) => `再显示 ${n} 条`, none: '—', nothing: '没有符合条件的内容',
    evidence: (n) => n ? `${n} 处证据` : '只被点名', quotes: (n) => `其余 ${n} 处引文`, matched: '匹配依据：', paragraph: (n) => `第 ${n} 段`, only: (s) => `仅见于 ${s}`,
    plans: (n) => `${n} 方逐条比较；每一格都附原文`, side: '一方', plan: '规划', period: '时期', entities: '实体', statements: '陈述', jaccard: 'Jaccard 系数', cosine: '按证据加权的余弦',
    leader: '领先', firm: '稳', tie: '并列', share: '占比', actors: '园区与机构：', leadsAbout: '占比：该事物的证据数 ÷ 该方同类事物的全部证据数。“稳”：减一处证据、对手加一处仍领先。', sep: '、', sides: '各方', moreSides: (n) => `其余 ${n} 方`,
  },
  en: {
    summary: 'Summary', thing: 'Things', relation: 'Relations', count: 'Stated counts', similarity: 'Similarity', leads: 'Who leads', about: 'How to read',
    other: '中文', what: 'What', kind: 'Class or relation', name: 'Name', standing: 'Standing', total: 'Total', all: 'All', allKinds: 'All kinds',
    differences: 'Differences only', search: 'Find by name or quote', rows: (n, m) => `${n} of ${m}`, more: (n) => `Show ${n} more`, none: '—', nothing: 'Nothing fits',
    evidence: (n) => n ? `${n} evidence${n > 1 ? 's' : ''}` : 'named only', quotes: (n) => `${n} more quote${n > 1 ? 's' : ''}`, matched: 'Matched by: ', paragraph: (n) => `paragraph ${n}`, only: (s) => `only in ${s}`,
    plans: (n) => `${n} sides, fact by fact; the plan's own words behind every cell`, side: 'Side', plan: 'Plan', period: 'Period', entities: 'Entities', statements: 'Statements', jaccard: 'Jaccard', cosine: 'Cosine, weighted by evidence',
    leader: 'Leads', firm: 'firm', tie: 'tie', share: 'share', actors: 'Parks and institutions: ', leadsAbout: 'Share: evidence for the thing over all evidence that the side has for things of its class. Firm: also with one evidence less and one more for the next.', sep: ', ', sides: 'Sides', moreSides: (n) => `${n} more sides`,
  },
};
const TABS = ['summary', 'thing', 'relation', 'count', 'similarity', 'leads', 'about'];
const PAGE = 100;
// With more sides than this a column each would be mostly blank: what each says stands in one column, below one another.
const STACKED = data.sides.length > 4, SHOWN = 3;
const state = { tab: 'summary', kind: '', status: 'different', text: '', shown: PAGE };
let lang = data.lang;
const t = (key, ...values) => { const w = WORDS[lang][key]; return typeof w === 'function' ? w(...values) : w; };
const k = () => lang === 'zh' ? 0 : 1;

function el(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name === 'on') for (const [event, run] of Object.entries(value)) node.addEventListener(event, run);
    else if (value === true) node.setAttribute(name, '');
    else if (value !== false && value !== undefined) node.setAttribute(name, value);
  }
  for (const child of children.flat(Infinity)) if (child !== null && child !== undefined) node.append(child);
  return node;
}
const word = (name) => { const w = data.words[name]; return w ? w[k()] : name; };
const table = (heads, rows, kind = '') => el('div', { class: 'scroll', tabindex: '0' }, el('table', { class: kind },
  el('thead', {}, el('tr', {}, heads.map((h) => Array.isArray(h) ? el('th', { class: 'number', scope: 'col' }, h[0]) : el('th', { scope: 'col' }, h)))),
  el('tbody', {}, rows)));

function quote(number) {
  const [plan, start, end, paragraph, section, text, zh, en] = data.cites[number];
  const where = [data.plans[plan].name, data.sections[section].join(' > '), t('paragraph', paragraph), `${start}–${end}`].filter(Boolean);
  return el('blockquote', {}, `“${text}”`, el('span', { class: 'claim' }, lang === 'zh' ? zh : en), el('span', { class: 'place' }, where.join(' · ')));
}
function quotes(list) {
  if (!list.length) return [];
  const rest = list.slice(1);
  return [quote(list[0]), rest.length ? el('details', {}, el('summary', {}, t('quotes', rest.length)), rest.length > 40 ? lazily(rest) : rest.map(quote)) : null];
}
function lazily(list) {
  const box = el('div');
  const fill = () => { if (!box.firstChild) list.forEach((n) => box.append(quote(n))); };
  requestAnimationFrame(() => box.parentElement && box.parentElement.addEventListener('toggle', fill));
  return box;
}
function cell(c) {
  if (!c) return el('td', { class: 'cell none' }, t('none'));
  return el('td', { class: 'cell' }, c[k()], ' ', el('span', { class: 'muted' }, t('evidence', c[2])), quotes(c[3]));
}
function standing(row) {
  const only = row[4] === 'only' ? t('only', data.sides[row[7].findIndex(Boolean)][lang]) : word(row[4]);
  return el('td', {}, el('span', { class: `badge ${row[4]}` }, only), row[5].length ? el('span', { class: 'kind' }, row[5].map(word).join(t('sep'))) : null,
    row[6] ? el('span', { class: 'kind' }, t('matched') + data.ways[row[6]][k()]) : null);
}
const heads = () => data.sides.map((s) => s[lang]);
const columns = () => STACKED ? [t('sides')] : heads();
function stacked(parts) {
  const rest = parts.slice(SHOWN);
  const more = el('details', {}, el('summary', {}, t('moreSides', rest.length)));
  more.addEventListener('toggle', () => { if (more.children.length === 1) rest.forEach((make) => more.append(make())); });
  return el('td', { class: 'cell wide' }, parts.slice(0, SHOWN).map((make) => make()), rest.length ? more : null);
}
function cells(row) {
  if (!STACKED) return row[7].map(cell);
  const having = data.sides.map((_, n) => n).filter((n) => row[7][n]);
  return stacked(having.map((n) => () => {
    const c = row[7][n];
    return el('div', { class: 'side' }, el('strong', {}, data.sides[n][lang]), ' ', row[5].length ? `${c[k()]} ` : '', el('span', { class: 'muted' }, t('evidence', c[2])), quotes(c[3]));
  }));
}

function summary() {
  const columns = ['shared', ...(data.sides.length > 2 ? ['some'] : []), 'differs', ...data.sides.map((_, n) => n)];
  const count = (rows) => columns.map((c) => rows.filter((r) => typeof c === 'number' ? r[4] === 'only' && r[7][c] : r[4] === c).length);
  const line = (head, kind, rows, go) => el('tr', {}, el('th', { scope: 'row' }, head), el('td', {}, kind), count(rows).map((n, i) => el('td', { class: 'number' },
    n && go ? el('button', { on: { click: () => go(columns[i]) } }, String(n)) : String(n))));
  const body = [];
  for (const part of ['thing', 'relation', 'count']) {
    const rows = data.rows.filter((r) => r[0] === part);
    for (const kind of new Set(rows.map((r) => r[1]))) {
      body.push(line(t(part), word(kind), rows.filter((r) => r[1] === kind), (c) => {
        Object.assign(state, { tab: part, kind, status: typeof c === 'number' ? `only${c}` : c, text: '', shown: PAGE }); draw();
      }));
    }
  }
  body.push(line(t('total'), '', data.rows));
  const names = columns.map((c) => [typeof c === 'number' ? t('only', data.sides[c][lang]) : word(c)]);
  const plans = data.sides.flatMap((s) => s.plans.map((n) => { const p = data.plans[n]; return el('tr', {}, el('th', { scope: 'row' }, s.name), el('td', {}, p[lang]), el('td', {}, p.period),
    el('td', { class: 'number' }, String(p.entities)), el('td', { class: 'number' }, String(p.statements))); }));
  return [table([t('side'), t('plan'), t('period'), [t('entities')], [t('statements')]], plans), el('h2', {}, t('summary')), table([t('what'), t('kind'), ...names], body)];
}
function rowsOf(part) {
  const all = data.rows.filter((r) => r[0] === part);
  const fits = (r) => (!state.kind || r[1] === state.kind)
    && (state.status === 'all' || (state.status === 'different' ? r[4] !== 'shared' : state.status.startsWith('only') && state.status !== 'only' ? r[4] === 'only' && r[7][Number(state.status.slice(4))] : r[4] === state.status))
    && (!state.text || [r[2], r[3], ...r[7].flatMap((c) => c ? [c[0], c[1], ...c[3].map((n) => data.cites[n][5])] : [])].some((s) => s.toLowerCase().includes(state.text.toLowerCase())));
  const found = all.filter(fits);
  const option = (value, text, now) => el('option', { value, selected: value === now }, text);
  const pick = (name, options) => el('select', { 'aria-label': t(name === 'kind' ? 'kind' : 'standing'), on: { change: (e) => { state[name] = e.target.value; state.shown = PAGE; draw(); } } }, options);
  const statuses = [['different', t('differences')], ['all', t('all')], ...['shared', ...(data.sides.length > 2 ? ['some'] : []), 'differs'].map((s) => [s, word(s)]), ...data.sides.map((s, n) => [`only${n}`, t('only', s[lang])])];
  const search = el('input', { type: 'search', value: state.text, placeholder: t('search'), 'aria-label': t('search'), on: { change: (e) => { state.text = e.target.value; state.shown = PAGE; draw(); } } });
  const filters = el('div', { class: 'filters' }, pick('kind', [option('', t('allKinds'), state.kind), ...[...new Set(all.map((r) => r[1]))].map((x) => option(x, word(x), state.kind))]),
    pick('status', statuses.map(([v, s]) => option(v, s, state.status))), search, el('span', { class: 'muted', role: 'status' }, t('rows', found.length, all.length)));
  const body = found.slice(0, state.shown).map((r) => el('tr', {}, el('th', { scope: 'row', class: 'name' }, r[2 + k()], el('span', { class: 'kind' }, word(r[1]))), standing(r), cells(r)));
  const left = found.length - state.shown;
  return [filters, found.length ? table([t('name'), t('standing'), ...columns()], body) : el('p', { class: 'muted' }, t('nothing')),
    left > 0 ? el('button', { id: 'more', on: { click: () => { state.shown += PAGE; draw(); } } }, t('more', Math.min(left, PAGE))) : null];
}
function similarity() {
  return data.similarity.flatMap(({ of, measure, values }) => {
    const most = Math.max(...values.flatMap((line, i) => line.filter((v, j) => i !== j && v !== null)), 0) || 1;
    const shade = (v, i, j) => {
      const td = el('td', {}, v === null || i === j ? t('none') : v.toFixed(2));
      if (v && i !== j) td.style.background = `rgb(var(--heat) / ${(v / most * 0.55).toFixed(3)})`;
      return td;
    };
    const rows = values.map((line, i) => el('tr', {}, el('th', { scope: 'row' }, data.sides[i][lang]), line.map((v, j) => shade(v, i, j))));
    return [el('h2', {}, `${word(of)} · ${t(measure)}`), table([t('side'), ...heads()], rows, 'heat')];
  });
}
function shared(evidence, shares, actors, cites) {
  const most = Math.max(...shares);
  const one = (n) => {
    const bar = el('i');
    bar.style.width = `${Math.min(100, shares[n] * 100 / most)}%`;
    return [`${(shares[n] * 100).toFixed(1)} % `, el('span', { class: 'muted' }, t('evidence', evidence[n])), el('span', { class: 'bar' }, bar),
      actors[n].length ? el('span', { class: 'place' }, t('actors') + actors[n].map((a) => a[k()]).join(t('sep'))) : null, quotes(cites[n])];
  };
  if (!STACKED) return shares.map((_, n) => evidence[n] ? el('td', { class: 'cell' }, one(n)) : el('td', { class: 'cell none' }, t('none')));
  const order = shares.map((_, n) => n).filter((n) => evidence[n]).sort((a, b) => shares[b] - shares[a]);
  return stacked(order.map((n) => () => el('div', { class: 'side' }, el('strong', {}, data.sides[n][lang]), ' ', one(n))));
}
function leads() {
  const list = data.leads.slice(0, state.shown);
  const body = list.map(([kind, zh, en, leader, firm, evidence, shares, actors, cites]) => el('tr', {}, el('th', { scope: 'row', class: 'name' }, lang === 'zh' ? zh : en, el('span', { class: 'kind' }, word(kind))),
    el('td', {}, leader === null ? el('span', { class: 'none' }, t('tie')) : el('span', { class: 'lead' }, data.sides[leader][lang]), firm ? el('span', { class: 'kind' }, t('firm')) : null),
    shared(evidence, shares, actors, cites)));
  const left = data.leads.length - state.shown;
  return [el('p', { class: 'muted' }, t('leadsAbout')), el('h2', {}, t('leads')), table([t('name'), t('leader'), ...columns()], body),
    left > 0 ? el('button', { id: 'more', on: { click: () => { state.shown += PAGE; draw(); } } }, t('more', Math.min(left, PAGE))) : null];
}
const about = () => el('ul', { class: 'about' }, data.about[lang].map((s) => el('li', {}, s)));

function draw() {
  document.documentElement.lang = lang === 'zh' ? 'zh-CN' : 'en';
  document.title = data.title[lang];
  document.getElementById('title').textContent = data.title[lang];
  document.getElementById('subtitle').textContent = t('plans', data.sides.length);
  document.getElementById('lang').textContent = t('other');
  document.getElementById('tabs').replaceChildren(...TABS.map((tab) => el('button', { type: 'button', role: 'tab', id: `tab-${tab}`, 'aria-selected': String(state.tab === tab), 'aria-controls': 'main',
    on: { click: () => { Object.assign(state, { tab, kind: '', shown: PAGE }); draw(); } } }, t(tab))));
  const views = { summary, similarity, leads, about };
  const view = views[state.tab] ? views[state.tab]() : rowsOf(state.tab);
  document.getElementById('main').replaceChildren(...[view].flat().filter(Boolean));
  document.documentElement.dataset.ready = '';
}
document.getElementById('lang').addEventListener('click', () => { lang = lang === 'zh' ? 'en' : 'zh'; draw(); });
draw();
})();
