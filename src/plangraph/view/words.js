// Words of the page in both languages, and how to get them. {0}, {1} … stand for what is put in.
const WORDS = {
  skip: ['跳到图谱', 'Skip to the graph'],
  search: ['查找实体', 'Find an entity'],
  searchHint: ['名称、别名、拼音首字母', 'Name, alias or pinyin initials'],
  nothing: ['没有找到“{0}”', 'Nothing called “{0}”'],
  nearest: ['没有“{0}”，相近的有：', 'No “{0}”; the nearest are:'],
  hiddenNow: ['已被筛去', 'filtered out'],
  views: ['视图', 'Views'],
  graph: ['图谱', 'Graph'],
  table: ['表格', 'Table'],
  matrix: ['矩阵', 'Matrix'],
  tools: ['工具', 'Tools'],
  legend: ['图例与筛选', 'Legend and filters'],
  details: ['详情', 'Details'],
  undo: ['撤销（Ctrl+Z）', 'Undo (Ctrl+Z)'],
  path: ['两点之间的路径', 'Path between two entities'],
  export: ['导出', 'Export'],
  exportPng: ['图片 PNG（所见视图）', 'Picture as PNG (as seen)'],
  exportSvg: ['矢量图 SVG（所见视图）', 'Drawing as SVG (as seen)'],
  exportCsv: ['当前数据 CSV', 'Visible data as CSV'],
  link: ['复制当前视图的链接', 'Copy a link to this view'],
  theme: ['浅色／深色', 'Light or dark'],
  otherLanguage: ['EN: Switch to English', '中：切换为中文'],
  otherLanguageShort: ['EN', '中'],
  zoom: ['缩放', 'Zoom'],
  zoomIn: ['放大（+）', 'Zoom in (+)'],
  zoomOut: ['缩小（−）', 'Zoom out (−)'],
  fit: ['显示全部（0）', 'Show everything (0)'],
  keys: [
    '方向键移到该方向最近的实体，Tab 离开，Enter 打开详情，加减号缩放，0 显示全部，Esc 取消选择。表格视图列出全部陈述。',
    'Arrow keys go to the nearest entity in that direction, Enter opens its details, plus and minus zoom, 0 shows everything, Escape clears the selection. The table view lists every statement.',
  ],
  canvasLabel: ['知识图谱：{0} 个实体，{1} 条陈述', 'Knowledge graph of {0} entities and {1} statements'],
  entities: ['实体', 'Entities'],
  relations: ['关系', 'Relations'],
  plans: ['规划', 'Plans'],
  statuses: ['状态', 'Status'],
  shownOf: ['{0}／{1}', '{0} of {1}'],
  all: ['全选', 'All'],
  only: ['仅看', 'Only'],
  onlyLabel: ['仅看{0}', 'Only {0}'],
  subclasses: ['{0}的下位类', 'Subclasses of {0}'],
  otherOf: ['{0}（未细分）', '{0} (other)'],
  appearance: ['外观', 'Look'],
  sizeBy: ['大小', 'Size'],
  colourBy: ['颜色', 'Colour'],
  same: ['一样大', 'All the same'],
  byClass: ['按类', 'By class'],
  byCommunity: ['按社群', 'By community'],
  degree: ['度（相邻实体数）', 'Degree'],
  betweenness: ['介数', 'Betweenness'],
  pagerank: ['PageRank', 'PageRank'],
  low: ['低', 'low'],
  high: ['高', 'high'],
  communityOf: ['{0} 等 {1} 个', '{0} and {1} more'],
  accepted: ['已采纳', 'accepted'],
  proposed: ['待审', 'proposed'],
  rejected: ['已拒绝', 'rejected'],
  close: ['关闭', 'Close'],
  aliases: ['别名', 'Also called'],
  code: ['行政区划代码', 'Division code'],
  codeSource: ['{0}（GB/T 2260）', '{0} (GB/T 2260)'],
  id: ['标识', 'Id'],
  note: ['补充（非原文）', 'Added (not from the text)'],
  saysNothing: ['规划只提到它的名称，没有陈述它与其他实体的关系。', 'The plan only names it and states no relation to other entities.'],
  saysHidden: ['另有 {0} 条陈述被筛去', '{0} more statements are filtered out'],
  inverseOf: ['{0}（作为宾语）', '{0} (as object)'],
  paragraph: ['第 {0} 段', 'paragraph {0}'],
  span: ['第 {0}–{1} 字', 'characters {0}–{1}'],
  method: ['方法', 'Method'],
  confidence: ['置信度', 'Confidence'],
  status: ['状态', 'Status'],
  decided: ['审定', 'Decided'],
  reason: ['理由', 'Reason'],
  section: ['章节', 'Section'],
  plan: ['规划', 'Plan'],
  statement: ['陈述', 'Statement'],
  evidence: ['证据', 'Evidence'],
  meaning: ['关系含义', 'What it means'],
  between: ['两者之间的其他陈述', 'Other statements between the two'],
  curated: ['人工', 'by hand'],
  focus: ['聚焦', 'Focus'],
  unfocus: ['退出聚焦', 'Leave focus'],
  focusOn: ['聚焦于 {0}', 'Focus on {0}'],
  hops: ['{0} 步以内', 'within {0} hop(s)'],
  moreHops: ['多一步', 'One hop more'],
  fewerHops: ['少一步', 'One hop fewer'],
  pathFrom: ['由此出发', 'Path from here'],
  pathTo: ['到此为止', 'Path to here'],
  pin: ['固定位置', 'Pin'],
  unpin: ['取消固定', 'Unpin'],
  hide: ['隐藏', 'Hide'],
  showHidden: ['显示已隐藏的 {0} 个', 'Show {0} hidden'],
  from: ['起点', 'From'],
  to: ['终点', 'To'],
  swap: ['对调', 'Swap'],
  clear: ['清除', 'Clear'],
  pathTitle: ['路径', 'Path'],
  pathHint: ['选两个实体，看它们如何相连；只走图上可见的边，不分方向。', 'Pick two entities to see how they are connected, along visible edges in either direction.'],
  pathNone: ['在可见的边上，二者之间没有路径。', 'No path between the two along visible edges.'],
  pathSame: ['起点与终点相同。', 'Both ends are the same.'],
  pathSteps: ['{0} 步', '{0} hop(s)'],
  gbt: ['GB/T 7714', 'GB/T 7714'],
  chicago: ['Chicago', 'Chicago'],
  cite: ['复制为脚注', 'Copy as footnote'],
  copied: ['已复制：{0}', 'Copied: {0}'],
  notCopied: ['浏览器不允许复制，请手动选取：{0}', 'The browser refuses to copy; select it yourself: {0}'],
  issuer: ['发布机构', 'Issued by'],
  number: ['文号', 'Document number'],
  period: ['规划期', 'Period'],
  published: ['发布日期', 'Published'],
  publisher: ['文本来源', 'Text from'],
  overview: ['总览', 'Overview'],
  overviewText: ['图中每条边都是规划的一条陈述，点开可见原文。', 'Each edge is one statement of a plan; open it to read the quote.'],
  mostConnected: ['相邻实体最多', 'Most connected'],
  measuredOn: ['指标所据', 'Measures'],
  filterTable: ['筛选表中文字', 'Filter the table'],
  rowsOf: ['{0}／{1} 条', '{0} of {1} rows'],
  subject: ['主体', 'Subject'],
  relation: ['关系', 'Relation'],
  object: ['客体', 'Object'],
  quote: ['引文', 'Quote'],
  place: ['段落', 'Paragraph'],
  characters: ['起止字', 'Characters'],
  moreRows: ['再显示 {0} 条', 'Show {0} more'],
  rows: ['行', 'Rows'],
  columns: ['列', 'Columns'],
  matrixTold: ['{0} 行 × {1} 列，{2} 格有直接陈述', '{0} rows × {1} columns; {2} cells hold direct statements'],
  matrixNone: ['所选两类之间没有可见的直接陈述。', 'No visible direct statement between these two classes.'],
  cellTitle: ['{0} × {1}', '{0} × {1}'],
  nothingShown: ['没有可见的实体，请放宽筛选。', 'Nothing is visible; loosen the filters.'],
  undone: ['已撤销', 'Undone'],
  statementsCount: ['{0} 条陈述', '{0} statements'],
  count: ['{0} 个实体，{1} 条陈述', '{0} entities, {1} statements'],
};

// The word for `key` in the page's language.
function t(key, ...values) {
  const word = WORDS[key];
  if (!word) return key;
  return word[state.lang === 'zh' ? 0 : 1].replace(/\{(\d)\}/g, (_, n) => String(values[n]));
}

// The label of something that has one in each language; Chinese where there is no English one.
function label(thing) {
  return (state.lang === 'en' && thing.en) || thing.zh || thing.en || thing.id || '';
}

// An element with properties, attributes and children. Text only ever becomes text nodes.
function el(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [key, value] of Object.entries(attributes)) {
    if (value === undefined || value === null || value === false) continue;
    if (key.startsWith('on')) node.addEventListener(key.slice(2), value);
    else if (key === 'class') node.className = value;
    else if (key in node && typeof value === 'boolean') node[key] = value;
    else node.setAttribute(key, value === true ? '' : value);
  }
  node.append(...children.flat().filter((c) => c !== null && c !== undefined && c !== false));
  return node;
}

const $ = (id) => document.getElementById(id);
