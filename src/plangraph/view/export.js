// What leaves the page: pictures, visible data, footnotes, links.

// -- pictures ---------------------------------------------------------------------------------------------------

// A picture written down as SVG; the scene draws on it as on a canvas.
class SvgPicture {
  constructor() { this.parts = []; }
  path() { return new SvgPath(); }
  stroke(path, colour, width, alpha, dashes) {
    if (path.d) this.parts.push(`<path d="${path.d}" fill="none" stroke="${colour}" stroke-width="${width}" stroke-opacity="${alpha}"${dashes.length ? ` stroke-dasharray="${dashes.join(' ')}"` : ''}/>`);
  }
  fill(path, colour, alpha) {
    if (path.d) this.parts.push(`<path d="${path.d}" fill="${colour}" fill-opacity="${alpha}"/>`);
  }
  text(lines, x, y, colour, alpha) {
    const spans = lines.map((line, i) => `<tspan x="${x.toFixed(1)}" y="${(y + 11 + i * LINE_HEIGHT).toFixed(1)}">${escapeXml(line)}</tspan>`).join('');
    this.parts.push(`<text fill="${colour}" fill-opacity="${alpha}" stroke="${stage.colours.ground}" stroke-width="3.5" stroke-opacity="${alpha}">${spans}</text>`);
  }
}

// Text as XML; what XML cannot hold at all is replaced.
function escapeXml(text) {
  return text.replace(/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, '\ufffd')
    .replace(/[&<>"']/g, (c) => `&#${c.charCodeAt(0)};`);
}

function svgText() {
  const picture = new SvgPicture(), { width, height } = stage;
  drawScene(picture, [0, 0, width, height], false);
  return `<?xml version="1.0" encoding="UTF-8"?>\n<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}">`
    + `<title>${escapeXml(DATA.title[state.lang])}</title><rect width="100%" height="100%" fill="${stage.colours.ground}"/>`
    + `<g font-family="${escapeXml(LABEL_FONT.replace(/^\S+ /, ''))}" font-size="12" text-anchor="middle" paint-order="stroke" stroke-linejoin="round" stroke-linecap="butt">`
    + `${picture.parts.join('\n')}</g></svg>\n`;
}

function pngBlob() {
  const canvas = document.createElement('canvas'), scale = 2; // fine enough for print
  canvas.width = stage.width * scale; canvas.height = stage.height * scale;
  const ctx = canvas.getContext('2d');
  ctx.scale(scale, scale);
  ctx.fillStyle = stage.colours.ground;
  ctx.fillRect(0, 0, stage.width, stage.height);
  drawScene(new CanvasPicture(ctx), [0, 0, stage.width, stage.height], false);
  return new Promise((done) => { canvas.toBlob(done, 'image/png'); });
}

// -- data -------------------------------------------------------------------------------------------------------

// A cell as text that no spreadsheet takes for a formula; as `plangraph.tables.guard`.
function csvCell(value) {
  let text = String(value);
  if (typeof value !== 'number' && /^\s*[=+\-@\t\r＝＋－＠]/.test(text)) text = `'${text}`;
  return /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

// One line an evidence of each visible statement. The mark in front tells spreadsheets that it is UTF-8.
function csvText(rows = edges.filter((e) => e.shown)) {
  const head = ['subject_id', 'subject', 'relation', 'object_id', 'object', 'plan', 'status', 'confidence', 'method', 'section', 'paragraph', 'start', 'end', 'quote'];
  const lines = [head];
  for (const e of rows) {
    for (const x of e.statement.evidence) {
      lines.push([e.from.id, label(e.from), e.relation, e.to.id, label(e.to), e.statement.plan, x.status, x.confidence, x.method, sectionWords(x), x.paragraph, x.start, x.end, x.quote]);
    }
  }
  return `\ufeff${lines.map((cells) => cells.map(csvCell).join(',')).join('\n')}\n`;
}

async function exportAs(kind) {
  if (kind === 'png') save('plangraph.png', await pngBlob());
  else if (kind === 'svg') save('plangraph.svg', new Blob([svgText()], { type: 'image/svg+xml' }));
  else save('plangraph.csv', new Blob([csvText(state.view === 'table' ? tableRows().map((r) => r.e) : undefined)], { type: 'text/csv' }));
}

function save(name, blob) {
  const address = URL.createObjectURL(blob);
  el('a', { href: address, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(address), 10000);
}

// -- footnotes --------------------------------------------------------------------------------------------------

const MONTHS = ['January', 'February', 'March', 'April', 'May', 'June', 'July', 'August', 'September', 'October', 'November', 'December'];

// A footnote for one evidence, by GB/T 7714-2015 or by the Chicago Manual of Style (notes).
function footnote(e, evidence, style) {
  const plan = DATA.plans[e.statement.plan];
  const section = sectionWords(evidence);
  if (style === 'gbt') {
    const title = plan.number ? `${plan.zh}：${plan.number}` : plan.zh;
    const online = plan.url ? '[EB/OL]' : '[Z]';
    const today = new Date().toLocaleDateString('sv'); // the day of looking it up, as 2026-01-31
    const date = plan.url ? `${plan.published ? `(${plan.published})` : ''}[${today}]` : plan.published || '';
    const head = [plan.issuer, `${title}${online}`, date, plan.url].filter(Boolean).join('. ');
    return `${head}${plan.url ? '. ' : '：'}${section ? `${section}，` : ''}第${evidence.paragraph}段，“${evidence.quote}”.`;
  }
  const [year, month, day] = (plan.published || '').split('-');
  const date = day ? `${MONTHS[month - 1]} ${Number(day)}, ${year}` : year || '';
  const title = plan.en && plan.en !== plan.zh ? `${plan.zh} [${plan.en}]` : plan.zh;
  const parts = [plan.issuer, title, plan.number, date, section, `para. ${evidence.paragraph}`, `“${evidence.quote}”`, plan.url].filter(Boolean);
  return `${parts.join(', ')}.`;
}

// -- copying ----------------------------------------------------------------------------------------------------

async function copy(text) {
  let done = false;
  try {
    await navigator.clipboard.writeText(text);
    done = true;
  } catch { // no permission, or a frame without a clipboard: the old way
    const area = el('textarea', { class: 'unseen', 'aria-hidden': 'true' });
    area.value = text;
    document.body.append(area);
    area.select();
    done = document.execCommand('copy');
    area.remove();
  }
  toast(t(done ? 'copied' : 'notCopied', text));
}

let toastTimer = 0;
function toast(words) {
  $('toast').textContent = words;
  $('toast').hidden = false;
  announce(words);
  clearTimeout(toastTimer);
  toastTimer = setTimeout(() => { $('toast').hidden = true; }, 4500);
}

// Tell those who listen rather than look.
function announce(words) { $('live').textContent = words; }
