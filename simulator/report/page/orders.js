/* global document, page */
// The list of orders and the timeline of the chosen one. Texts are only ever set as text, never as markup.
(() => {
  const { data, duration } = page;
  const MAX_LISTED = 100;
  const LONG_PAUSE_MS = 2000;
  const PLACES = ['client', 'outbox', 'relay', 'log', 'fault', 'operator'];

  const element = (name, className, text) => {
    const made = document.createElement(name);
    if (className !== '') made.className = className;
    if (text !== undefined) made.textContent = text;
    return made;
  };

  const timelineOf = (entries) => {
    const list = element('ol', 'timeline');
    const [start = 0] = entries.find(([, where]) => where !== 'fault') ?? entries[0] ?? [];
    entries.forEach(([at, where, what], index) => {
      const pause = at - (entries[index - 1]?.[0] ?? at);
      if (pause >= LONG_PAUSE_MS) list.append(element('li', 'gap', `${duration(pause)} later`));
      const item = element('li', PLACES.includes(where) ? where : 'consumer');
      const when = element('time', 'mono', at < start ? `−${duration(start - at)}` : `+${duration(at - start)}`);
      when.dateTime = new Date(at).toISOString();
      when.title = when.dateTime;
      item.append(when, element('span', 'where', where), element('span', 'what', what));
      list.append(item);
    });
    return list;
  };

  const place = document.getElementById('order-timeline');
  const filter = document.getElementById('order-filter');
  const count = document.getElementById('order-count');
  const list = document.getElementById('order-list');
  let chosen = data.orders[0];

  const show = (order) => {
    chosen = order;
    for (const button of list.querySelectorAll('button'))
      button.setAttribute('aria-current', String(button.dataset.order === order.orderId));
    const about = order.because === null ? order.status : `${order.status} – ${order.because}`;
    place.replaceChildren(
      element('h3', 'mono', order.orderId),
      element('p', 'soft', about),
      timelineOf(order.timeline),
    );
  };

  const entryOf = (order) => {
    const item = element('li', '');
    const button = element('button', '');
    button.type = 'button';
    button.dataset.order = order.orderId;
    button.setAttribute('aria-current', String(order === chosen));
    button.append(element('span', 'mono', order.orderId), element('span', 'chip', order.status));
    if (order.because !== null) button.append(element('span', 'soft', ` ${order.because}`));
    button.addEventListener('click', () => show(order));
    item.append(button);
    return item;
  };

  const find = () => {
    const wanted = filter.value.trim().toLowerCase();
    const found = data.orders.filter(({ orderId, status, because }) =>
      `${orderId} ${status} ${because ?? ''}`.toLowerCase().includes(wanted),
    );
    list.replaceChildren(...found.slice(0, MAX_LISTED).map(entryOf));
    const more = found.length > MAX_LISTED ? `, the first ${MAX_LISTED} are listed` : '';
    count.textContent = found.length === 0 ? 'No order of this page matches.' : `${found.length} found${more}`;
    if (found.length === 1) show(found[0]);
  };

  filter.addEventListener('input', find);
  find();
  if (chosen === undefined) place.replaceChildren(element('p', 'soft', 'There was no order.'));
  else show(chosen);
})();
