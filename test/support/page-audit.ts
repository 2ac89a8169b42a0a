import type { Page } from 'playwright-core';

/**
 * What a screen reader would have no name for, or in a wrong place: controls, pictures, regions, tables without head cells,
 * headings that skip a level, ids that are there twice (WCAG 2.2, 1.1.1, 1.3.1, 2.4.6, 4.1.2).
 */
export function readUnnamed(page: Page): Promise<string[]> {
  return page.evaluate(`(() => {
    const faults = [];
    const visible = (element) => element.checkVisibility();
    const text = (ids) => (ids ?? '').split(' ').map((id) => document.getElementById(id)?.textContent ?? '').join('').trim();
    const nameOf = (element) => element.getAttribute('aria-label') ?? (text(element.getAttribute('aria-labelledby')) || [...(element.labels ?? [])].map((label) => label.textContent).join('').trim() || element.textContent.trim());
    const say = (element, what) => faults.push(what + ': ' + element.outerHTML.slice(0, 120));
    for (const element of document.querySelectorAll('a, button, input, progress, summary, [role=region], [role=img], nav, section, article, pre[tabindex]')) if (visible(element) && nameOf(element) === '') say(element, 'no name');
    for (const element of document.querySelectorAll('svg:not([aria-hidden=true])')) if (!element.querySelector('title')?.textContent || !element.querySelector('desc')?.textContent) say(element, 'no text alternative');
    for (const element of document.querySelectorAll('table')) if (!element.querySelector('thead th[scope=col]') || !element.querySelector('tbody th[scope=row]')) say(element, 'no head cells');
    for (const id of new Set([...document.querySelectorAll('[id]')].map(({ id }) => id))) if (document.querySelectorAll('[id="' + CSS.escape(id) + '"]').length > 1) faults.push('twice: ' + id);
    let level = 0;
    for (const heading of document.querySelectorAll('h1, h2, h3, h4, h5, h6')) {
      if (!visible(heading)) continue;
      const own = Number(heading.tagName[1]);
      if (own > level + 1) say(heading, 'skips a level');
      level = own;
    }
    if (document.querySelectorAll('main').length !== 1 || document.querySelectorAll('h1').length !== 1) faults.push('one main and one h1 are expected');
    if (document.documentElement.lang === '' || document.title === '') faults.push('no language or title');
    return faults;
  })()`);
}

/** How far a text stands out from its ground, as WCAG 2.2 defines the contrast ratio; of each pair of colours the first text. */
export function readContrasts(page: Page): Promise<{ text: string; ratio: number }[]> {
  return page.evaluate(`(() => {
    const parse = (color) => { const [r, g, b, a = 1] = color.match(/[\\d.]+/g).map(Number); return { r, g, b, a }; };
    const luminance = ({ r, g, b }) => [r, g, b].map((each) => each / 255).map((each) => (each <= 0.04045 ? each / 12.92 : ((each + 0.055) / 1.055) ** 2.4)).reduce((sum, each, at) => sum + each * [0.2126, 0.7152, 0.0722][at], 0);
    const over = (top, below) => ({ r: top.r * top.a + below.r * (1 - top.a), g: top.g * top.a + below.g * (1 - top.a), b: top.b * top.a + below.b * (1 - top.a), a: 1 });
    const groundOf = (element) => { const layers = []; for (let each = element; each; each = each.parentElement) layers.push(parse(getComputedStyle(each).backgroundColor)); return layers.reverse().reduce((below, top) => over(top, below), { r: 255, g: 255, b: 255, a: 1 }); };
    const found = new Map();
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      const element = node.parentElement;
      if (node.textContent.trim() === '' || !element.checkVisibility() || element.closest('script, style, noscript')) continue;
      const style = getComputedStyle(element);
      const ground = groundOf(element);
      const ink = over(parse(element instanceof SVGElement ? style.fill : style.color), ground);
      const [light, dark] = [luminance(ink), luminance(ground)].sort((a, b) => b - a);
      const key = JSON.stringify([ink, ground]);
      if (!found.has(key)) found.set(key, { text: node.textContent.trim().slice(0, 60), ratio: (light + 0.05) / (dark + 0.05) });
    }
    return [...found.values()];
  })()`);
}
