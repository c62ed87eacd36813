(() => {
'use strict';
const titles = JSON.parse(document.getElementById('data').textContent);
const root = document.documentElement;
const zh = () => root.lang.startsWith('zh');
function words() {
  document.title = titles[zh() ? 'zh' : 'en'];
  document.getElementById('lang').textContent = zh() ? 'English' : '中文';
  document.getElementById('print').textContent = zh() ? '打印' : 'Print';
}
document.getElementById('lang').addEventListener('click', () => { root.lang = zh() ? 'en' : 'zh-CN'; words(); });
document.getElementById('print').addEventListener('click', () => window.print());
for (const button of document.querySelectorAll('.save')) {
  button.addEventListener('click', () => {
    const source = new XMLSerializer().serializeToString(button.closest('figure').querySelector('svg'));
    const link = document.createElement('a');
    link.href = URL.createObjectURL(new Blob([source], { type: 'image/svg+xml' }));
    link.download = button.dataset.name;
    link.click();
    URL.revokeObjectURL(link.href);
  });
}
words();
root.dataset.ready = '';
})();
