// The SPARQL editor: colours, completion, examples, answers as tables. Nothing is fetched from anywhere else.
'use strict';
{
  const $ = (id) => document.getElementById(id);
  const box = $('query');
  const zh = $('editor').dataset.lang === 'zh';
  const w = (chinese, english) => (zh ? chinese : english);
  const ROOT = 'https://w3id.org/plangraph/';
  const START = 'SELECT ?park ?name WHERE {\n  ?park a plan:Park ; rdfs:label ?name\n  FILTER(lang(?name) = "zh")\n} LIMIT 20\n';
  const WORDS = ('SELECT DISTINCT REDUCED WHERE FILTER OPTIONAL UNION GRAPH BIND VALUES MINUS EXISTS NOT IN AS ORDER BY ASC DESC GROUP HAVING LIMIT ' +
    'OFFSET CONSTRUCT DESCRIBE ASK FROM NAMED PREFIX BASE COUNT SUM MIN MAX AVG SAMPLE GROUP_CONCAT SEPARATOR STR LANG LANGMATCHES DATATYPE BOUND IRI URI ' +
    'BNODE RAND ABS CEIL FLOOR ROUND CONCAT STRLEN UCASE LCASE ENCODE_FOR_URI CONTAINS STRSTARTS STRENDS STRBEFORE STRAFTER YEAR MONTH DAY NOW UUID ' +
    'COALESCE IF STRLANG STRDT SAMETERM ISIRI ISURI ISBLANK ISLITERAL ISNUMERIC REGEX SUBSTR REPLACE UNDEF TRUE FALSE').split(' ');
  const KNOWN = new Set(WORDS);
  const TOKEN = /(#[^\n]*)|("""[\s\S]*?(?:"""|$)|'''[\s\S]*?(?:'''|$)|"(?:[^"\\\n]|\\.)*"?|'(?:[^'\\\n]|\\.)*'?)|(<[^<>"{}|^`\\\s]*>)|([?$][\w\u00b7-\uffff]+)|([\w.-]*:[\w.%-]*)|([A-Za-z_]+)|([\s\S])/g;

  let vocabulary = { prefixes: {}, terms: [], graphs: [] };
  let wrong = null; // line and column, from 1, where the last query is wrong
  let running = null;

  // -- text and colours -----------------------------------------------------------------------------------

  function element(tag, properties = {}, ...children) {
    const made = Object.assign(document.createElement(tag), properties);
    made.append(...children);
    return made;
  }

  function paint() {
    const text = box.value;
    const pieces = document.createDocumentFragment();
    const at = wrong ? offset(wrong.line, wrong.column) : -1;
    for (const found of text.matchAll(TOKEN)) {
      const [all, comment, string, iri, variable, name, word] = found;
      const kind = comment ? 's-comment' : string ? 's-text' : iri || name ? 's-name' : variable ? 's-variable'
        : word && (KNOWN.has(word.toUpperCase()) || word === 'a') ? 's-word' : '';
      const here = at >= found.index && at < found.index + all.length;
      pieces.append(kind || here ? element('span', { className: kind + (here ? ' s-wrong' : '') }, all) : all);
    }
    pieces.append('\n');
    $('colours').replaceChildren(pieces);
    const lines = text.split('\n').length;
    $('numbers').textContent = Array.from({ length: lines }, (_, n) => n + 1).join('\n');
    const rows = Math.min(24, Math.max(12, lines + 1));
    if (box.rows !== rows) box.rows = rows;
    follow();
  }

  function follow() {
    $('colours').scrollTop = box.scrollTop;
    $('colours').scrollLeft = box.scrollLeft;
    $('numbers').scrollTop = box.scrollTop;
    $('numbers').style.maxHeight = `${box.clientHeight}px`;
    $('numbers').style.overflow = 'hidden';
  }

  function offset(line, column) {
    const lines = box.value.split('\n');
    const before = lines.slice(0, line - 1).reduce((sum, l) => sum + l.length + 1, 0);
    // The server counts code points, the browser units of UTF-16.
    return before + Array.from(lines[line - 1] ?? '').slice(0, column - 1).join('').length;
  }

  function put(text, start, end) {
    box.focus();
    box.setSelectionRange(start, end);
    // So that Ctrl+Z takes it back.
    if (!document.execCommand('insertText', false, text)) box.setRangeText(text, start, end, 'end');
  }

  // -- completion -----------------------------------------------------------------------------------------

  let offered = [];
  let chosen = 0;
  let asked = 0;

  function wordBefore() {
    const before = box.value.slice(0, box.selectionStart);
    return /[?$]?[\w:.\-\u00b7-\uffff]*$/.exec(before)[0];
  }

  function local(word) {
    const low = word.toLowerCase();
    if (/^[?$]/.test(word)) {
      const own = new Set((box.value.match(/[?$][\w\u00b7-\uffff]+/g) ?? []).filter((v) => v !== word));
      return [...own].filter((v) => v.toLowerCase().startsWith(low)).map((text) => ({ text, also: '' }));
    }
    const terms = vocabulary.terms
      .filter((t) => t.name.toLowerCase().includes(low) || t.zh.includes(word) || t.en.toLowerCase().includes(low))
      .map((t) => ({ text: t.name, also: w(t.zh, t.en), uses: t.uses, start: t.name.toLowerCase().startsWith(low) || t.name.slice(5).toLowerCase().startsWith(low) }))
      .sort((a, b) => b.start - a.start || b.uses - a.uses);
    const prefixes = Object.keys(vocabulary.prefixes).filter((p) => p.startsWith(low)).map((p) => ({ text: `${p}:`, also: vocabulary.prefixes[p] }));
    const words = WORDS.filter((k) => k.startsWith(word.toUpperCase())).map((text) => ({ text, also: '' }));
    return [...prefixes, ...terms, ...words].slice(0, 40);
  }

  async function remote(word) {
    const name = /^[a-z]+:./.test(word) ? word.slice(word.indexOf(':') + 1).replaceAll('-', ' ') : word;
    if (/^[?$]/.test(word) || !name || name.includes(':')) return [];
    const answer = await fetch(`/api/search?q=${encodeURIComponent(name)}&limit=12&lang=${zh ? 'zh' : 'en'}`).catch(() => null);
    if (!answer || !answer.ok) return [];
    return (await answer.json()).entities.map((e) => ({ text: e.id.replace('/', ':'), also: e.name, why: e.class_name }));
  }

  async function offer(always) {
    const word = wordBefore();
    if (!word && !always) return close();
    const turn = ++asked;
    const start = local(word);
    show(start, word);
    if (word.length < (/[^\x00-\x7f]/.test(word) ? 1 : 2)) return;
    const names = await remote(word);
    const seen = new Set(start.map((o) => o.text));
    if (turn === asked && document.activeElement === box) show([...start, ...names.filter((n) => !seen.has(n.text))], word);
  }

  function show(list, word) {
    offered = list.filter((o) => o.text !== word);
    chosen = 0;
    if (!offered.length) return hide();
    $('offers').replaceChildren(...offered.map((o, n) => {
      const item = element('li', { id: `offer-${n}` }, element('span', {}, o.text), element('span', { className: 'also' }, [o.also, o.why].filter(Boolean).join(' · ')));
      item.setAttribute('role', 'option');
      item.addEventListener('mousedown', (event) => { event.preventDefault(); take(n); });
      return item;
    }));
    place();
    $('offers').hidden = false;
    box.setAttribute('aria-expanded', 'true');
    mark();
  }

  function place() {
    const before = box.value.slice(0, box.selectionStart).split('\n');
    const probe = element('span', {}, before.at(-1) || ' ');
    const measure = element('pre', {}, probe);
    measure.style.cssText = 'position:absolute;visibility:hidden;padding:0';
    $('colours').parentElement.append(measure);
    const width = probe.getBoundingClientRect().width;
    measure.remove();
    const left = Math.min(12 + width - box.scrollLeft, $('colours').clientWidth - 270);
    $('offers').style.left = `${Math.max(4, left)}px`;
    $('offers').style.top = `${14 + before.length * 21 - box.scrollTop}px`;
  }

  function mark() {
    [...$('offers').children].forEach((item, n) => item.setAttribute('aria-selected', String(n === chosen)));
    const item = $('offers').children[chosen];
    box.setAttribute('aria-activedescendant', item.id);
    item.scrollIntoView({ block: 'nearest' });
  }

  function close() {
    asked += 1; // what is still on its way comes too late
    hide();
  }

  function hide() {
    $('offers').hidden = true;
    box.removeAttribute('aria-activedescendant');
    box.setAttribute('aria-expanded', 'false');
  }

  function take(n) {
    const word = wordBefore();
    const end = box.selectionStart;
    const { text } = offered[n]; // putting it in makes new offers
    put(text, end - word.length, end);
    if (!text.endsWith(':')) close();
  }

  // -- running --------------------------------------------------------------------------------------------

  const kindOf = (text) => (/\b(SELECT|ASK|CONSTRUCT|DESCRIBE)\b/i.exec(text.replace(/<[^>]*>|#[^\n]*|"[^"\n]*"|'[^'\n]*'/g, ' ')) ?? ['', 'SELECT'])[1].toUpperCase();

  async function run() {
    close();
    running?.abort();
    running = new AbortController();
    const mine = running;
    wrong = null;
    paint();
    remember();
    $('run').disabled = true;
    $('answer').replaceChildren();
    say(w('正在运行……', 'Running …'));
    const began = performance.now();
    try {
      const answer = await fetch('/sparql', {
        method: 'POST',
        headers: { 'Content-Type': 'application/sparql-query', Accept: 'application/sparql-results+json, text/turtle;q=0.9' },
        body: box.value,
        signal: mine.signal,
      });
      const text = await answer.text();
      if (!answer.ok) return fail(text, answer.status);
      const seconds = ((performance.now() - began) / 1000).toFixed(2);
      if (answer.headers.get('content-type').startsWith('text/turtle')) graph(text, seconds);
      else table(JSON.parse(text), seconds);
    } catch (error) {
      if (!mine.signal.aborted) say(w('服务没有应答。', 'The server does not answer.'), true);
    } finally {
      if (mine === running) $('run').disabled = false;
    }
  }

  function say(text, bad) {
    $('said').replaceChildren(element('p', { className: bad ? 'wrong' : 'muted' }, text));
  }

  function fail(text, status) {
    let told = { detail: `${status}` };
    try { told = JSON.parse(text); } catch { /* not one of ours */ }
    say(told.detail, true);
    if (told.line) {
      wrong = told;
      paint();
      const at = offset(told.line, told.column);
      box.focus();
      box.setSelectionRange(at, at);
    }
  }

  function saving(seconds, count, forms) {
    const links = forms.map(([accept, words, name]) => {
      const button = element('button', { type: 'button' }, words);
      button.addEventListener('click', () => save(accept, name));
      return button;
    });
    $('said').replaceChildren(element('p', { className: 'tools' }, `${count} · ${seconds} s `, ...links.flatMap((l) => [l, ' '])));
  }

  async function save(accept, name) {
    const answer = await fetch('/sparql', { method: 'POST', headers: { 'Content-Type': 'application/sparql-query', Accept: accept }, body: box.value });
    if (!answer.ok) return fail(await answer.text(), answer.status);
    const address = URL.createObjectURL(await answer.blob());
    element('a', { href: address, download: name }).click();
    setTimeout(() => URL.revokeObjectURL(address), 10000);
  }

  function graph(text, seconds) {
    saving(seconds, 'Turtle', [['text/turtle', 'Turtle', 'answer.ttl'], ['application/ld+json', 'JSON-LD', 'answer.jsonld'], ['application/n-triples', 'N-Triples', 'answer.nt']]);
    $('answer').replaceChildren(element('pre', {}, text));
  }

  function table(found, seconds) {
    const forms = [['text/csv', 'CSV', 'answer.csv'], ['text/tab-separated-values', 'TSV', 'answer.tsv'], ['application/sparql-results+json', 'JSON', 'answer.json'], ['application/sparql-results+xml', 'XML', 'answer.xml']];
    if ('boolean' in found) {
      saving(seconds, found.boolean ? w('是', 'yes') : w('否', 'no'), forms.slice(2));
      return;
    }
    const rows = found.results.bindings;
    const shown = rows.slice(0, 1000);
    const more = rows.length > shown.length ? w(`（显示前 ${shown.length} 行）`, ` (the first ${shown.length} are shown)`) : '';
    saving(seconds, w(`${rows.length} 行`, `${rows.length} rows`) + more, forms);
    const head = element('tr', {}, ...found.head.vars.map((v) => element('th', {}, v)));
    const body = shown.map((row) => element('tr', {}, ...found.head.vars.map((v) => cell(row[v]))));
    $('answer').replaceChildren(element('div', { className: 'scroll' }, element('table', {}, element('thead', {}, head), element('tbody', {}, ...body))));
  }

  function cell(term) {
    if (!term) return element('td');
    const number = /#(integer|decimal|double)$/.test(term.datatype ?? '');
    if (term.type !== 'uri') {
      const text = typeof term.value === 'string' ? term.value : JSON.stringify(term.value);
      const made = element('td', { className: number ? 'n' : '' }, text);
      if (term['xml:lang']) made.append(element('span', { className: 'muted' }, ` @${term['xml:lang']}`));
      return made;
    }
    const ours = term.value.startsWith(ROOT);
    if (!ours && !/^https?:\/\//.test(term.value)) return element('td', {}, term.value);
    const link = element('a', { href: ours ? `/plangraph/${term.value.slice(ROOT.length)}` : term.value, title: term.value }, short(term.value));
    if (!ours) link.rel = 'noreferrer';
    return element('td', {}, link);
  }

  function short(iri) {
    let best = ['', ''];
    for (const pair of Object.entries(vocabulary.prefixes)) if (iri.startsWith(pair[1]) && pair[1].length > best[1].length) best = pair;
    return best[0] ? `${best[0]}:${iri.slice(best[1].length)}` : iri;
  }

  // -- examples, links, keys ------------------------------------------------------------------------------

  let examples = [];

  function load(name) {
    const found = examples.find((e) => e.name === name);
    if (!found?.sparql) return false;
    put(found.sparql, 0, box.value.length);
    box.setSelectionRange(0, 0);
    box.scrollTop = 0;
    wrong = null;
    paint();
    return true;
  }

  function remember() {
    history.replaceState(null, '', `/editor#query=${encodeURIComponent(box.value)}`);
  }

  function fromAddress() {
    const hash = location.hash.slice(1);
    try {
      if (hash.startsWith('query=')) box.value = decodeURIComponent(hash.slice(6));
    } catch { /* a broken link: the box stays as it is */ }
    if (hash.startsWith('example=')) load(hash.slice(8));
  }

  box.addEventListener('input', (event) => {
    wrong = null;
    paint();
    if (!event.isComposing && event.inputType !== 'insertFromPaste') offer(false);
  });
  box.addEventListener('compositionend', () => offer(false));
  box.addEventListener('scroll', () => { follow(); close(); });
  box.addEventListener('blur', close);
  box.addEventListener('click', close);
  let leaving = false;
  box.addEventListener('keydown', (event) => {
    const open = !$('offers').hidden;
    const command = event.ctrlKey || event.metaKey;
    if (event.isComposing) return;
    if (command && event.key === 'Enter') run();
    else if (command && event.key === ' ') offer(true);
    else if (event.key === 'Escape') { leaving = !open; close(); return; }
    else if (open && event.key === 'ArrowDown') { chosen = (chosen + 1) % offered.length; mark(); }
    else if (open && event.key === 'ArrowUp') { chosen = (chosen + offered.length - 1) % offered.length; mark(); }
    else if (open && (event.key === 'Tab' || (event.key === 'Enter' && !event.shiftKey))) take(chosen);
    else if (event.key === 'Tab' && !event.shiftKey && !leaving) put('  ', box.selectionStart, box.selectionEnd);
    else if (event.key === 'Enter') {
      const line = box.value.slice(0, box.selectionStart).split('\n').at(-1);
      put(`\n${/^\s*/.exec(line)[0]}${/[{(]\s*$/.test(line) ? '  ' : ''}`, box.selectionStart, box.selectionEnd);
    } else { if (event.key !== 'Tab') leaving = false; return; }
    leaving = false;
    event.preventDefault();
  });
  $('run').addEventListener('click', run);
  $('link').addEventListener('click', async () => {
    remember();
    await navigator.clipboard?.writeText(location.href).catch(() => null);
    say(w('链接已在地址栏中，并已复制。', 'The link is in the address bar, and copied.'));
  });
  $('examples').addEventListener('change', () => { if (load($('examples').value)) run(); });
  window.addEventListener('hashchange', () => { fromAddress(); paint(); });

  async function begin() {
    if (!box.value.trim()) box.value = START;
    if (location.hash.startsWith('#query=')) fromAddress();
    paint();
    const lang = zh ? 'zh' : 'en';
    const [terms, list] = await Promise.all(['/api/vocabulary', `/api/questions?lang=${lang}`].map((a) => fetch(a).then((r) => r.json()).catch(() => null)));
    vocabulary = terms ?? vocabulary;
    examples = list?.questions ?? [];
    $('examples').append(...examples.filter((e) => e.sparql).map((e) => element('option', { value: e.name }, e.title)));
    if (location.hash.startsWith('#example=')) fromAddress();
    document.documentElement.dataset.ready = '1';
    if (new URLSearchParams(location.search).get('run')) run();
  }
  begin();
}
