// Names to choose from while one types in a search box, and lists that are filtered at once.
'use strict';
{
  const zh = document.documentElement.lang.startsWith('zh');
  let last = '';
  let timer = 0;

  async function suggest(box) {
    const text = box.value.trim();
    if (text.length < 1 || text === last) return;
    last = text;
    const address = `/api/search?q=${encodeURIComponent(text)}&limit=12&lang=${zh ? 'zh' : 'en'}`;
    const answer = await fetch(address).catch(() => null);
    if (!answer || !answer.ok || box.value.trim() !== text) return;
    const list = document.getElementById('suggestions');
    list.replaceChildren(...(await answer.json()).entities.map((e) => {
      const option = document.createElement('option');
      // What was typed must stand in it, or the browser hides it: pinyin and aliases too.
      option.value = e.name;
      option.label = [e.also, e.class_name].filter(Boolean).join(' · ');
      return option;
    }));
  }

  for (const box of document.querySelectorAll('[data-suggest]')) {
    box.addEventListener('input', () => {
      clearTimeout(timer);
      timer = setTimeout(suggest, 120, box);
    });
  }
  for (const box of document.querySelectorAll('[data-filter]')) {
    box.addEventListener('input', () => {
      const text = box.value.trim().toLowerCase();
      for (const item of document.querySelector(box.dataset.filter).children) {
        item.hidden = !item.textContent.toLowerCase().includes(text);
      }
    });
  }
}
