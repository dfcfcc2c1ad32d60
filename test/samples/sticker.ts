/** A hand-drawn remark on the home screen: a ring around the heart of the trail of the day, an arrow and a word. */
export function stickerOnHome(): string {
  const ring =
    'M338 196C318 186 294 200 292 224 290 252 318 266 340 256 362 246 364 214 346 200 334 190 314 192 304 204';
  const arrow = 'M236 318C262 322 292 306 306 276';
  const head = 'M290 282C298 278 303 274 307 270 309 280 311 288 312 296';
  return `<svg width="375" height="812" viewBox="0 0 375 812" fill="none" stroke="#e5197d" stroke-width="5" stroke-linecap="round" stroke-linejoin="round">
    <path d="${ring}"/><path d="${arrow}"/><path d="${head}"/>
    <g transform="rotate(-5 172 316)"><rect x="112" y="296" width="120" height="38" rx="19" fill="#e5197d" stroke="none"/>
    <text x="172" y="321" text-anchor="middle" fill="#fff" stroke="none" style="font:700 17px Inter">Animate me</text></g></svg>`;
}
