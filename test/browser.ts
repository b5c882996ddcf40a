/** A headless Chromium, where there is one: Debian's package, driven by playwright-core. */
import { existsSync } from 'node:fs';
import { type Browser, chromium } from 'playwright-core';

const PLACES = [process.env['CHROMIUM'], '/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

/** Null without one: who asks says that its tests were skipped (see run.ts). */
export const executable: string | null = PLACES.find((path) => path !== undefined && existsSync(path)) ?? null;

export const launch = (): Promise<Browser> =>
  chromium.launch({
    executablePath: executable!,
    // Chromium's sandbox refuses root, which a container is.
    args: process.getuid?.() === 0 ? ['--no-sandbox'] : [],
  });
