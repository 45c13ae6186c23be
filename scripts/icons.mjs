// `npm run icons`: draws build/ (the app's icon, from renderer/public/icon.svg) and main/desktop/icons/ (the tray's). What it
// draws is committed, since it takes a Chromium.
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { chromium } from 'playwright-core';
import { findChromium } from './chromium.mjs';
import { root } from './setup.mjs';

/** What Linux desktops look for; the largest one becomes .icns and .ico. */
const APP_SIZES = [16, 24, 32, 48, 64, 128, 256, 512, 1024];

/**
 * One glyph per state of the tray, in a square of 16, so that they differ by shape as well as by colour. `cut` is drawn over the
 * disc in white, and cut out of the template image, which macOS colours itself.
 */
const TRAY = {
  ok: { colour: '#1f8a5b', disc: circle(), cut: line('M4.6 8.3 7 10.7 11.4 5.6') },
  syncing: {
    colour: '#1d6fd8',
    disc: circle(),
    cut: line('M4.5 8.6A3.6 3.6 0 0 1 10.6 5.5M11.5 7.4A3.6 3.6 0 0 1 5.4 10.5', 1.5) + dots(),
  },
  paused: { colour: '#7d8590', disc: circle(), cut: line('M6.2 5.4V10.6M9.8 5.4V10.6', 1.9) },
  offline: {
    colour: '#7d8590',
    disc: '<circle cx="8" cy="8" r="6.1" fill="none" stroke="INK" stroke-width="1.8" stroke-dasharray="3.2 1.6"/>',
    cut: '',
  },
  alone: {
    colour: '#7d8590',
    disc: '<circle cx="8" cy="8" r="6.1" fill="none" stroke="INK" stroke-width="1.8"/><circle cx="8" cy="8" r="2.2" fill="INK"/>',
    cut: '',
  },
  problem: {
    colour: '#c8372d',
    disc: '<path d="M8 1.2 15.4 14.2H.6Z" fill="INK" stroke="INK" stroke-width="1" stroke-linejoin="round"/>',
    cut: line('M8 5.6V9.4', 1.7) + '<circle cx="8" cy="11.9" r="1" fill="CUT"/>',
  },
};

function circle() {
  return '<circle cx="8" cy="8" r="7.2" fill="INK"/>';
}

function dots() {
  return '<circle cx="11" cy="5.8" r="1.2" fill="CUT"/><circle cx="5" cy="10.2" r="1.2" fill="CUT"/>';
}

/** @param {string} path */
function line(path, width = 1.8) {
  return `<path d="${path}" fill="none" stroke="CUT" stroke-width="${width}" stroke-linecap="round" stroke-linejoin="round"/>`;
}

/** @param {{ colour: string, disc: string, cut: string }} glyph */
function coloured({ colour, disc, cut }) {
  return svg((disc + cut).replaceAll('INK', colour).replaceAll('CUT', '#ffffff'));
}

/** @param {{ disc: string, cut: string }} glyph */
function template({ disc, cut }) {
  const mask = `<mask id="m"><rect width="16" height="16" fill="#fff"/>${cut.replaceAll('CUT', '#000')}</mask>`;
  return svg(`${mask}<g mask="url(#m)">${disc.replaceAll('INK', '#000')}</g>`);
}

/** @param {string} content */
function svg(content) {
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16">${content}</svg>`;
}

const { path } = await findChromium();
const browser = await chromium.launch({ executablePath: path, args: ['--no-sandbox'] });
const page = await browser.newPage();

/**
 * @param {string} drawing an SVG
 * @param {number} size pixels
 * @param {string} file below the project
 */
async function draw(drawing, size, file) {
  const source = `data:image/svg+xml;base64,${Buffer.from(drawing).toString('base64')}`;
  await page.setViewportSize({ width: size, height: size });
  await page.setContent(
    `<style>body{margin:0}img{display:block;width:${size}px;height:${size}px}</style><img src="${source}">`,
  );
  await page.waitForFunction(() => document.images[0]?.complete === true);
  const target = join(root, file);
  mkdirSync(dirname(target), { recursive: true });
  writeFileSync(target, await page.screenshot({ omitBackground: true }));
}

const appIcon = readFileSync(join(root, 'renderer/public/icon.svg'), 'utf8');
for (const folder of ['build/icons', 'main/desktop/icons']) {
  rmSync(join(root, folder), { recursive: true, force: true });
}
for (const size of APP_SIZES) await draw(appIcon, size, `build/icons/${size}x${size}.png`);
await draw(appIcon, 1024, 'build/icon.png');
for (const [state, glyph] of Object.entries(TRAY)) {
  // Electron takes the @2x beside it where the display wants that; panels on Linux scale one picture.
  await draw(coloured(glyph), 16, `main/desktop/icons/${state}.png`);
  await draw(coloured(glyph), 32, `main/desktop/icons/${state}@2x.png`);
  await draw(coloured(glyph), 32, `main/desktop/icons/${state}-panel.png`);
  await draw(template(glyph), 16, `main/desktop/icons/${state}Template.png`);
  await draw(template(glyph), 32, `main/desktop/icons/${state}Template@2x.png`);
}
await browser.close();
