// Lets the search run in a site that is opened from the disk, where browsers refuse Workers: the script runs in a
// hidden frame instead. Nothing is loaded from elsewhere. The theme looks for the name IFrameWorker.
(() => {
  'use strict';
  class IFrameWorker extends EventTarget {
    constructor(url) {
      super();
      this.waiting = [];
      this.frame = document.createElement('iframe');
      this.frame.hidden = true;
      document.body.append(this.frame);
      const inner = this.frame.contentWindow;
      const load = (source) => new Promise((done, failed) => {
        const script = inner.document.createElement('script');
        script.src = source;
        script.onload = done;
        script.onerror = () => failed(new Error(source));
        inner.document.body.append(script);
      });
      inner.importScripts = (...sources) => sources.reduce((before, source) => before.then(() => load(source)), Promise.resolve());
      inner.postMessage = (data) => {
        const event = new MessageEvent('message', { data });
        this.dispatchEvent(event);
        if (this.onmessage) this.onmessage(event);
      };
      load(new URL(url, document.baseURI).href).then(() => {
        this.deliver = (data) => inner.dispatchEvent(new inner.MessageEvent('message', { data }));
        this.waiting.splice(0).forEach(this.deliver);
      });
    }
    postMessage(data) {
      if (this.deliver) this.deliver(data);
      else this.waiting.push(data);
    }
    terminate() { this.frame.remove(); }
  }
  if (location.protocol === 'file:') {
    window.IFrameWorker = IFrameWorker;
    window.Worker = IFrameWorker;
  }
})();
