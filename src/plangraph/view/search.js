// Finding entities by name, alias, English name or pinyin, with suggestions while typing.

// A name as it is compared: as `plangraph.model.fold`, without white space, punctuation and case.
const fold = (text) => text.normalize('NFKC').replace(/[\s·•‧∙⋅・.。'"`\p{Pd}\p{Ps}\p{Pe}\p{Pi}\p{Pf}]/gu, '').toLowerCase();

const searchable = nodes.map((n) => ({
  node: n,
  names: [n.zh, ...(n.aliases || []), n.en].filter(Boolean).map((name) => ({ name, key: fold(name) })),
  pinyin: (n.pinyin || '').split(' '),
  id: n.id,
}));

// Entities that fit what was typed, the best first: [{node, name}], `name` being the one that fits.
function find(typed, limit = 12) {
  const key = fold(typed);
  if (!key) return [];
  const found = [];
  for (const entry of searchable) {
    let best = 0, name = '';
    for (const n of entry.names) {
      const score = n.key === key ? 100 : n.key.startsWith(key) ? 80 : n.key.includes(key) ? 60 : 0;
      if (score > best) { best = score; name = n.name; }
    }
    if (entry.id === typed.trim()) best = 100;
    if (best < 50 && key.length > 1) {
      for (const p of entry.pinyin) best = Math.max(best, p === key ? 55 : p.startsWith(key) ? 45 : key.length > 2 && p.includes(key) ? 30 : 0);
    }
    if (best) found.push({ node: entry.node, name, score: best + Math.min(entry.node.degree, 60) / 10 });
  }
  return found.sort((a, b) => b.score - a.score || a.node.i - b.node.i).slice(0, limit);
}

// Entities whose names look like what was typed, by shared pairs of characters; for when nothing fits.
function nearMisses(typed, limit = 5) {
  const pairs = (text) => new Set([...text].map((c, i, all) => c + (all[i + 1] || '')));
  const wanted = pairs(fold(typed));
  const found = [];
  for (const entry of searchable) {
    let best = 0, name = '';
    for (const n of entry.names) {
      const have = pairs(n.key);
      const share = (2 * [...wanted].filter((p) => have.has(p)).length) / (wanted.size + have.size);
      if (share > best) { best = share; name = n.name; }
    }
    if (best > 0.15) found.push({ node: entry.node, name, score: best });
  }
  return found.sort((a, b) => b.score - a.score || a.node.i - b.node.i).slice(0, limit);
}

// What is offered before anything is typed.
const bestConnected = () => nodes.filter((n) => n.shown && n.degree).sort((a, b) => b.degree - a.degree || a.i - b.i).slice(0, 7).map((node) => ({ node, name: '' }));

// Make an input a combobox over the entities. `pick(node)` is called with the choice.
function combobox(input, list, pick) {
  let offered = [], active = -1;
  list.setAttribute('role', 'listbox');
  for (const [key, value] of Object.entries({ role: 'combobox', 'aria-autocomplete': 'list', 'aria-expanded': 'false', 'aria-controls': list.id })) {
    input.setAttribute(key, value);
  }
  const close = () => {
    list.hidden = true;
    active = -1;
    input.setAttribute('aria-expanded', 'false');
    input.removeAttribute('aria-activedescendant');
  };
  const choose = (node) => { close(); pick(node); };
  const mark = (to) => {
    active = to;
    [...list.querySelectorAll('[role=option]')].forEach((o, i) => {
      o.setAttribute('aria-selected', String(i === active));
      if (i === active) { input.setAttribute('aria-activedescendant', o.id); o.scrollIntoView({ block: 'nearest' }); }
    });
  };
  const offer = () => {
    const typed = input.value;
    offered = fold(typed) ? find(typed) : bestConnected();
    const near = !offered.length && fold(typed).length > 1 ? nearMisses(typed) : [];
    const options = (offered.length ? offered : near).map(({ node, name }, i) => el(
      'div',
      { role: 'option', id: `${list.id}-${i}`, 'aria-selected': 'false', onpointerdown: (e) => e.preventDefault(), onclick: () => choose(node) },
      swatch(node.group),
      el('span', { class: 'name' }, label(node)),
      el('span', { class: 'also' }, node.shown ? (name && name !== label(node) ? name : label(DATA.classes[node.group])) : t('hiddenNow')),
    ));
    const none = offered.length || !fold(typed) ? null
      : el('div', { class: 'none', role: 'presentation' }, t(near.length ? 'nearest' : 'nothing', typed));
    list.replaceChildren(...[none, ...options].filter(Boolean));
    if (!offered.length) offered = near;
    list.hidden = !list.childElementCount;
    input.setAttribute('aria-expanded', String(Boolean(options.length)));
    active = -1;
    input.removeAttribute('aria-activedescendant');
    if (options.length && !near.length && fold(typed)) mark(0); // Enter takes the best, but never a mere near miss
    if (none) announce(none.textContent);
  };
  input.addEventListener('input', offer);
  input.addEventListener('focus', () => { offer(); input.select(); });
  input.addEventListener('blur', close);
  input.addEventListener('keydown', (event) => {
    if (event.isComposing) return; // an input method is still at work
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      if (!offered.length) return;
      mark((active + (event.key === 'ArrowDown' ? 1 : -1) + offered.length) % offered.length);
    } else if (event.key === 'Enter') {
      if (active >= 0 && offered[active]) choose(offered[active].node);
      else return;
    } else if (event.key === 'Escape' && !list.hidden) { close(); event.stopPropagation(); } else return;
    event.preventDefault();
  });
}

// The mark of a class: its shape in its colour.
function swatch(group, colour) {
  const ns = 'http://www.w3.org/2000/svg';
  const svg = document.createElementNS(ns, 'svg');
  const path = document.createElementNS(ns, 'path');
  const drawn = new SvgPath();
  const look = LOOKS[group] || { shape: 'dot', color: '#7b8794' };
  SHAPES[look.shape](drawn, 9, 8, 5.5);
  for (const [k, v] of Object.entries({ viewBox: '0 0 18 16', class: 'swatch', 'aria-hidden': 'true' })) svg.setAttribute(k, v);
  path.setAttribute('d', drawn.d);
  path.setAttribute('fill', colour || look.color);
  svg.append(path);
  return svg;
}

// A path that writes itself down as SVG; has the verbs of Path2D that the shapes and edges use.
class SvgPath {
  constructor() { this.d = ''; }
  add(letter, ...numbers) { this.d += letter + numbers.map((n) => Math.round(n * 100) / 100).join(' '); }
  moveTo(x, y) { this.add('M', x, y); }
  lineTo(x, y) { this.add('L', x, y); }
  quadraticCurveTo(a, b, x, y) { this.add('Q', a, b, x, y); }
  bezierCurveTo(a, b, c, d, x, y) { this.add('C', a, b, c, d, x, y); }
  arc(x, y, r) { this.add('M', x - r, y); this.d += `a${r} ${r} 0 1 0 ${2 * r} 0a${r} ${r} 0 1 0 ${-2 * r} 0`; }
  closePath() { this.d += 'Z'; }
}
