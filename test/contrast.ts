/**
 * What a page's texts are against what is behind them, as a script for the browser: how many it saw, and those with less
 * contrast than WCAG 2.2 asks of text (success criterion 1.4.3).
 */
export type Contrasts = { readonly seen: number; readonly low: readonly string[] };

export const CONTRASTS = `(() => {
  const LEAST = 4.5;
  const parse = (text) => {
    const [red = 0, green = 0, blue = 0, alpha = 1] = (text.match(/[\\d.]+/g) ?? []).map(Number);
    return [red, green, blue, alpha];
  };
  const over = (top, below) => [...[0, 1, 2].map((i) => top[i] * top[3] + below[i] * (1 - top[3])), 1];
  const luminance = (colour) => {
    const [r, g, b] = colour.slice(0, 3).map((value) => {
      const share = value / 255;
      return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const groundOf = (element) => {
    const own = parse(getComputedStyle(element).backgroundColor);
    if (own[3] === 1) return own;
    return over(own, element.parentElement === null ? [255, 255, 255, 1] : groundOf(element.parentElement));
  };
  const low = [];
  let seen = 0;
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
    const element = node.parentElement;
    const text = node.textContent.trim();
    const isTold = ['SCRIPT', 'TITLE', 'DESC'].includes(element.tagName.toUpperCase());
    if (text === '' || isTold || !element.checkVisibility()) continue;
    const style = getComputedStyle(element);
    const ground = groundOf(element);
    const colour = over(parse(element instanceof SVGElement ? style.fill : style.color), ground);
    const [darker, lighter] = [luminance(colour), luminance(ground)].sort((a, b) => a - b);
    const contrast = (lighter + 0.05) / (darker + 0.05);
    seen++;
    if (contrast < LEAST) low.push(contrast.toFixed(2) + ' ' + text.slice(0, 40));
  }
  return { seen, low };
})()`;
