// Keeps every <time data-ago> true while the page stays open.
const REFRESH_MS = 30_000;
const JUST_NOW_S = 45;
const SOON_S = 3;
// The regions of reader.py, so that a refreshed time reads like the one the server wrote.
const LOCALES: Record<string, string> = { en: "en-GB", de: "de", es: "es" };
const STEPS: [Intl.RelativeTimeFormatUnit, number][] = [
  ["year", 31_536_000],
  ["month", 2_592_000],
  ["week", 604_800],
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
];

function refresh(words: Intl.RelativeTimeFormat): void {
  for (const element of document.querySelectorAll<HTMLTimeElement>("time[data-ago]")) {
    const seconds = (Date.parse(element.dateTime) - Date.now()) / 1000;
    const step = STEPS.find(([, length]) => Math.abs(seconds) >= length);
    const [unit, length]: [Intl.RelativeTimeFormatUnit, number] = step ?? ["second", 1];
    element.textContent =
      seconds > -JUST_NOW_S && seconds < SOON_S
        ? (element.dataset.ago ?? "")
        : words.format(Math.trunc(seconds / length), unit);
  }
}

export function startRelativeTimes(): void {
  const words = new Intl.RelativeTimeFormat(LOCALES[document.documentElement.lang] ?? "en-GB", { style: "short" });
  window.setInterval(() => refresh(words), REFRESH_MS);
}
